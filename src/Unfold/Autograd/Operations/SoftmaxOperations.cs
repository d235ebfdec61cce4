using System.Numerics.Tensors;
using Unfold.Numerics.Kernels;

namespace Unfold.Autograd.Operations;

/// <summary>Softmax and its logarithm over the last dimension. Both take the row's maximum out first, so no logit is too large.</summary>
public static class SoftmaxOperations
{
    /// <summary>
    /// y[r, j] = e^x[r, j] / (sum over k of e^x[r, k]), over the first lengths[..] columns of a row; the others are exactly 0,
    /// whatever they hold, and take no gradient. The gradient is dx = y (dy - (sum over k of dy[k] y[k])).
    /// </summary>
    /// <remarks>To leave columns out, give lengths: a logit of minus infinity gets a weight of about 1e-38 and not of 0.</remarks>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">x, (.., F): scores of attention are (B, Tq, Tk).</param>
    /// <param name="lengths">
    /// The number of columns that count, 0 .. F: one for each row, or one for each entry of the outermost dimension, which then
    /// holds for all its rows (as for the lengths of B source sequences). A row of length 0 is all zeros. All columns count where it is not given.
    /// </param>
    /// <exception cref="ArgumentException">The tensor is empty, or the lengths do not fit.</exception>
    public static Tensor Softmax(this Tape tape, Tensor input, IReadOnlyList<int>? lengths = null)
    {
        (int rows, int columns) = Rows(tape, input, nameof(Softmax));
        int perLength = lengths is not null && lengths.Count == input.Shape[0] && input.Shape.Rank > 1 ? rows / input.Shape[0] : 1;
        KeptIntegers? kept = lengths is null ? null : KeptIntegers.Lengths(tape, lengths, rows / perLength, 0, columns, nameof(Softmax));
        Memory<float> probabilities = tape.Scratch(input.Shape.Length);
        Tensor result = tape.View(input.Shape, probabilities, tape.NeedsGradient(input));
        RowLoop.Run(tape.Workers, rows, columns, (first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                int count = kept?.Values[row / perLength] ?? columns;
                Span<float> y = probabilities.Span.Slice(row * columns, columns);
                SoftmaxKernels.Probabilities(input.Values.Slice(row * columns, count), y[..count]);
                y[count..].Clear();
            }
        });
        tape.OnBackward(result, () =>
        {
            RequireMade(result, input);
            RowLoop.Run(tape.Workers, rows, columns, (first, end) =>
            {
                for (int row = first; row < end; row++)
                {
                    int count = kept?.Values[row / perLength] ?? columns;
                    AddSoftmaxGradient(result.Values.Slice(row * columns, count), result.Gradient.Slice(row * columns, count), input.Gradient.Slice(row * columns, count));
                }
            });
        });
        return result;
    }

    /// <summary>y[r, j] = x[r, j] - log(sum over k of e^x[r, k]); the gradient is dx = dy - e^y (sum over k of dy[k]).</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">x, (.., F).</param>
    /// <exception cref="ArgumentException">The tensor is empty.</exception>
    public static Tensor LogSoftmax(this Tape tape, Tensor input)
    {
        (int rows, int columns) = Rows(tape, input, nameof(LogSoftmax));
        Memory<float> logarithms = tape.Scratch(input.Shape.Length);
        Tensor result = tape.View(input.Shape, logarithms, tape.NeedsGradient(input));
        RowLoop.Run(tape.Workers, rows, columns, (first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                Span<float> y = logarithms.Span.Slice(row * columns, columns);
                input.Values.Slice(row * columns, columns).CopyTo(y);

                // The loss of the largest logit is the logarithm of the denominator; taken off in two steps, small differences stay.
                int largest = TensorPrimitives.IndexOfMax<float>(y);
                float maximum = y[largest];
                double denominator = SoftmaxKernels.CrossEntropy(y, largest, scale: 0);
                TensorPrimitives.Subtract(y, maximum, y);
                TensorPrimitives.Subtract(y, (float)denominator, y);
            }
        });
        tape.OnBackward(result, () =>
        {
            RequireMade(result, input);
            RowLoop.Run(tape.Workers, rows, columns, (first, end) =>
            {
                for (int row = first; row < end; row++)
                {
                    AddLogSoftmaxGradient(result.Values.Slice(row * columns, columns), result.Gradient.Slice(row * columns, columns), input.Gradient.Slice(row * columns, columns));
                }
            });
        });
        return result;
    }

    private static void AddSoftmaxGradient(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        if (y.Length == 0)
        {
            return;
        }

        float mean = TensorPrimitives.Dot(dy, y);
        Span<float> block = stackalloc float[StableFunctions.Block];
        for (int start = 0; start < y.Length; start += block.Length)
        {
            int count = Math.Min(block.Length, y.Length - start);
            Span<float> difference = block[..count], destination = dx.Slice(start, count);
            TensorPrimitives.Subtract(dy.Slice(start, count), mean, difference);
            TensorPrimitives.MultiplyAdd(y.Slice(start, count), difference, destination, destination);
        }
    }

    private static void AddLogSoftmaxGradient(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        float sum = TensorPrimitives.Sum(dy);
        Span<float> block = stackalloc float[StableFunctions.Block];
        for (int start = 0; start < y.Length; start += block.Length)
        {
            int count = Math.Min(block.Length, y.Length - start);
            Span<float> probabilities = block[..count], destination = dx.Slice(start, count);
            TensorPrimitives.Exp(y.Slice(start, count), probabilities);
            RowKernels.Add(dy.Slice(start, count), destination);
            RowKernels.AddScaled(-sum, probabilities, destination);
        }
    }

    /// <summary>Makes the gradients before several threads use them.</summary>
    private static void RequireMade(Tensor result, Tensor input) => _ = result.Gradient.Length + input.Gradient.Length;

    private static (int Rows, int Columns) Rows(Tape tape, Tensor input, string operation)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        return input.Shape.Length > 0
            ? (input.Shape.Rows, input.Shape.Columns)
            : throw new ArgumentException($"{operation}: the tensor must hold at least one value; found the shape {input.Shape}.", nameof(input));
    }
}
