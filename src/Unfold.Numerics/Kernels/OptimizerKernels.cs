using System.Runtime.CompilerServices;
using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Kernels;

/// <summary>
/// The update rules of the optimizers, each one pass over memory on all threads of a team. All spans of a call are of one
/// length. p is a parameter, and g its gradient times <c>gradientScale</c>, by which the clipping to a global norm costs
/// no pass of its own. The formulas and the place of epsilon are PyTorch's. A NaN in a gradient reaches its parameter.
/// </summary>
/// <remarks>An element's result does not depend on the others, so the bits are the same whatever the number of threads.</remarks>
public static unsafe class OptimizerKernels
{
    // A part is at least this long: four pages, so that two threads seldom share a page and never a cache line.
    private const int Granularity = 4096;

    /// <summary>p -= lr g.</summary>
    /// <exception cref="ArgumentException">The spans are not of one length.</exception>
    public static void Sgd(Span<float> parameters, ReadOnlySpan<float> gradients, float learningRate, float gradientScale, Workers workers)
    {
        Lengths.Same(parameters.Length, gradients.Length);
        fixed (float* p = parameters, g = gradients)
        {
            Sweep(new SgdRule(p, g, -learningRate * gradientScale), parameters.Length, workers);
        }
    }

    /// <summary>v = momentum v + g; p -= lr v (Polyak, 1964).</summary>
    /// <param name="parameters">p.</param>
    /// <param name="gradients">The gradients before the scale.</param>
    /// <param name="velocity">v, zero before the first step.</param>
    /// <param name="learningRate">lr.</param>
    /// <param name="momentum">Commonly 0.9.</param>
    /// <param name="gradientScale">The factor of the gradients.</param>
    /// <param name="workers">The threads.</param>
    /// <exception cref="ArgumentException">The spans are not of one length.</exception>
    public static void Momentum(Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> velocity, float learningRate, float momentum, float gradientScale, Workers workers)
    {
        Lengths.Same(parameters.Length, gradients.Length, velocity.Length);
        fixed (float* p = parameters, g = gradients, v = velocity)
        {
            Sweep(new MomentumRule(p, g, v, -learningRate, momentum, gradientScale), parameters.Length, workers);
        }
    }

    /// <summary>v = momentum v + g; p -= lr (g + momentum v): Nesterov's look-ahead in the form of Sutskever and others (2013).</summary>
    /// <param name="parameters">p.</param>
    /// <param name="gradients">The gradients before the scale.</param>
    /// <param name="velocity">v, zero before the first step.</param>
    /// <param name="learningRate">lr.</param>
    /// <param name="momentum">Commonly 0.9.</param>
    /// <param name="gradientScale">The factor of the gradients.</param>
    /// <param name="workers">The threads.</param>
    /// <exception cref="ArgumentException">The spans are not of one length.</exception>
    public static void Nesterov(Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> velocity, float learningRate, float momentum, float gradientScale, Workers workers)
    {
        Lengths.Same(parameters.Length, gradients.Length, velocity.Length);
        fixed (float* p = parameters, g = gradients, v = velocity)
        {
            Sweep(new NesterovRule(p, g, v, -learningRate, momentum, gradientScale), parameters.Length, workers);
        }
    }

    /// <summary>s = alpha s + (1 - alpha) g^2; p -= lr g / (sqrt(s) + epsilon) (Tieleman and Hinton, 2012).</summary>
    /// <param name="parameters">p.</param>
    /// <param name="gradients">The gradients before the scale.</param>
    /// <param name="squares">s, zero before the first step.</param>
    /// <param name="learningRate">lr.</param>
    /// <param name="alpha">Commonly 0.99.</param>
    /// <param name="epsilon">Commonly 1e-8.</param>
    /// <param name="gradientScale">The factor of the gradients.</param>
    /// <param name="workers">The threads.</param>
    /// <exception cref="ArgumentException">The spans are not of one length.</exception>
    public static void RmsProp(Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> squares, float learningRate, float alpha, float epsilon, float gradientScale, Workers workers)
    {
        Lengths.Same(parameters.Length, gradients.Length, squares.Length);
        fixed (float* p = parameters, g = gradients, s = squares)
        {
            Sweep(new ScaledRule(p, g, s, -learningRate, alpha, 1 - alpha, epsilon, gradientScale), parameters.Length, workers);
        }
    }

    /// <summary>s = s + g^2; p -= lr g / (sqrt(s) + epsilon) (Duchi and others, 2011).</summary>
    /// <param name="parameters">p.</param>
    /// <param name="gradients">The gradients before the scale.</param>
    /// <param name="squares">s, zero before the first step.</param>
    /// <param name="learningRate">lr.</param>
    /// <param name="epsilon">Commonly 1e-10.</param>
    /// <param name="gradientScale">The factor of the gradients.</param>
    /// <param name="workers">The threads.</param>
    /// <exception cref="ArgumentException">The spans are not of one length.</exception>
    public static void Adagrad(Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> squares, float learningRate, float epsilon, float gradientScale, Workers workers)
    {
        Lengths.Same(parameters.Length, gradients.Length, squares.Length);
        fixed (float* p = parameters, g = gradients, s = squares)
        {
            Sweep(new ScaledRule(p, g, s, -learningRate, 1, 1, epsilon, gradientScale), parameters.Length, workers);
        }
    }

    /// <summary>
    /// p = shrink p; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p -= stepSize m / (sqrt(v) rootScale + epsilon): Adam
    /// (Kingma and Ba, 2015), and AdamW where the step has a weight decay.
    /// </summary>
    /// <param name="parameters">p.</param>
    /// <param name="gradients">The gradients before the scale.</param>
    /// <param name="mean">m, zero before the first step.</param>
    /// <param name="squares">v, zero before the first step.</param>
    /// <param name="step">The factors of this step, from <see cref="AdamStep.At"/>.</param>
    /// <param name="gradientScale">The factor of the gradients.</param>
    /// <param name="workers">The threads.</param>
    /// <exception cref="ArgumentException">The spans are not of one length.</exception>
    public static void Adam(Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> mean, Span<float> squares, AdamStep step, float gradientScale, Workers workers)
    {
        Lengths.Same(parameters.Length, gradients.Length, mean.Length);
        Lengths.Same(parameters.Length, squares.Length);
        fixed (float* p = parameters, g = gradients, m = mean, v = squares)
        {
            Sweep(new AdamRule(p, g, m, v, step, gradientScale), parameters.Length, workers);
        }
    }

    /// <summary>value = min(limit, max(-limit, value)): clipping by value, before the update. A NaN stays a NaN.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative or NaN.</exception>
    public static void ClipValues(Span<float> values, float limit, Workers workers)
    {
        if (!(limit >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(limit), limit, $"The limit of the values must be zero or above; found {limit}.");
        }

        fixed (float* p = values)
        {
            Sweep(new ClipRule(p, limit), values.Length, workers);
        }
    }

    /// <summary>The index of the first NaN or infinity, or -1 where every value is a finite number.</summary>
    public static int FirstNonFinite(ReadOnlySpan<float> values)
    {
        fixed (float* p = values)
        {
            var kernel = new FiniteKernel(p, values.Length);
            SimdWidth.Run(ref kernel);
            return kernel.Index;
        }
    }

    private interface IRule
    {
        /// <summary>Updates the elements of one register from index i; fewer where fewer are left.</summary>
        void Update<S, V>(int i, int left)
            where S : struct, ISimd<V>
            where V : unmanaged;
    }

    private static void Sweep<R>(R rule, int length, Workers workers)
        where R : struct, IRule
    {
        ArgumentNullException.ThrowIfNull(workers);
        if (length <= Granularity)
        {
            // Less work than waking a thread.
            var whole = new SweepKernel<R>(rule, 0, length);
            SimdWidth.Run(ref whole);
            return;
        }

        workers.Run(part =>
        {
            (int start, int end) = workers.Share(length, part, Granularity);
            var kernel = new SweepKernel<R>(rule, start, end);
            SimdWidth.Run(ref kernel);
        });
    }

    private readonly struct SweepKernel<R>(R rule, int start, int end) : ISimdKernel
        where R : struct, IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            R local = rule;
            for (int i = start; i < end; i += S.Count)
            {
                local.Update<S, V>(i, end - i);
            }
        }
    }

    private readonly struct SgdRule(float* p, float* g, float factor) : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<S, V>(int i, int left)
            where S : struct, ISimd<V>
            where V : unmanaged =>
            Lanes.Store<S, V>(S.MultiplyAdd(S.Create(factor), Lanes.Load<S, V>(g + i, left), Lanes.Load<S, V>(p + i, left)), p + i, left);
    }

    private readonly struct MomentumRule(float* p, float* g, float* v, float minusRate, float momentum, float scale) : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<S, V>(int i, int left)
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            V gradient = S.Multiply(S.Create(scale), Lanes.Load<S, V>(g + i, left));
            V velocity = S.MultiplyAdd(S.Create(momentum), Lanes.Load<S, V>(v + i, left), gradient);
            Lanes.Store<S, V>(velocity, v + i, left);
            Lanes.Store<S, V>(S.MultiplyAdd(S.Create(minusRate), velocity, Lanes.Load<S, V>(p + i, left)), p + i, left);
        }
    }

    private readonly struct NesterovRule(float* p, float* g, float* v, float minusRate, float momentum, float scale) : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<S, V>(int i, int left)
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            V gradient = S.Multiply(S.Create(scale), Lanes.Load<S, V>(g + i, left));
            V velocity = S.MultiplyAdd(S.Create(momentum), Lanes.Load<S, V>(v + i, left), gradient);
            Lanes.Store<S, V>(velocity, v + i, left);
            V direction = S.MultiplyAdd(S.Create(momentum), velocity, gradient);
            Lanes.Store<S, V>(S.MultiplyAdd(S.Create(minusRate), direction, Lanes.Load<S, V>(p + i, left)), p + i, left);
        }
    }

    /// <summary>RMSprop and Adagrad: they differ only in how the squares are kept.</summary>
    private readonly struct ScaledRule(float* p, float* g, float* s, float minusRate, float keep, float gain, float epsilon, float scale) : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<S, V>(int i, int left)
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            V gradient = S.Multiply(S.Create(scale), Lanes.Load<S, V>(g + i, left));
            V fresh = S.Multiply(S.Multiply(S.Create(gain), gradient), gradient);
            V squares = S.MultiplyAdd(S.Create(keep), Lanes.Load<S, V>(s + i, left), fresh);
            Lanes.Store<S, V>(squares, s + i, left);
            V direction = S.Divide(gradient, S.Add(S.Sqrt(squares), S.Create(epsilon)));
            Lanes.Store<S, V>(S.MultiplyAdd(S.Create(minusRate), direction, Lanes.Load<S, V>(p + i, left)), p + i, left);
        }
    }

    private readonly struct AdamRule(float* p, float* g, float* m, float* v, AdamStep step, float scale) : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<S, V>(int i, int left)
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            V gradient = S.Multiply(S.Create(scale), Lanes.Load<S, V>(g + i, left));
            V mean = S.MultiplyAdd(S.Create(step.Beta1), Lanes.Load<S, V>(m + i, left), S.Multiply(S.Create(1 - step.Beta1), gradient));
            V fresh = S.Multiply(S.Multiply(S.Create(1 - step.Beta2), gradient), gradient);
            V squares = S.MultiplyAdd(S.Create(step.Beta2), Lanes.Load<S, V>(v + i, left), fresh);
            Lanes.Store<S, V>(mean, m + i, left);
            Lanes.Store<S, V>(squares, v + i, left);
            V direction = S.Divide(mean, S.MultiplyAdd(S.Sqrt(squares), S.Create(step.RootScale), S.Create(step.Epsilon)));
            V parameter = S.Multiply(S.Create(step.Shrink), Lanes.Load<S, V>(p + i, left));
            Lanes.Store<S, V>(S.MultiplyAdd(S.Create(-step.StepSize), direction, parameter), p + i, left);
        }
    }

    private readonly struct ClipRule(float* values, float limit) : IRule
    {
        // The value stands on the right, where a NaN comes out.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Update<S, V>(int i, int left)
            where S : struct, ISimd<V>
            where V : unmanaged =>
            Lanes.Store<S, V>(S.Min(S.Create(limit), S.Max(S.Create(-limit), Lanes.Load<S, V>(values + i, left))), values + i, left);
    }

    private struct FiniteKernel(float* values, int length) : ISimdKernel
    {
        // Short enough that the second look at a bad block costs nothing.
        private const int Block = 4096;

        public int Index = -1;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            V zero = S.Create(0);
            for (int start = 0; start < length; start += Block)
            {
                int end = Math.Min(length, start + Block);

                // 0 times a finite number is 0, and 0 times an infinity is a NaN, which no later sum removes.
                V sum = zero;
                for (int i = start; i < end; i += S.Count)
                {
                    sum = S.MultiplyAdd(zero, Lanes.Load<S, V>(values + i, end - i), sum);
                }

                if (S.Sum(sum) != 0)
                {
                    Index = start;
                    while (float.IsFinite(values[Index]))
                    {
                        Index++;
                    }

                    return;
                }
            }
        }
    }
}
