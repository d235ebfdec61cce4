using Unfold.Numerics.Kernels;

namespace Unfold.Autograd.Operations;

/// <summary>Operations that take values from one place to another.</summary>
public static class ShapeOperations
{
    /// <summary>Step t of a sequence (T, B, F), of shape (B, F).</summary>
    /// <exception cref="ArgumentException">The tensor has not three dimensions.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such step.</exception>
    public static Tensor TimeStep(this Tape tape, Tensor input, int step)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        Shape shape = input.Shape;
        if (shape.Rank != 3)
        {
            throw new ArgumentException($"{nameof(TimeStep)}: the tensor must have the shape (T, B, F); found {shape}.", nameof(input));
        }

        if (step < 0 || step >= shape[0])
        {
            throw new ArgumentOutOfRangeException(nameof(step), step, $"{nameof(TimeStep)}: the tensor {shape} has the steps 0 to {shape[0] - 1}.");
        }

        int length = shape[1] * shape[2];
        Tensor result = tape.Result(new Shape(shape[1], shape[2]), input.NeedsGradient);
        input.Values.Slice(step * length, length).CopyTo(result.Edit());
        tape.OnBackward(result, () => RowKernels.Add(result.Gradient, input.Gradient.Slice(step * length, length)));
        return result;
    }

    /// <summary>The rows of a and of b side by side: (.., F) and (.., G) give (.., F + G).</summary>
    /// <exception cref="ArgumentException">The outer dimensions differ.</exception>
    public static Tensor Concatenate(this Tape tape, Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        Shape shape = left.Shape.WithColumns(left.Shape.Columns + right.Shape.Columns);
        if (right.Shape.WithColumns(shape.Columns) != shape)
        {
            throw new ArgumentException($"{nameof(Concatenate)}: all dimensions but the last must be the same; found {left.Shape} and {right.Shape}.", nameof(right));
        }

        Tensor result = tape.Result(shape, left.NeedsGradient || right.NeedsGradient);
        (int first, int second, int width) = (left.Shape.Columns, right.Shape.Columns, shape.Columns);
        Span<float> destination = result.Edit();
        for (int row = 0; row < shape.Rows; row++)
        {
            left.Values.Slice(row * first, first).CopyTo(destination[(row * width)..]);
            right.Values.Slice(row * second, second).CopyTo(destination[((row * width) + first)..]);
        }

        tape.OnBackward(result, () =>
        {
            AddColumns(result, 0, left);
            AddColumns(result, first, right);
        });
        return result;
    }

    /// <summary>Adds some columns of a gradient to the gradient of the tensor that they came from.</summary>
    private static void AddColumns(Tensor result, int firstColumn, Tensor source)
    {
        if (!source.NeedsGradient)
        {
            return;
        }

        (int columns, int width) = (source.Shape.Columns, result.Shape.Columns);
        ReadOnlySpan<float> gradient = result.Gradient;
        Span<float> destination = source.Gradient;
        for (int row = 0; row < source.Shape.Rows; row++)
        {
            RowKernels.Add(gradient.Slice((row * width) + firstColumn, columns), destination.Slice(row * columns, columns));
        }
    }
}
