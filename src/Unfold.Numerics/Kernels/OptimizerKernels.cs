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
            throw new ArgumentOutOfRangeException(nameof(limit), FormattableString.Invariant($"The limit of the values must be zero or above; found {limit}."));
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

    private static void Sweep<R>(R rule, int length, Workers workers)
        where R : struct, ILaneBody
    {
        ArgumentNullException.ThrowIfNull(workers);
        if (length <= Granularity)
        {
            // Less work than waking a thread.
            LaneLoop.Run(rule, 0, length);
            return;
        }

        workers.Run(part =>
        {
            (int start, int end) = workers.Share(length, part, Granularity);
            LaneLoop.Run(rule, start, end);
        });
    }

    private readonly struct SgdRule(float* p, float* g, float factor) : ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V> =>
            lanes.Store(S.MultiplyAdd(S.Create(factor), lanes.Load(g + at), lanes.Load(p + at)), p + at);
    }

    private readonly struct MomentumRule(float* p, float* g, float* v, float minusRate, float momentum, float scale) : ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V>
        {
            V gradient = S.Multiply(S.Create(scale), lanes.Load(g + at));
            V velocity = S.MultiplyAdd(S.Create(momentum), lanes.Load(v + at), gradient);
            lanes.Store(velocity, v + at);
            lanes.Store(S.MultiplyAdd(S.Create(minusRate), velocity, lanes.Load(p + at)), p + at);
        }
    }

    private readonly struct NesterovRule(float* p, float* g, float* v, float minusRate, float momentum, float scale) : ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V>
        {
            V gradient = S.Multiply(S.Create(scale), lanes.Load(g + at));
            V velocity = S.MultiplyAdd(S.Create(momentum), lanes.Load(v + at), gradient);
            lanes.Store(velocity, v + at);
            V direction = S.MultiplyAdd(S.Create(momentum), velocity, gradient);
            lanes.Store(S.MultiplyAdd(S.Create(minusRate), direction, lanes.Load(p + at)), p + at);
        }
    }

    /// <summary>RMSprop and Adagrad: they differ only in how the squares are kept.</summary>
    private readonly struct ScaledRule(float* p, float* g, float* s, float minusRate, float keep, float gain, float epsilon, float scale) : ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V>
        {
            V gradient = S.Multiply(S.Create(scale), lanes.Load(g + at));
            V fresh = S.Multiply(S.Multiply(S.Create(gain), gradient), gradient);
            V squares = S.MultiplyAdd(S.Create(keep), lanes.Load(s + at), fresh);
            lanes.Store(squares, s + at);
            V direction = S.Divide(gradient, S.Add(S.Sqrt(squares), S.Create(epsilon)));
            lanes.Store(S.MultiplyAdd(S.Create(minusRate), direction, lanes.Load(p + at)), p + at);
        }
    }

    private readonly struct AdamRule(float* p, float* g, float* m, float* v, AdamStep step, float scale) : ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V>
        {
            V gradient = S.Multiply(S.Create(scale), lanes.Load(g + at));
            V mean = S.MultiplyAdd(S.Create(step.Beta1), lanes.Load(m + at), S.Multiply(S.Create(1 - step.Beta1), gradient));
            V fresh = S.Multiply(S.Multiply(S.Create(1 - step.Beta2), gradient), gradient);
            V squares = S.MultiplyAdd(S.Create(step.Beta2), lanes.Load(v + at), fresh);
            lanes.Store(mean, m + at);
            lanes.Store(squares, v + at);
            V direction = S.Divide(mean, S.MultiplyAdd(S.Sqrt(squares), S.Create(step.RootScale), S.Create(step.Epsilon)));
            V parameter = S.Multiply(S.Create(step.Shrink), lanes.Load(p + at));
            lanes.Store(S.MultiplyAdd(S.Create(-step.StepSize), direction, parameter), p + at);
        }
    }

    private readonly struct ClipRule(float* values, float limit) : ILaneBody
    {
        // The value stands on the right, where a NaN comes out.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V> =>
            lanes.Store(S.Min(S.Create(limit), S.Max(S.Create(-limit), lanes.Load(values + at))), values + at);
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
                int i = start;
                for (; i <= end - S.Count; i += S.Count)
                {
                    sum = S.MultiplyAdd(zero, S.Load(values + i), sum);
                }

                float total = S.Sum(sum);
                for (; i < end; i++)
                {
                    total += 0 * values[i];
                }

                if (total != 0)
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
