using System.Numerics.Tensors;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Autograd.Operations;

/// <summary>Losses of class scores, in nats, from the logits themselves: no probability is rounded to 0 or 1 on the way.</summary>
public static class ClassificationLosses
{
    /// <summary>
    /// The mean of -log softmax(x[r])[target[r]] over all rows whose target is not negative, of shape (1). The gradient of such a
    /// row is (softmax(x[r]) - onehot(target[r])) / count, that of the others 0, whatever they hold.
    /// </summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="logits">x, (.., V).</param>
    /// <param name="targets">One class for each row; a negative one leaves its row out. Not kept after the call.</param>
    /// <exception cref="ArgumentException">There is not one target a row, or none that counts, or one is not a class.</exception>
    public static Tensor CrossEntropy(this Tape tape, Tensor logits, ReadOnlyMemory<int> targets)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(logits);
        (int rows, int classes) = (logits.Shape.Rows, logits.Shape.Columns);
        int counted = Count(logits.Shape, targets.Span);
        Tensor loss = tape.Result(new Shape(1), tape.NeedsGradient(logits));

        // The copy becomes the gradient; without one, it is only read.
        Memory<float> gradient = tape.Scratch(logits.Shape.Length);
        float scale = loss.NeedsGradient ? 1f / counted : 0;
        double sum = RowLoop.Sum(tape.Workers, rows, classes, row =>
        {
            Span<float> values = gradient.Span.Slice(row * classes, classes);
            int target = targets.Span[row];
            if (target < 0)
            {
                values.Clear();
                return 0;
            }

            logits.Values.Slice(row * classes, classes).CopyTo(values);
            return SoftmaxKernels.CrossEntropy(values, target, scale);
        });
        loss.Edit()[0] = (float)(sum / counted);
        tape.OnBackward(loss, () => RowKernels.AddScaled(loss.Gradient[0], gradient.Span, logits.Gradient));
        return loss;
    }

    /// <summary>
    /// The mean of -(t log p + (1 - t) log(1 - p)) with p = 1 / (1 + e^-x), computed as log(1 + e^-|x|) + (1 - t) max(x, 0) + t max(-x, 0),
    /// of shape (1). The gradients are p - t for x and -x for t, over the weight of all.
    /// </summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="logits">x, (.., F).</param>
    /// <param name="targets">t in [0, 1], of the same shape.</param>
    /// <param name="average">Whether values or rows are averaged over.</param>
    /// <param name="rowMask">How much each row counts, at least 0; at 0 it may hold anything. All count the same where it is empty.</param>
    /// <exception cref="ArgumentException">The shapes differ, a target of a row that counts is outside [0, 1], or the mask does not fit.</exception>
    public static Tensor BinaryCrossEntropy(this Tape tape, Tensor logits, Tensor targets, LossAverage average = LossAverage.Values, ReadOnlySpan<float> rowMask = default)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(targets);
        if (logits.Shape != targets.Shape)
        {
            throw new ArgumentException($"{nameof(BinaryCrossEntropy)}: logits and targets must have one shape; found {logits.Shape} and {targets.Shape}.", nameof(targets));
        }

        RowWeights weights = RowWeights.Keep(tape, rowMask, logits.Shape, nameof(BinaryCrossEntropy));
        (int rows, int columns) = (logits.Shape.Rows, logits.Shape.Columns);
        double count = weights.Total * (average == LossAverage.Values ? columns : 1);
        Tensor loss = tape.Result(new Shape(1), tape.NeedsGradient(logits, targets));
        double sum = RowLoop.Sum(tape.Workers, rows, columns, row =>
            weights[row] == 0 ? 0 : weights[row] * BinaryRow(logits.Values.Slice(row * columns, columns), targets.Values.Slice(row * columns, columns), row));
        loss.Edit()[0] = (float)(sum / count);
        tape.OnBackward(loss, () =>
        {
            if (logits.NeedsGradient)
            {
                _ = logits.Gradient.Length;
            }

            if (targets.NeedsGradient)
            {
                _ = targets.Gradient.Length;
            }

            double upstream = loss.Gradient[0] / count;
            RowLoop.Run(tape.Workers, rows, columns, (first, end) =>
            {
                for (int row = first; row < end; row++)
                {
                    if (weights[row] != 0)
                    {
                        AddBinaryGradients((float)(upstream * weights[row]), logits, targets, row * columns, columns);
                    }
                }
            });
        });
        return loss;
    }

    private static double BinaryRow(ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, int row)
    {
        double sum = 0;
        Span<float> first = stackalloc float[StableFunctions.Block], second = stackalloc float[StableFunctions.Block], third = stackalloc float[StableFunctions.Block];
        for (int start = 0; start < logits.Length; start += first.Length)
        {
            int count = Math.Min(first.Length, logits.Length - start);
            ReadOnlySpan<float> x = logits.Slice(start, count), t = targets.Slice(start, count);
            if (!(TensorPrimitives.Min(t) >= 0 && TensorPrimitives.Max(t) <= 1))
            {
                throw new ArgumentException(FormattableString.Invariant($"{nameof(BinaryCrossEntropy)}: the targets must be from 0 to 1; found {TensorPrimitives.Min(t)} to {TensorPrimitives.Max(t)} in row {row}."), nameof(targets));
            }

            // All parts are positive: as log(1 + e^x) - t x the small loss of a large logit that is right would be lost in a difference.
            Span<float> values = first[..count], size = second[..count], rest = third[..count];
            StableFunctions.SoftplusOfMinusSize(x, values);
            TensorPrimitives.Max(x, 0, size);
            TensorPrimitives.Subtract(1, t, rest);
            TensorPrimitives.MultiplyAdd(size, rest, values, values);
            TensorPrimitives.Subtract(size, x, size);
            TensorPrimitives.MultiplyAdd(size, t, values, values);
            sum += TensorPrimitives.Sum<float>(values);
        }

        return sum;
    }

    private static void AddBinaryGradients(float scale, Tensor logits, Tensor targets, int offset, int columns)
    {
        Span<float> block = stackalloc float[StableFunctions.Block];
        for (int start = offset; start < offset + columns; start += block.Length)
        {
            int count = Math.Min(block.Length, offset + columns - start);
            if (logits.NeedsGradient)
            {
                Span<float> difference = block[..count];
                ActivationKernels.Forward(Activation.Sigmoid, logits.Values.Slice(start, count), difference);
                TensorPrimitives.Subtract(difference, targets.Values.Slice(start, count), difference);
                RowKernels.AddScaled(scale, difference, logits.Gradient.Slice(start, count));
            }

            if (targets.NeedsGradient)
            {
                RowKernels.AddScaled(-scale, logits.Values.Slice(start, count), targets.Gradient.Slice(start, count));
            }
        }
    }

    private static int Count(Shape shape, ReadOnlySpan<int> targets)
    {
        if (targets.Length != shape.Rows)
        {
            throw new ArgumentException($"{nameof(CrossEntropy)}: there must be one target for each of the {shape.Rows} rows of {shape}; found {targets.Length}.", nameof(targets));
        }

        int counted = 0;
        foreach (int target in targets)
        {
            if (target >= shape.Columns)
            {
                throw new ArgumentException($"{nameof(CrossEntropy)}: a target of logits {shape} must be below {shape.Columns}; found {target}.", nameof(targets));
            }

            counted += target >= 0 ? 1 : 0;
        }

        return counted > 0 ? counted : throw new ArgumentException($"{nameof(CrossEntropy)}: no target of the {shape.Rows} rows counts: all are negative.", nameof(targets));
    }
}
