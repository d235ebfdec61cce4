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
            var kernel = new CentringKernel(p, values.Length);
            SimdWidth.Run(ref kernel);
            LaneLoop.Run(new Scaling(p, kernel.Scale), 0, values.Length);
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
            var means = new MeansKernel(py, pg, gradient.Length);
            SimdWidth.Run(ref means);
            LaneLoop.Run(new BackwardBody(py, scale, pg, means.OfGradient, means.OfProduct), 0, gradient.Length);
        }
    }

    /// <summary>Centres the row and finds the factor; the row is multiplied by it afterwards.</summary>
    private struct CentringKernel(float* values, int length) : ISimdKernel
    {
        public float Scale;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            int whole = length - (length % S.Count);
            V sum = S.Create(0);
            for (int i = 0; i < whole; i += S.Count)
            {
                sum = S.Add(sum, S.Load(values + i));
            }

            if (whole < length)
            {
                sum = S.Add(sum, new PartLanes<S, V>(length - whole).Load(values + whole));
            }

            V mean = S.Create(S.Sum(sum) / length);
            V squares = S.Create(0);
            for (int i = 0; i < whole; i += S.Count)
            {
                V centred = S.Subtract(S.Load(values + i), mean);
                S.Store(centred, values + i);
                squares = S.MultiplyAdd(centred, centred, squares);
            }

            if (whole < length)
            {
                PartLanes<S, V> end = new(length - whole);
                end.Store(S.Subtract(end.Load(values + whole), mean), values + whole);

                // Loaded again: the lanes past the end are zeros and not minus the mean.
                V centred = end.Load(values + whole);
                squares = S.MultiplyAdd(centred, centred, squares);
            }

            Scale = 1 / MathF.Sqrt((S.Sum(squares) / length) + Epsilon);
        }
    }

    private readonly struct Scaling(float* values, float scale) : ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V> => lanes.Store(S.Multiply(lanes.Load(values + at), S.Create(scale)), values + at);
    }

    /// <summary>The means of dy and of dy y.</summary>
    private struct MeansKernel(float* normalized, float* gradient, int length) : ISimdKernel
    {
        public float OfGradient, OfProduct;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            int whole = length - (length % S.Count);
            V sum = S.Create(0), product = sum;
            for (int i = 0; i < whole; i += S.Count)
            {
                V slope = S.Load(gradient + i);
                sum = S.Add(sum, slope);
                product = S.MultiplyAdd(slope, S.Load(normalized + i), product);
            }

            if (whole < length)
            {
                PartLanes<S, V> end = new(length - whole);
                V slope = end.Load(gradient + whole);
                sum = S.Add(sum, slope);
                product = S.MultiplyAdd(slope, end.Load(normalized + whole), product);
            }

            OfGradient = S.Sum(sum) / length;
            OfProduct = S.Sum(product) / length;
        }
    }

    private readonly struct BackwardBody(float* normalized, float scale, float* gradient, float mean, float along) : ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V>
        {
            V slope = S.Subtract(lanes.Load(gradient + at), S.Create(mean));
            slope = S.Subtract(slope, S.Multiply(lanes.Load(normalized + at), S.Create(along)));
            lanes.Store(S.Multiply(slope, S.Create(scale)), gradient + at);
        }
    }
}
