using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Numerics;

namespace Unfold.Tests.Autograd;

[Trait("Path", "every")]
public sealed class BatchedProductTests
{
    public static TheoryData<Transposition, int, int, int> Cases
    {
        get
        {
            var data = new TheoryData<Transposition, int, int, int>();
            foreach (Transposition transposition in Enum.GetValues<Transposition>())
            {
                // Narrow ones go by rows, wide ones by tiles.
                foreach ((int rows, int inner, int columns) in ((int, int, int)[])[(1, 7, 5), (2, 3, 9), (5, 1, 4), (6, 2, 3), (4, 5, 1), (5, 7, 3), (3, 4, 37), (1, 1, 1)])
                {
                    data.Add(transposition, rows, inner, columns);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_matrix_is_multiplied_by_its_own(Transposition transposition, int rows, int inner, int columns)
    {
        (Shape left, Shape right) = Shapes(3, rows, inner, columns, transposition);
        OperationCheck.Run(
            [left, right],
            (tape, x) =>
            {
                Tensor y = tape.BatchedProduct(x[0], x[1], transposition);
                Assert.Equal(new Shape(3, rows, columns), y.Shape);
                return y;
            },
            x => Product(x[0], x[1], 3, rows, inner, columns, transposition));
    }

    [Fact]
    public void Four_dimensions() => OperationCheck.Run(
        [new Shape(2, 3, 4, 5), new Shape(2, 3, 6, 5)],
        (tape, x) =>
        {
            Tensor y = tape.BatchedProduct(x[0], x[1], Transposition.Right);
            Assert.Equal(new Shape(2, 3, 4, 6), y.Shape);
            return y;
        },
        x => Product(x[0], x[1], 6, 4, 5, 6, Transposition.Right));

    [Fact]
    public void A_stack_times_itself_gathers_both_gradients() => OperationCheck.Run(
        [new Shape(2, 4, 3)], (tape, x) => tape.BatchedProduct(x[0], x[0], Transposition.Right), x => Product(x[0], x[0], 2, 4, 3, 4, Transposition.Right));

    [Fact]
    public void What_does_not_fit_is_refused_with_both_shapes()
    {
        var tape = new Tape(new Workers(1));
        Tensor a = new(new Shape(2, 3, 4)), b = new(new Shape(2, 4, 5));
        foreach ((Tensor left, Tensor right, Transposition transposition) in ((Tensor, Tensor, Transposition)[])
                 [(a, b, Transposition.Left), (a, b, Transposition.Right), (a, b, Transposition.Both), (b, a, Transposition.None), (a, new Tensor(new Shape(3, 4, 5)), Transposition.None), (new Tensor(new Shape(3, 4)), new Tensor(new Shape(4, 5)), Transposition.None)])
        {
            string message = OperationCheck.Refusal("BatchedProduct", () => tape.BatchedProduct(left, right, transposition));
            Assert.Contains($"{left.Shape} times {right.Shape} with the transposition {transposition}", message, StringComparison.Ordinal);
        }
    }

    /// <summary>Attention from its parts: scores, weights over the valid steps, contexts.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Attention_is_composed_of_two_products_and_a_softmax(int queries)
    {
        const int B = 3, Tk = 5, F = 7;
        int[] lengths = [5, 1, 3];
        OperationCheck.Run(
            [new Shape(B, queries, F), new Shape(B, Tk, F)],
            (tape, x) => tape.BatchedProduct(tape.Softmax(tape.BatchedProduct(x[0], x[1], Transposition.Right), lengths), x[1]),
            x =>
            {
                double[] weights = Product(x[0], x[1], B, queries, F, Tk, Transposition.Right);
                for (int row = 0; row < B * queries; row++)
                {
                    int count = lengths[row / queries];
                    double sum = Enumerable.Range(row * Tk, count).Sum(i => Math.Exp(weights[i]));
                    for (int j = 0; j < Tk; j++)
                    {
                        weights[(row * Tk) + j] = j < count ? Math.Exp(weights[(row * Tk) + j]) / sum : 0;
                    }
                }

                return Product(weights, x[1], B, queries, Tk, F, Transposition.None);
            });
    }

    private static (Shape Left, Shape Right) Shapes(int count, int rows, int inner, int columns, Transposition transposition) => (
        transposition is Transposition.Left or Transposition.Both ? new Shape(count, inner, rows) : new Shape(count, rows, inner),
        transposition is Transposition.Right or Transposition.Both ? new Shape(count, columns, inner) : new Shape(count, inner, columns));

    private static double[] Product(double[] a, double[] b, int count, int rows, int inner, int columns, Transposition transposition)
    {
        var y = new double[count * rows * columns];
        for (int i = 0; i < y.Length; i++)
        {
            (int matrix, int row, int column) = (i / (rows * columns), i / columns % rows, i % columns);
            for (int p = 0; p < inner; p++)
            {
                double left = transposition is Transposition.Left or Transposition.Both ? a[(((matrix * inner) + p) * rows) + row] : a[(((matrix * rows) + row) * inner) + p];
                double right = transposition is Transposition.Right or Transposition.Both ? b[(((matrix * columns) + column) * inner) + p] : b[(((matrix * inner) + p) * columns) + column];
                y[i] += left * right;
            }
        }

        return y;
    }
}
