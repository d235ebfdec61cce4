using System.Runtime.CompilerServices;

namespace Unfold.Numerics.Vectors;

/// <summary>What is computed on each register of a row.</summary>
internal interface ILaneBody
{
    /// <summary>Computes one register.</summary>
    /// <param name="lanes">How to touch memory.</param>
    /// <param name="at">The index of the first lane.</param>
    void Compute<S, V, L>(L lanes, nint at)
        where S : struct, ISimd<V>
        where V : unmanaged
        where L : struct, ILanes<V>;
}

/// <summary>Walks a row: whole registers first, then its end.</summary>
internal static class LaneLoop
{
    /// <summary>Runs the body from index <paramref name="start"/> to before <paramref name="end"/>.</summary>
    public static void Run<B>(B body, nint start, nint end)
        where B : struct, ILaneBody
    {
        var kernel = new Kernel<B>(body, start, end);
        SimdWidth.Run(ref kernel);
    }

    private readonly struct Kernel<B>(B body, nint start, nint end) : ISimdKernel
        where B : struct, ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            B local = body;
            nint at = start;
            for (; at <= end - S.Count; at += S.Count)
            {
                local.Compute<S, V, WholeLanes<S, V>>(default, at);
            }

            if (at < end)
            {
                local.Compute<S, V, PartLanes<S, V>>(new((int)(end - at)), at);
            }
        }
    }
}
