using System.Runtime.CompilerServices;
using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Kernels;

/// <summary>g, which is s + 0.5 where s is at least 0, else sigmoid(s).</summary>
internal static class PositiveCandidate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<S, V>(V s)
        where S : struct, ISimd<V>
        where V : unmanaged =>
        S.SelectPositive(S.Subtract(S.Create(0), s), VectorMath.Sigmoid<S, V>(s), S.Add(s, S.Create(0.5f)));

    /// <summary>The slope, from the value n: 1 from 0.5 on, below it n (1 - n).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<S, V>(V n)
        where S : struct, ISimd<V>
        where V : unmanaged
    {
        V one = S.Create(1);
        return S.SelectPositive(S.Subtract(S.Create(0.5f), n), S.Multiply(n, S.Subtract(one, n)), one);
    }
}

/// <summary>z, n: h = before + z (n - before).</summary>
internal readonly unsafe struct MinGruStep : IScanStep
{
    public static int Gates => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Forward<S, V, L>(L lanes, float* gates, nint width, V previous)
        where S : struct, ISimd<V>
        where V : unmanaged
        where L : struct, ILanes<V>
    {
        V update = VectorMath.Sigmoid<S, V>(lanes.Load(gates));
        V candidate = PositiveCandidate.Value<S, V>(lanes.Load(gates + width));
        lanes.Store(update, gates);
        lanes.Store(candidate, gates + width);
        return S.MultiplyAdd(update, S.Subtract(candidate, previous), previous);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Backward<S, V, L>(L lanes, float* gates, nint width, V previous, V dHidden)
        where S : struct, ISimd<V>
        where V : unmanaged
        where L : struct, ILanes<V>
    {
        V update = lanes.Load(gates);
        V candidate = lanes.Load(gates + width);
        V kept = S.Subtract(S.Create(1), update);
        V dCandidate = S.Multiply(dHidden, update);
        V dPrevious = S.Multiply(dHidden, kept);
        lanes.Store(S.Multiply(S.Multiply(dCandidate, kept), S.Subtract(candidate, previous)), gates);
        lanes.Store(S.Multiply(dCandidate, PositiveCandidate.Slope<S, V>(candidate)), gates + width);
        return dPrevious;
    }
}

/// <summary>i, f, n: h = (f before + i n) / (f + i).</summary>
internal readonly unsafe struct MinLstmStep : IScanStep
{
    public static int Gates => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Forward<S, V, L>(L lanes, float* gates, nint width, V previous)
        where S : struct, ISimd<V>
        where V : unmanaged
        where L : struct, ILanes<V>
    {
        V input = VectorMath.Sigmoid<S, V>(lanes.Load(gates));
        V forget = VectorMath.Sigmoid<S, V>(lanes.Load(gates + width));
        V candidate = PositiveCandidate.Value<S, V>(lanes.Load(gates + (2 * width)));
        lanes.Store(input, gates);
        lanes.Store(forget, gates + width);
        lanes.Store(candidate, gates + (2 * width));
        V scale = S.Divide(S.Create(1), S.Add(forget, input));
        return S.MultiplyAdd(S.Multiply(forget, scale), previous, S.Multiply(S.Multiply(input, scale), candidate));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Backward<S, V, L>(L lanes, float* gates, nint width, V previous, V dHidden)
        where S : struct, ISimd<V>
        where V : unmanaged
        where L : struct, ILanes<V>
    {
        V one = S.Create(1);
        V input = lanes.Load(gates);
        V forget = lanes.Load(gates + width);
        V candidate = lanes.Load(gates + (2 * width));
        V scale = S.Divide(one, S.Add(forget, input));
        V kept = S.Multiply(forget, scale);
        V added = S.Multiply(input, scale);
        V dPrevious = S.Multiply(dHidden, kept);
        V dCandidate = S.Multiply(dHidden, added);

        // Both shares are moved by the ratio of the gates alone: d(kept) = -d(added).
        V dRatio = S.Multiply(S.Multiply(dPrevious, added), S.Subtract(candidate, previous));
        lanes.Store(S.Multiply(dRatio, S.Subtract(one, input)), gates);
        lanes.Store(S.Multiply(dRatio, S.Subtract(forget, one)), gates + width);
        lanes.Store(S.Multiply(dCandidate, PositiveCandidate.Slope<S, V>(candidate)), gates + (2 * width));
        return dPrevious;
    }
}
