using System.Runtime.CompilerServices;
using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Kernels;

/// <summary>Softmax and cross-entropy of one row of logits.</summary>
public static unsafe class SoftmaxKernels
{
    /// <summary>
    /// Returns -log softmax(logits)[target] in nats. With a scale other than 0 the logits become the gradient:
    /// scale * (softmax(logits) - onehot(target)); with 0 they stay as they are.
    /// </summary>
    /// <param name="logits">V values.</param>
    /// <param name="target">The right class, 0 .. V-1.</param>
    /// <param name="scale">The factor of the gradient.</param>
    /// <exception cref="ArgumentOutOfRangeException">The target is not a class.</exception>
    public static double CrossEntropy(Span<float> logits, int target, float scale)
    {
        if ((uint)target >= (uint)logits.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(target), target, $"The target must be a class from 0 to {logits.Length - 1}.");
        }

        fixed (float* p = logits)
        {
            float right = p[target];
            var kernel = new Kernel(p, p, logits.Length, scale);
            SimdWidth.Run(ref kernel);
            if (scale != 0)
            {
                p[target] -= scale;
            }

            return Math.Log(kernel.Denominator) + ((double)kernel.Maximum - right);
        }
    }

    /// <summary>ln of the sum of e^logit: a logit less it is the log-probability of its class, in nats.</summary>
    /// <param name="logits">V values.</param>
    public static double LogSumExp(ReadOnlySpan<float> logits)
    {
        fixed (float* p = logits)
        {
            var kernel = new Kernel(p, p, logits.Length, scale: 0);
            SimdWidth.Run(ref kernel);
            return Math.Log(kernel.Denominator) + kernel.Maximum;
        }
    }

    /// <summary>probabilities = softmax(logits). The spans are of one length and may be the same.</summary>
    public static void Probabilities(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        Lengths.Same(logits.Length, probabilities.Length);
        fixed (float* pl = logits, pp = probabilities)
        {
            var kernel = new Kernel(pl, pp, logits.Length, 1);
            SimdWidth.Run(ref kernel);
        }
    }

    private struct Kernel(float* logits, float* result, int length, float scale) : ISimdKernel
    {
        public double Denominator;
        public float Maximum;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            V largest = S.Create(float.NegativeInfinity);
            int whole = length - (length % S.Count);
            for (int i = 0; i < whole; i += S.Count)
            {
                largest = S.Max(largest, S.Load(logits + i));
            }

            float maximum = S.Largest(largest);
            for (int i = whole; i < length; i++)
            {
                maximum = Math.Max(maximum, logits[i]);
            }

            Maximum = maximum;
            V shift = S.Create(maximum);
            V sum = S.Create(0);
            for (int i = 0; i < whole; i += S.Count)
            {
                V e = VectorMath.Exp<S, V>(S.Subtract(S.Load(logits + i), shift));
                sum = S.Add(sum, e);
                if (scale != 0)
                {
                    S.Store(e, result + i);
                }
            }

            double denominator = S.Sum(sum);
            for (int i = whole; i < length; i++)
            {
                float e = VectorMath.Exp<SimdScalar, float>(logits[i] - maximum);
                denominator += e;
                if (scale != 0)
                {
                    result[i] = e;
                }
            }

            Denominator = denominator;
            if (scale == 0)
            {
                return;
            }

            float factor = (float)(scale / denominator);
            V factors = S.Create(factor);
            for (int i = 0; i < whole; i += S.Count)
            {
                S.Store(S.Multiply(S.Load(result + i), factors), result + i);
            }

            for (int i = whole; i < length; i++)
            {
                result[i] *= factor;
            }
        }
    }
}
