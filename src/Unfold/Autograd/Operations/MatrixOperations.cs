using Unfold.Numerics.Products;

namespace Unfold.Autograd.Operations;

/// <summary>Products of tensors whose last two dimensions are matrices.</summary>
public static class MatrixOperations
{
    /// <summary>
    /// a b. Where b is one matrix (k, n), a is (.., k) and the result (.., n); else both have the same outer dimensions and
    /// each matrix (m, k) of a is multiplied by its own matrix (k, n) of b.
    /// </summary>
    /// <remarks>The gradients are da = dy b^T and db = a^T dy.</remarks>
    /// <exception cref="ArgumentException">The inner sizes or the outer dimensions differ.</exception>
    public static Tensor MatrixProduct(this Tape tape, Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        (int count, int m, int k, int n) = Sizes(left.Shape, right.Shape);
        Tensor result = tape.Result(left.Shape.WithColumns(n), left.NeedsGradient || right.NeedsGradient);
        Span<float> y = result.Edit();
        for (int i = 0; i < count; i++)
        {
            Numerics.Products.MatrixProduct.Multiply(tape.Workers, Matrix(left.Values, i, m, k), Matrix(right.Values, i, k, n), y[(i * m * n)..], Accumulation.Overwrite);
        }

        tape.OnBackward(result, () =>
        {
            for (int i = 0; i < count; i++)
            {
                MatrixView dy = Matrix(result.Gradient, i, m, n);
                if (left.NeedsGradient)
                {
                    Numerics.Products.MatrixProduct.Multiply(tape.Workers, dy, Matrix(right.Values, i, k, n).Transposed, left.Gradient[(i * m * k)..], Accumulation.Add);
                }

                if (right.NeedsGradient)
                {
                    Numerics.Products.MatrixProduct.Multiply(tape.Workers, Matrix(left.Values, i, m, k).Transposed, dy, right.Gradient[(i * k * n)..], Accumulation.Add);
                }
            }
        });
        return result;
    }

    private static MatrixView Matrix(ReadOnlySpan<float> values, int index, int rows, int columns) =>
        new(values.Slice(index * rows * columns, rows * columns), rows, columns);

    private static (int Count, int M, int K, int N) Sizes(Shape left, Shape right)
    {
        int k = left.Columns;
        if (right.Rank == 2 && right[0] == k)
        {
            return (1, left.Rows, k, right[1]);
        }

        bool fits = right.Rank > 2 && right.Rank == left.Rank && right[right.Rank - 2] == k;
        int count = 1;
        for (int i = 0; fits && i < left.Rank - 2; i++)
        {
            fits = left[i] == right[i];
            count *= left[i];
        }

        return fits
            ? (count, left[left.Rank - 2], k, right.Columns)
            : throw new ArgumentException($"{nameof(MatrixProduct)}: {left} times {right} is not a product: wanted (.., m, k) times (k, n) or (.., k, n) with the same outer sizes.");
    }
}
