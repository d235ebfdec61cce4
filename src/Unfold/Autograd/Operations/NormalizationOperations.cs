using System.Numerics.Tensors;
using Unfold.Numerics.Kernels;

namespace Unfold.Autograd.Operations;

/// <summary>Operations that bring each row to mean 0 and variance 1.</summary>
public static class NormalizationOperations
{
    /// <summary>
    /// Layer normalization (Ba, Kiros and Hinton, 2016): y = g (x - mean) / sqrt(variance + epsilon) + b, with mean and variance
    /// (the mean of the squares) over the last dimension, for each row for itself.
    /// </summary>
    /// <remarks>
    /// With n = (x - mean) / sqrt(variance + epsilon) and d = g dy the gradients are
    /// dx = (d - mean(d) - n mean(d n)) / sqrt(variance + epsilon), dg = sum of dy n and db = sum of dy over the rows.
    /// </remarks>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">x, (.., F).</param>
    /// <param name="gain">g, (F); starts as ones.</param>
    /// <param name="shift">b, (F); starts as zeros.</param>
    /// <param name="epsilon">What keeps a row of equal values from a division by 0; above 0.</param>
    /// <exception cref="ArgumentException">The tensor is empty, or gain or shift is no vector of F values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Epsilon is not a number above 0.</exception>
    public static Tensor LayerNormalization(this Tape tape, Tensor input, Tensor gain, Tensor shift, float epsilon = 1e-5f)
    {
        Check(tape, input, gain, shift, epsilon);
        (int rows, int columns) = (input.Shape.Rows, input.Shape.Columns);
        Memory<float> output = tape.Scratch(input.Shape.Length), normalized = tape.Scratch(input.Shape.Length), inverses = tape.Scratch(rows);
        Tensor result = tape.View(input.Shape, output, tape.NeedsGradient(input, gain, shift));
        RowLoop.Run(tape.Workers, rows, columns, (first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                Span<float> n = normalized.Span.Slice(row * columns, columns), y = output.Span.Slice(row * columns, columns);
                inverses.Span[row] = Normalize(input.Values.Slice(row * columns, columns), n, epsilon);
                TensorPrimitives.MultiplyAdd(n, gain.Values, shift.Values, y);
            }
        });
        tape.OnBackward(result, () =>
        {
            ReadOnlySpan<float> upstream = result.Gradient;
            if (input.NeedsGradient)
            {
                _ = input.Gradient.Length;
                RowLoop.Run(tape.Workers, rows, columns, (first, end) =>
                {
                    for (int row = first; row < end; row++)
                    {
                        (int start, float inverse) = (row * columns, inverses.Span[row]);
                        AddInputGradient(result.Gradient.Slice(start, columns), gain.Values, normalized.Span.Slice(start, columns), inverse, input.Gradient.Slice(start, columns));
                    }
                });
            }

            if (gain.NeedsGradient)
            {
                TensorPrimitives.Multiply(upstream, normalized.Span, normalized.Span);
                Reductions.AddColumnSums(normalized.Span, rows, columns, gain.Gradient, tape.Workers);
            }

            if (shift.NeedsGradient)
            {
                Reductions.AddColumnSums(upstream, rows, columns, shift.Gradient, tape.Workers);
            }
        });
        return result;
    }

    /// <summary>Writes n and returns 1 / sqrt(variance + epsilon).</summary>
    private static float Normalize(ReadOnlySpan<float> x, Span<float> n, float epsilon)
    {
        // Centred twice: the first mean of numbers that are large against their spread is off by its rounding.
        TensorPrimitives.Subtract(x, TensorPrimitives.Sum(x) / x.Length, n);
        TensorPrimitives.Subtract(n, TensorPrimitives.Sum<float>(n) / n.Length, n);
        float inverse = 1 / MathF.Sqrt((TensorPrimitives.SumOfSquares<float>(n) / n.Length) + epsilon);
        TensorPrimitives.Multiply(n, inverse, n);
        return inverse;
    }

    private static void AddInputGradient(ReadOnlySpan<float> dy, ReadOnlySpan<float> gain, ReadOnlySpan<float> n, float inverse, Span<float> dx)
    {
        // mean(d) and mean(d n) over d = g dy, in blocks, so that d needs no memory of the row's size.
        double sum = 0, product = 0;
        Span<float> block = stackalloc float[StableFunctions.Block];
        for (int start = 0; start < dx.Length; start += block.Length)
        {
            Span<float> d = block[..Math.Min(block.Length, dx.Length - start)];
            TensorPrimitives.Multiply(dy.Slice(start, d.Length), gain.Slice(start, d.Length), d);
            sum += TensorPrimitives.Sum<float>(d);
            product += TensorPrimitives.Dot(d, n.Slice(start, d.Length));
        }

        (float mean, float slope) = ((float)(sum / dx.Length), (float)(product / dx.Length));
        for (int start = 0; start < dx.Length; start += block.Length)
        {
            Span<float> d = block[..Math.Min(block.Length, dx.Length - start)];
            TensorPrimitives.Multiply(dy.Slice(start, d.Length), gain.Slice(start, d.Length), d);
            TensorPrimitives.Subtract(d, mean, d);
            RowKernels.AddScaled(-slope, n.Slice(start, d.Length), d);
            RowKernels.AddScaled(inverse, d, dx.Slice(start, d.Length));
        }
    }

    private static void Check(Tape tape, Tensor input, Tensor gain, Tensor shift, float epsilon)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(gain);
        ArgumentNullException.ThrowIfNull(shift);
        if (input.Shape.Length == 0)
        {
            throw new ArgumentException($"{nameof(LayerNormalization)}: the tensor must hold at least one value; found the shape {input.Shape}.", nameof(input));
        }

        var vector = new Shape(input.Shape.Columns);
        vector.Require(gain.Shape, nameof(LayerNormalization), $"the gain of a tensor {input.Shape}");
        vector.Require(shift.Shape, nameof(LayerNormalization), $"the shift of a tensor {input.Shape}");
        if (!(epsilon > 0 && epsilon < float.PositiveInfinity))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), FormattableString.Invariant($"{nameof(LayerNormalization)}: epsilon must be above 0 and finite; found {epsilon}."));
        }
    }
}
