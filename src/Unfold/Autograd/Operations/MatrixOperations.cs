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
        (int m, int k) = (left.Shape.Rows, left.Shape.Columns);
        if (right.Shape.Rank != 2 || right.Shape[0] != k)
        {
            return BatchedProduct(tape, left, right, Transposition.None, nameof(MatrixProduct), "(.., m, k) times (k, n) or (.., k, n) with the same outer sizes");
        }

        int n = right.Shape[1];
        Tensor result = tape.Result(left.Shape.WithColumns(n), tape.NeedsGradient(left, right));
        Numerics.Products.MatrixProduct.Multiply(tape.Workers, new MatrixView(left.Values, m, k), new MatrixView(right.Values, k, n), result.Edit(), Accumulation.Overwrite);
        tape.OnBackward(result, () =>
        {
            var dy = new MatrixView(result.Gradient, m, n);
            if (left.NeedsGradient)
            {
                Numerics.Products.MatrixProduct.Multiply(tape.Workers, dy, new MatrixView(right.Values, k, n).Transposed, left.Gradient, Accumulation.Add);
            }

            if (right.NeedsGradient)
            {
                Numerics.Products.MatrixProduct.Multiply(tape.Workers, new MatrixView(left.Values, m, k).Transposed, dy, right.Gradient, Accumulation.Add);
            }
        });
        return result;
    }

    /// <summary>
    /// y[i] = a[i] b[i] for each i of the outer dimensions, where a[i] is (R, K) and b[i] is (K, C), or stored transposed as the
    /// choice says. Scores of attention are (B, Tq, F) times (B, Tk, F) with the right one transposed, contexts (B, Tq, Tk) times (B, Tk, F).
    /// </summary>
    /// <remarks>The gradients are da = dy b^T and db = a^T dy, each transposed where the factor is.</remarks>
    /// <param name="tape">Records the operation.</param>
    /// <param name="left">a, of three or four dimensions, the last two (R, K), or (K, R) where it is transposed.</param>
    /// <param name="right">b, the last two dimensions (K, C), or (C, K) where it is transposed; the outer ones are those of a.</param>
    /// <param name="transposition">Which factors are stored transposed.</param>
    /// <returns>(.., R, C).</returns>
    /// <exception cref="ArgumentException">The inner sizes or the outer dimensions differ.</exception>
    public static Tensor BatchedProduct(this Tape tape, Tensor left, Tensor right, Transposition transposition = Transposition.None)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return BatchedProduct(tape, left, right, transposition, nameof(BatchedProduct), "(.., R, K) times (.., K, C), each transposed where that is chosen, with the same outer sizes");
    }

    private static Tensor BatchedProduct(Tape tape, Tensor left, Tensor right, Transposition transposition, string operation, string wanted)
    {
        bool turnLeft = transposition is Transposition.Left or Transposition.Both, turnRight = transposition is Transposition.Right or Transposition.Both;
        if (!Fits(left.Shape, right.Shape, turnLeft, turnRight))
        {
            throw new ArgumentException($"{operation}: {left.Shape} times {right.Shape} with the transposition {transposition} is not a product: wanted {wanted}.", nameof(right));
        }

        MatrixStack storedLeft = new(left.Shape), storedRight = new(right.Shape);
        MatrixStack a = turnLeft ? storedLeft.Transposed : storedLeft, b = turnRight ? storedRight.Transposed : storedRight;
        Shape shape = left.Shape.Rank == 3 ? new Shape(a.Count, a.Rows, b.Columns) : new Shape(left.Shape[0], left.Shape[1], a.Rows, b.Columns);
        var y = new MatrixStack(shape);
        Memory<float> memory = tape.Scratch(shape.Length);
        Tensor result = tape.View(shape, memory, tape.NeedsGradient(left, right));
        var product = new StackProduct(tape.Workers);
        product.Multiply(a, () => left.Values, b, () => right.Values, () => memory.Span, Accumulation.Overwrite);
        tape.OnBackward(result, () =>
        {
            _ = result.Gradient.Length;
            if (left.NeedsGradient)
            {
                // da = dy b^T; where a is stored transposed, that is da^T = b dy^T.
                _ = left.Gradient.Length;
                if (turnLeft)
                {
                    product.Multiply(b, () => right.Values, y.Transposed, () => result.Gradient, () => left.Gradient, Accumulation.Add);
                }
                else
                {
                    product.Multiply(y, () => result.Gradient, b.Transposed, () => right.Values, () => left.Gradient, Accumulation.Add);
                }
            }

            if (right.NeedsGradient)
            {
                // db = a^T dy; where b is stored transposed, that is db^T = dy^T a.
                _ = right.Gradient.Length;
                if (turnRight)
                {
                    product.Multiply(y.Transposed, () => result.Gradient, a, () => left.Values, () => right.Gradient, Accumulation.Add);
                }
                else
                {
                    product.Multiply(a.Transposed, () => left.Values, y, () => result.Gradient, () => right.Gradient, Accumulation.Add);
                }
            }
        });
        return result;
    }

    private static bool Fits(Shape left, Shape right, bool turnLeft, bool turnRight)
    {
        bool fits = left.Rank > 2 && left.Rank == right.Rank && left[left.Rank - (turnLeft ? 2 : 1)] == right[right.Rank - (turnRight ? 1 : 2)];
        for (int i = 0; fits && i < left.Rank - 2; i++)
        {
            fits = left[i] == right[i];
        }

        return fits;
    }
}
