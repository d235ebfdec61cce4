using System.Runtime.CompilerServices;
using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Kernels;

/// <summary>Sums of whole rows: biases, tables that are looked up by token, and their gradients.</summary>
public static unsafe class RowKernels
{
    /// <summary>sum += addend, elementwise. The spans are of one length.</summary>
    public static void Add(ReadOnlySpan<float> addend, Span<float> sum) => AddScaled(1, addend, sum);

    /// <summary>sum += scale * addend, elementwise. The spans are of one length.</summary>
    public static void AddScaled(float scale, ReadOnlySpan<float> addend, Span<float> sum)
    {
        Lengths.Same(addend.Length, sum.Length);
        fixed (float* pa = addend, ps = sum)
        {
            LaneLoop.Run(new ScaledAddition(scale, pa, ps), 0, sum.Length);
        }
    }

    /// <summary>destination = left + right, elementwise. The spans are of one length.</summary>
    public static void Sum(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> destination)
    {
        Lengths.Same(left.Length, right.Length, destination.Length);
        fixed (float* pl = left, pr = right, pd = destination)
        {
            LaneLoop.Run(new Addition(pl, pr, pd), 0, destination.Length);
        }
    }

    private readonly struct ScaledAddition(float scale, float* addend, float* sum) : ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V> => lanes.Store(S.MultiplyAdd(S.Create(scale), lanes.Load(addend + at), lanes.Load(sum + at)), sum + at);
    }

    private readonly struct Addition(float* left, float* right, float* destination) : ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V> => lanes.Store(S.Add(lanes.Load(left + at), lanes.Load(right + at)), destination + at);
    }
}
