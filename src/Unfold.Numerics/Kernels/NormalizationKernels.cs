using System.Runtime.CompilerServices;
using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Kernels;

/// <summary>Normalization of one row to mean 0 and variance 1 (Ba et al., 2016), and its gradient.</summary>
public static unsafe class NormalizationKernels
{
    /// <summary>What is added to the variance, so that a row of equal values stays finite.</summary>
    public const float Epsilon = 1e-5f;

    /// <summary>x = (x - mean) / sqrt(variance + <see cref="Epsilon"/>), in place.</summary>
    /// <param name="values">One row of at least one value.</param>
    /// <returns>1 / sqrt(variance + <see cref="Epsilon"/>), which the way back wants to see.</returns>
    public static float Forward(Span<float> values)
    {
        fixed (float* p = values)
        {
            var kernel = new ForwardKernel(p, values.Length);
            SimdWidth.Run(ref kernel);
            return kernel.Scale;
        }
    }

    /// <summary>
    /// The gradient of <see cref="Forward"/>, in place: dx = scale (dy - mean(dy) - y mean(dy y)).
    /// </summary>
    /// <param name="normalized">y, the row after the way forward.</param>
    /// <param name="scale">What the way forward returned.</param>
    /// <param name="gradient">In, dL/dy; out, dL/dx.</param>
    public static void Backward(ReadOnlySpan<float> normalized, float scale, Span<float> gradient)
    {
        Lengths.Same(normalized.Length, gradient.Length);
        fixed (float* py = normalized, pg = gradient)
        {
            var kernel = new BackwardKernel(py, scale, pg, gradient.Length);
            SimdWidth.Run(ref kernel);
        }
    }

    private struct ForwardKernel(float* values, int length) : ISimdKernel
    {
        public float Scale;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            V sum = S.Create(0);
            for (int i = 0; i < length; i += S.Count)
            {
                sum = S.Add(sum, Lanes.Load<S, V>(values + i, length - i));
            }

            V mean = S.Create(S.Sum(sum) / length);
            V squares = S.Create(0);
            for (int i = 0; i < length; i += S.Count)
            {
                Lanes.Store<S, V>(S.Subtract(Lanes.Load<S, V>(values + i, length - i), mean), values + i, length - i);

                // Loaded again: the lanes past the end are zeros and not minus the mean.
                V centred = Lanes.Load<S, V>(values + i, length - i);
                squares = S.MultiplyAdd(centred, centred, squares);
            }

            Scale = 1 / MathF.Sqrt((S.Sum(squares) / length) + Epsilon);
            V scale = S.Create(Scale);
            for (int i = 0; i < length; i += S.Count)
            {
                Lanes.Store<S, V>(S.Multiply(Lanes.Load<S, V>(values + i, length - i), scale), values + i, length - i);
            }
        }
    }

    private readonly struct BackwardKernel(float* normalized, float scale, float* gradient, int length) : ISimdKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            V sum = S.Create(0), product = sum;
            for (int i = 0; i < length; i += S.Count)
            {
                V slope = Lanes.Load<S, V>(gradient + i, length - i);
                sum = S.Add(sum, slope);
                product = S.MultiplyAdd(slope, Lanes.Load<S, V>(normalized + i, length - i), product);
            }

            V mean = S.Create(S.Sum(sum) / length), along = S.Create(S.Sum(product) / length), factor = S.Create(scale);
            for (int i = 0; i < length; i += S.Count)
            {
                V slope = S.Subtract(Lanes.Load<S, V>(gradient + i, length - i), mean);
                slope = S.Subtract(slope, S.Multiply(Lanes.Load<S, V>(normalized + i, length - i), along));
                Lanes.Store<S, V>(S.Multiply(slope, factor), gradient + i, length - i);
            }
        }
    }
}
