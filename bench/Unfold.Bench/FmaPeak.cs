using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Unfold.Numerics;
using Unfold.Numerics.Vectors;

namespace Unfold.Bench;

/// <summary>
/// The multiply-adds that the cores can do: twelve chains acc = acc + a b that do not wait for each other, all in registers.
/// </summary>
internal static class FmaPeak
{
    private const int Chains = 12;

    /// <summary>The floating-point operations of one lane per loop, two a multiply-add.</summary>
    private const double OperationsPerLane = 2.0 * Chains;

    /// <summary>The widths in bits that this machine accelerates, the widest first.</summary>
    public static IReadOnlyList<int> Widths { get; } =
    [
        .. Vector512.IsHardwareAccelerated ? [512] : Array.Empty<int>(),
        .. Vector256.IsHardwareAccelerated ? [256] : Array.Empty<int>(),
        .. Vector128.IsHardwareAccelerated ? [128] : Array.Empty<int>(),
    ];

    /// <summary>The floating-point operations that <see cref="Run"/> does on all threads together.</summary>
    public static double Operations(int bits, int loops, int threads) => OperationsPerLane * (bits / 32) * loops * threads;

    /// <summary>Runs the chains on every thread of a team at once.</summary>
    /// <returns>The sum of all chains, so that no compiler can leave them out.</returns>
    public static float Run(int bits, int loops, Workers workers)
    {
        float[] sums = new float[workers.Count];
        workers.Run(part => sums[part] = bits switch
        {
            512 => Run512(loops),
            256 => Run256(loops),
            _ => Run128(loops),
        });
        return sums.Sum();
    }

    /// <summary>The width that the kernels use, or the narrowest there is where they run without vectors.</summary>
    public static int WidthInUse => Math.Max(SimdWidth.Bits, 128);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run128(int loops)
    {
        Vector128<float> a = Vector128.Create(0.5f), b = Vector128.Create(0.25f);
        Vector128<float> c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a, c10 = a, c11 = a;
        for (int i = 0; i < loops; i++)
        {
            c0 = Vector128.FusedMultiplyAdd(a, b, c0);
            c1 = Vector128.FusedMultiplyAdd(a, b, c1);
            c2 = Vector128.FusedMultiplyAdd(a, b, c2);
            c3 = Vector128.FusedMultiplyAdd(a, b, c3);
            c4 = Vector128.FusedMultiplyAdd(a, b, c4);
            c5 = Vector128.FusedMultiplyAdd(a, b, c5);
            c6 = Vector128.FusedMultiplyAdd(a, b, c6);
            c7 = Vector128.FusedMultiplyAdd(a, b, c7);
            c8 = Vector128.FusedMultiplyAdd(a, b, c8);
            c9 = Vector128.FusedMultiplyAdd(a, b, c9);
            c10 = Vector128.FusedMultiplyAdd(a, b, c10);
            c11 = Vector128.FusedMultiplyAdd(a, b, c11);
        }

        return Vector128.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run256(int loops)
    {
        Vector256<float> a = Vector256.Create(0.5f), b = Vector256.Create(0.25f);
        Vector256<float> c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a, c10 = a, c11 = a;
        for (int i = 0; i < loops; i++)
        {
            c0 = Vector256.FusedMultiplyAdd(a, b, c0);
            c1 = Vector256.FusedMultiplyAdd(a, b, c1);
            c2 = Vector256.FusedMultiplyAdd(a, b, c2);
            c3 = Vector256.FusedMultiplyAdd(a, b, c3);
            c4 = Vector256.FusedMultiplyAdd(a, b, c4);
            c5 = Vector256.FusedMultiplyAdd(a, b, c5);
            c6 = Vector256.FusedMultiplyAdd(a, b, c6);
            c7 = Vector256.FusedMultiplyAdd(a, b, c7);
            c8 = Vector256.FusedMultiplyAdd(a, b, c8);
            c9 = Vector256.FusedMultiplyAdd(a, b, c9);
            c10 = Vector256.FusedMultiplyAdd(a, b, c10);
            c11 = Vector256.FusedMultiplyAdd(a, b, c11);
        }

        return Vector256.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run512(int loops)
    {
        Vector512<float> a = Vector512.Create(0.5f), b = Vector512.Create(0.25f);
        Vector512<float> c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a, c10 = a, c11 = a;
        for (int i = 0; i < loops; i++)
        {
            c0 = Vector512.FusedMultiplyAdd(a, b, c0);
            c1 = Vector512.FusedMultiplyAdd(a, b, c1);
            c2 = Vector512.FusedMultiplyAdd(a, b, c2);
            c3 = Vector512.FusedMultiplyAdd(a, b, c3);
            c4 = Vector512.FusedMultiplyAdd(a, b, c4);
            c5 = Vector512.FusedMultiplyAdd(a, b, c5);
            c6 = Vector512.FusedMultiplyAdd(a, b, c6);
            c7 = Vector512.FusedMultiplyAdd(a, b, c7);
            c8 = Vector512.FusedMultiplyAdd(a, b, c8);
            c9 = Vector512.FusedMultiplyAdd(a, b, c9);
            c10 = Vector512.FusedMultiplyAdd(a, b, c10);
            c11 = Vector512.FusedMultiplyAdd(a, b, c11);
        }

        return Vector512.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }
}
