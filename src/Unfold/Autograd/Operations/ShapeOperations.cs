using Unfold.Numerics.Kernels;

namespace Unfold.Autograd.Operations;

/// <summary>Operations that put tensors together and take parts out of them.</summary>
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
        Tensor result = tape.Result(new Shape(shape[1], shape[2]), tape.NeedsGradient(input));
        input.Values.Slice(step * length, length).CopyTo(result.Edit());
        tape.OnBackward(result, () => RowKernels.Add(result.Gradient, input.Gradient.Slice(step * length, length)));
        return result;
    }

    /// <summary>The same values in the same order under other sizes.</summary>
    /// <exception cref="ArgumentException">The sizes hold another number of values.</exception>
    public static Tensor Reshape(this Tape tape, Tensor input, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        if (shape.Length != input.Shape.Length)
        {
            throw new ArgumentException($"{nameof(Reshape)}: the tensor {input.Shape} has {input.Shape.Length} values; the shape {shape} wants {shape.Length}.", nameof(shape));
        }

        Tensor result = tape.Result(shape, tape.NeedsGradient(input));
        input.Values.CopyTo(result.Edit());
        tape.OnBackward(result, () => RowKernels.Add(result.Gradient, input.Gradient));
        return result;
    }

    /// <summary>T tensors of one shape, one after the other: (B, F) give (T, B, F), and (F) give (T, F).</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="parts">At least one tensor, of one to three dimensions; the list is copied.</param>
    /// <exception cref="ArgumentException">There is none, the shapes differ, or they have four dimensions.</exception>
    public static Tensor Stack(this Tape tape, params IReadOnlyList<Tensor> parts)
    {
        Tensor[] kept = Keep(tape, parts, nameof(Stack));
        Shape shape = kept[0].Shape;
        Shape stacked = shape.Rank switch
        {
            1 => new Shape(kept.Length, shape[0]),
            2 => new Shape(kept.Length, shape[0], shape[1]),
            3 => new Shape(kept.Length, shape[0], shape[1], shape[2]),
            _ => throw new ArgumentException($"{nameof(Stack)}: the tensors must have one to three dimensions; found {shape}.", nameof(parts)),
        };
        for (int i = 1; i < kept.Length; i++)
        {
            if (kept[i].Shape != shape)
            {
                throw new ArgumentException($"{nameof(Stack)}: all tensors must have one shape; found {shape} first and {kept[i].Shape} at index {i}.", nameof(parts));
            }
        }

        Tensor result = tape.Result(stacked, tape.NeedsGradient(kept));
        Span<float> y = result.Edit();
        for (int i = 0; i < kept.Length; i++)
        {
            kept[i].Values.CopyTo(y[(i * shape.Length)..]);
        }

        tape.OnBackward(result, () =>
        {
            for (int i = 0; i < kept.Length; i++)
            {
                if (kept[i].NeedsGradient)
                {
                    RowKernels.Add(result.Gradient.Slice(i * shape.Length, shape.Length), kept[i].Gradient);
                }
            }
        });
        return result;
    }

    /// <summary>The rows of all parts side by side: (.., F), (.., G), .. give (.., F + G + ..).</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="parts">At least one tensor; the list is copied.</param>
    /// <exception cref="ArgumentException">There is none, or the outer dimensions differ.</exception>
    public static Tensor Concatenate(this Tape tape, params IReadOnlyList<Tensor> parts)
    {
        Tensor[] kept = Keep(tape, parts, nameof(Concatenate));
        int width = 0;
        foreach (Tensor part in kept)
        {
            if (part.Shape.WithColumns(1) != kept[0].Shape.WithColumns(1))
            {
                throw new ArgumentException($"{nameof(Concatenate)}: all dimensions but the last must be the same; found {kept[0].Shape} and {part.Shape}.", nameof(parts));
            }

            width = checked(width + part.Shape.Columns);
        }

        Shape shape = kept[0].Shape.WithColumns(width);
        Tensor result = tape.Result(shape, tape.NeedsGradient(kept));
        Span<float> y = result.Edit();
        int first = 0;
        foreach (Tensor part in kept)
        {
            int columns = part.Shape.Columns;
            for (int row = 0; row < part.Shape.Rows; row++)
            {
                part.Values.Slice(row * columns, columns).CopyTo(y[((row * width) + first)..]);
            }

            first += columns;
        }

        tape.OnBackward(result, () =>
        {
            int column = 0;
            foreach (Tensor part in kept)
            {
                int columns = part.Shape.Columns;
                for (int row = 0; part.NeedsGradient && row < part.Shape.Rows; row++)
                {
                    RowKernels.Add(result.Gradient.Slice((row * width) + column, columns), part.Gradient.Slice(row * columns, columns));
                }

                column += columns;
            }
        });
        return result;
    }

    /// <summary>Some neighbouring columns of a tensor: (.., F) gives (.., count).</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">(.., F).</param>
    /// <param name="first">The first column, from 0.</param>
    /// <param name="count">The number of columns, at least 1.</param>
    /// <exception cref="ArgumentException">The tensor has not all these columns.</exception>
    public static Tensor Columns(this Tape tape, Tensor input, int first, int count)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        int width = input.Shape.Columns;
        if (first < 0 || count < 1 || (long)first + count > width)
        {
            throw new ArgumentException($"{nameof(Columns)}: the tensor {input.Shape} has the columns 0 to {width - 1}; wanted are {count} from {first} on.", nameof(first));
        }

        Tensor result = tape.Result(input.Shape.WithColumns(count), tape.NeedsGradient(input));
        int rows = input.Shape.Rows;
        Span<float> y = result.Edit();
        for (int row = 0; row < rows; row++)
        {
            input.Values.Slice((row * width) + first, count).CopyTo(y[(row * count)..]);
        }

        tape.OnBackward(result, () =>
        {
            for (int row = 0; row < rows; row++)
            {
                RowKernels.Add(result.Gradient.Slice(row * count, count), input.Gradient.Slice((row * width) + first, count));
            }
        });
        return result;
    }

    private static Tensor[] Keep(Tape tape, IReadOnlyList<Tensor> parts, string operation)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(parts);
        Tensor[] kept = [.. parts];
        foreach (Tensor part in kept)
        {
            ArgumentNullException.ThrowIfNull(part, nameof(parts));
        }

        return kept.Length > 0 ? kept : throw new ArgumentException($"{operation}: there must be at least one tensor; found none.", nameof(parts));
    }
}
