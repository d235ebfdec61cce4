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
            var kernel = new AddKernel(scale, pa, ps, sum.Length);
            SimdWidth.Run(ref kernel);
        }
    }

    /// <summary>destination = left + right, elementwise. The spans are of one length.</summary>
    public static void Sum(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> destination)
    {
        Lengths.Same(left.Length, right.Length, destination.Length);
        fixed (float* pl = left, pr = right, pd = destination)
        {
            var kernel = new SumKernel(pl, pr, pd, destination.Length);
            SimdWidth.Run(ref kernel);
        }
    }

    private readonly struct AddKernel(float scale, float* addend, float* sum, int length) : ISimdKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            V factor = S.Create(scale);
            for (int i = 0; i < length; i += S.Count)
            {
                int left = length - i;
                Lanes.Store<S, V>(S.MultiplyAdd(factor, Lanes.Load<S, V>(addend + i, left), Lanes.Load<S, V>(sum + i, left)), sum + i, left);
            }
        }
    }

    private readonly struct SumKernel(float* left, float* right, float* destination, int length) : ISimdKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            for (int i = 0; i < length; i += S.Count)
            {
                int rest = length - i;
                Lanes.Store<S, V>(S.Add(Lanes.Load<S, V>(left + i, rest), Lanes.Load<S, V>(right + i, rest)), destination + i, rest);
            }
        }
    }
}
