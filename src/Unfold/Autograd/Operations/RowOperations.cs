using System.Numerics.Tensors;
using Unfold.Numerics.Kernels;

namespace Unfold.Autograd.Operations;

/// <summary>Operations between the rows of a tensor and a vector: one value a column, or one a row.</summary>
public static class RowOperations
{
    /// <summary>y[r, j] = x[r, j] + b[j]; db is the sum of dy over the rows.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">x, (.., F).</param>
    /// <param name="bias">b, (F).</param>
    /// <exception cref="ArgumentException">The bias is no vector of F values.</exception>
    public static Tensor AddBias(this Tape tape, Tensor input, Tensor bias)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(bias);
        RequireVector(input, bias, nameof(AddBias), "the bias");
        (int rows, int columns) = (input.Shape.Rows, input.Shape.Columns);
        Tensor result = tape.Result(input.Shape, tape.NeedsGradient(input, bias));
        Span<float> y = result.Edit();
        for (int row = 0; row < rows; row++)
        {
            RowKernels.Sum(input.Values.Slice(row * columns, columns), bias.Values, y.Slice(row * columns, columns));
        }

        tape.OnBackward(result, () =>
        {
            if (input.NeedsGradient)
            {
                RowKernels.Add(result.Gradient, input.Gradient);
            }

            if (bias.NeedsGradient)
            {
                Reductions.AddColumnSums(result.Gradient, rows, columns, bias.Gradient, tape.Workers);
            }
        });
        return result;
    }

    /// <summary>y[r, j] = x[r, j] s[j]; dx = dy s, and ds is the sum of dy x over the rows.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">x, (.., F).</param>
    /// <param name="scale">s, (F).</param>
    /// <exception cref="ArgumentException">The scale is no vector of F values.</exception>
    public static Tensor ScaleColumns(this Tape tape, Tensor input, Tensor scale)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(scale);
        RequireVector(input, scale, nameof(ScaleColumns), "the scale");
        (int rows, int columns) = (input.Shape.Rows, input.Shape.Columns);
        Tensor result = tape.Result(input.Shape, tape.NeedsGradient(input, scale));
        Span<float> y = result.Edit();
        for (int row = 0; row < rows; row++)
        {
            TensorPrimitives.Multiply(input.Values.Slice(row * columns, columns), scale.Values, y.Slice(row * columns, columns));
        }

        tape.OnBackward(result, () =>
        {
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<float> dy = result.Gradient.Slice(row * columns, columns);
                if (input.NeedsGradient)
                {
                    Span<float> dx = input.Gradient.Slice(row * columns, columns);
                    TensorPrimitives.MultiplyAdd(dy, scale.Values, dx, dx);
                }

                if (scale.NeedsGradient)
                {
                    TensorPrimitives.MultiplyAdd(dy, input.Values.Slice(row * columns, columns), scale.Gradient, scale.Gradient);
                }
            }
        });
        return result;
    }

    /// <summary>y[r, j] = x[r, j] c[r]; dx = dy c, and dc[r] is the sum of dy x over row r.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">x, (.., F).</param>
    /// <param name="column">c, one value a row: (.., 1), or the outer sizes of x, or all rows in one vector.</param>
    /// <exception cref="ArgumentException">There is not one factor a row.</exception>
    public static Tensor MultiplyRows(this Tape tape, Tensor input, Tensor column)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(column);
        Shapes.RequireColumn(input.Shape, column.Shape, nameof(MultiplyRows), "the column");
        (int rows, int columns) = (input.Shape.Rows, input.Shape.Columns);
        Tensor result = tape.Result(input.Shape, tape.NeedsGradient(input, column));
        Span<float> y = result.Edit();
        for (int row = 0; row < rows; row++)
        {
            TensorPrimitives.Multiply(input.Values.Slice(row * columns, columns), column.Values[row], y.Slice(row * columns, columns));
        }

        tape.OnBackward(result, () =>
        {
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<float> dy = result.Gradient.Slice(row * columns, columns);
                if (input.NeedsGradient)
                {
                    RowKernels.AddScaled(column.Values[row], dy, input.Gradient.Slice(row * columns, columns));
                }

                if (column.NeedsGradient)
                {
                    column.Gradient[row] += TensorPrimitives.Dot(dy, input.Values.Slice(row * columns, columns));
                }
            }
        });
        return result;
    }

    /// <summary>
    /// y[r, j] = x[r, j] m[r] for a mask of constants. Where m is 0 the row becomes 0 whatever it holds, a NaN too, and takes no
    /// gradient: so padding cannot reach what is computed after it, nor its gradient.
    /// </summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">x, (.., F).</param>
    /// <param name="mask">m, one value a row; it is copied.</param>
    /// <exception cref="ArgumentException">There is not one value a row.</exception>
    public static Tensor MultiplyRows(this Tape tape, Tensor input, ReadOnlySpan<float> mask)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        (int rows, int columns) = (input.Shape.Rows, input.Shape.Columns);
        if (mask.Length != rows)
        {
            throw new ArgumentException($"{nameof(MultiplyRows)}: the mask must hold one value for each of the {rows} rows of {input.Shape}; found {mask.Length}.", nameof(mask));
        }

        Tensor result = tape.Result(input.Shape, tape.NeedsGradient(input));
        Memory<float> kept = tape.Scratch(rows);
        mask.CopyTo(kept.Span);
        Span<float> y = result.Edit();
        for (int row = 0; row < rows; row++)
        {
            Span<float> destination = y.Slice(row * columns, columns);
            if (mask[row] == 0)
            {
                destination.Clear();
            }
            else
            {
                TensorPrimitives.Multiply(input.Values.Slice(row * columns, columns), mask[row], destination);
            }
        }

        tape.OnBackward(result, () =>
        {
            for (int row = 0; row < rows; row++)
            {
                float factor = kept.Span[row];
                if (factor != 0)
                {
                    RowKernels.AddScaled(factor, result.Gradient.Slice(row * columns, columns), input.Gradient.Slice(row * columns, columns));
                }
            }
        });
        return result;
    }

    private static void RequireVector(Tensor input, Tensor vector, string operation, string name)
    {
        if (vector.Shape.Rank != 1 || vector.Shape.Length != input.Shape.Columns)
        {
            throw new ArgumentException($"{operation}: {name} of a tensor {input.Shape} must have the shape ({input.Shape.Columns}); found {vector.Shape}.");
        }
    }
}
