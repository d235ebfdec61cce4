using System.Runtime.Intrinsics;

namespace Unfold.Numerics.Vectors;

/// <summary>A kernel that is written once over <see cref="ISimd{V}"/>; its fields are the arguments.</summary>
internal interface ISimdKernel
{
    void Run<S, V>()
        where S : struct, ISimd<V>
        where V : unmanaged;
}

/// <summary>Picks the widest instruction set that the machine accelerates.</summary>
public static class SimdWidth
{
    /// <summary>The width in use in bits: 512, 256 or 128, or 32 for the scalar path.</summary>
    public static int Bits =>
        Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128
        : 32;

    internal static void Run<TKernel>(ref TKernel kernel)
        where TKernel : struct, ISimdKernel, allows ref struct
    {
        if (Vector512.IsHardwareAccelerated)
        {
            kernel.Run<Simd512, Vector512<float>>();
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            kernel.Run<Simd256, Vector256<float>>();
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            kernel.Run<Simd128, Vector128<float>>();
        }
        else
        {
            kernel.Run<SimdScalar, float>();
        }
    }
}
