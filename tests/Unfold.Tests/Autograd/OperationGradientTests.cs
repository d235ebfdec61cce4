using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Autograd;

/// <summary>
/// Each small operation against a naive one in double precision: its values, and the gradients of both inputs against
/// differences of that naive one. The loss is the result projected on random numbers.
/// </summary>
[Trait("Path", "every")]
public sealed class OperationGradientTests
{
    private delegate double[] Naively(double[] a, double[] b);

    [Fact]
    public void Add() => Check(new Shape(3, 7), new Shape(3, 7), (tape, a, b) => tape.Add(a, b), (a, b) => Zip(a, b, (x, y) => x + y));

    [Fact]
    public void Subtract() => Check(new Shape(5, 19), new Shape(5, 19), (tape, a, b) => tape.Subtract(a, b), (a, b) => Zip(a, b, (x, y) => x - y));

    [Fact]
    public void Multiply() => Check(new Shape(2, 3, 11), new Shape(2, 3, 11), (tape, a, b) => tape.Multiply(a, b), (a, b) => Zip(a, b, (x, y) => x * y));

    [Fact]
    public void Multiply_by_itself_gathers_both_gradients() => Check(new Shape(17), null, (tape, a, _) => tape.Multiply(a, a), (a, _) => Zip(a, a, (x, y) => x * y));

    [Fact]
    public void Scale() => Check(new Shape(4, 5), null, (tape, a, _) => tape.Scale(a, -1.75f), (a, _) => [.. a.Select(x => -1.75 * x)]);

    [Theory]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Sigmoid)]
    [InlineData(Activation.Identity)]
    public void Activate(Activation activation) =>
        Check(new Shape(3, 13), null, (tape, a, _) => tape.Activate(a, activation), (a, _) => [.. a.Select(x => Unfold.Reference.ReferenceMath.Activate(activation, x))]);

    [Fact]
    public void Sum() => Check(new Shape(9, 77), null, (tape, a, _) => tape.Sum(a), (a, _) => [a.Sum()]);

    [Fact]
    public void MeanSquaredError() =>
        Check(new Shape(3, 6), new Shape(3, 6), (tape, a, b) => tape.MeanSquaredError(a, b), (a, b) => [Zip(a, b, (x, y) => (x - y) * (x - y)).Average()]);

    [Fact]
    public void Product_of_two_matrices() => Check(new Shape(5, 3), new Shape(3, 7), (tape, a, b) => tape.MatrixProduct(a, b), (a, b) => Product(a, b, 1, 5, 3, 7));

    [Fact]
    public void Product_of_a_sequence_with_one_matrix() =>
        Check(new Shape(2, 4, 3), new Shape(3, 9), (tape, a, b) => tape.MatrixProduct(a, b), (a, b) => Product(a, b, 1, 8, 3, 9));

    [Fact]
    public void Product_of_a_vector_with_a_matrix() => Check(new Shape(4), new Shape(4, 3), (tape, a, b) => tape.MatrixProduct(a, b), (a, b) => Product(a, b, 1, 1, 4, 3));

    [Fact]
    public void Product_of_two_stacks() =>
        Check(new Shape(2, 3, 4, 5), new Shape(2, 3, 5, 2), (tape, a, b) => tape.MatrixProduct(a, b), (a, b) => Product(a, b, 6, 4, 5, 2));

    [Fact]
    public void TimeStep() => Check(new Shape(4, 3, 5), null, (tape, a, _) => tape.TimeStep(a, 2), (a, _) => a[30..45]);

    [Fact]
    public void Concatenate() => Check(new Shape(2, 3, 4), new Shape(2, 3, 7), (tape, a, b) => tape.Concatenate(a, b), (a, b) => SideBySide(a, b, 6, 4, 7));

    [Fact]
    public void What_does_not_fit_is_refused_with_both_shapes()
    {
        var tape = new Tape(new Workers(1));
        var a = new Tensor(new Shape(2, 3));
        var b = new Tensor(new Shape(3, 2));
        foreach (Func<Tensor> operation in new Func<Tensor>[]
                 {
                     () => tape.Add(a, b), () => tape.Subtract(a, b), () => tape.Multiply(a, b), () => tape.MeanSquaredError(a, b),
                     () => tape.Concatenate(a, b), () => tape.MatrixProduct(a, a), () => tape.MatrixProduct(new Tensor(new Shape(2, 4, 3)), new Tensor(new Shape(3, 3, 4))),
                 })
        {
            ArgumentException failure = Assert.Throws<ArgumentException>(() => { operation(); });
            Assert.Matches(@"\(\d.*\).*\(\d.*\)", failure.Message);
        }

        Assert.Throws<ArgumentException>(() => tape.TimeStep(a, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => tape.TimeStep(new Tensor(new Shape(2, 3, 4)), 2));
    }

    [Fact]
    public void A_constant_takes_no_gradient_and_passes_none_on()
    {
        var tape = new Tape(new Workers(1));
        var a = new Tensor(new Shape(2), [1, 2]);
        var p = new Parameter("p", new Shape(2));
        p.Edit()[1] = 3;
        Assert.False(tape.Multiply(a, a).NeedsGradient);
        Tensor loss = tape.Sum(tape.Multiply(tape.Concatenate(a, p), tape.Concatenate(p, a)));
        tape.Backward(loss);
        Close.Same([1f + 1, 2 + 2], p.Gradient, "the gradient of a p + p a");
        Assert.Throws<InvalidOperationException>(() => a.Gradient.Length);
    }

    private static void Check(Shape left, Shape? right, Func<Tape, Tensor, Tensor, Tensor> operation, Naively naive)
    {
        var random = new SeededRandom(3);
        var a = new Parameter("a", left);
        var b = new Parameter("b", right ?? new Shape(1));
        Draw.Uniform(random, a.Shape.Length, -1.5, 1.5).CopyTo(a.Edit());
        Draw.Uniform(random, b.Shape.Length, -1.5, 1.5).CopyTo(b.Edit());
        double[] wanted = naive(Naive.Widen(a.Values), Naive.Widen(b.Values));
        Tensor result = operation(new Tape(new Workers(2)), a, b);
        Close.Equal(wanted, result.Values, relative: 1e-5, absolute: 1e-6, "the values");
        float[] projection = Draw.Uniform(random, wanted.Length, -1, 1);
        OracleDifferences.AssertAgree(
            right is null ? [a] : [a, b],
            tape =>
            {
                Tensor y = operation(tape, a, b);
                return tape.Sum(tape.Multiply(y, new Tensor(y.Shape, projection)));
            },
            values => Zip(naive(values["a"], right is null ? [0] : values["b"]), Naive.Widen(projection), (y, p) => y * p).Sum(),
            entries: 30,
            "the operation");
    }

    private static double[] Zip(double[] a, double[] b, Func<double, double, double> f) => [.. a.Zip(b, f)];

    private static double[] Product(double[] a, double[] b, int count, int m, int k, int n)
    {
        var y = new double[count * m * n];
        for (int i = 0; i < y.Length; i++)
        {
            (int matrix, int row, int column) = (i / (m * n), i / n % m, i % n);
            for (int p = 0; p < k; p++)
            {
                y[i] += a[(((matrix * m) + row) * k) + p] * b[(((matrix * k) + p) * n) + column];
            }
        }

        return y;
    }

    private static double[] SideBySide(double[] a, double[] b, int rows, int first, int second) =>
        [.. Enumerable.Range(0, rows).SelectMany(row => a[(row * first)..((row + 1) * first)].Concat(b[(row * second)..((row + 1) * second)]))];
}
