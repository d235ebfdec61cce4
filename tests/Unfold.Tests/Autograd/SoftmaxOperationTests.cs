using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Autograd;

[Trait("Path", "every")]
public sealed class SoftmaxOperationTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(19)]
    public void Softmax(int columns) =>
        OperationCheck.Run([new Shape(2, 3, columns)], (tape, x) => tape.Softmax(x[0]), x => Naively(x[0], columns, _ => columns));

    [Fact]
    public void Softmax_with_one_length_a_sequence()
    {
        int[] lengths = [2, 5];
        OperationCheck.Run([new Shape(2, 3, 5)], (tape, x) => tape.Softmax(x[0], lengths), x => Naively(x[0], 5, row => lengths[row / 3]));
    }

    [Fact]
    public void Softmax_with_one_length_a_row()
    {
        int[] lengths = [2, 5, 1, 0, 4, 3];
        OperationCheck.Run([new Shape(2, 3, 5)], (tape, x) => tape.Softmax(x[0], lengths), x => Naively(x[0], 5, row => lengths[row]));
        OperationCheck.Run([new Shape(6, 5)], (tape, x) => tape.Softmax(x[0], lengths), x => Naively(x[0], 5, row => lengths[row]));
        OperationCheck.Run([new Shape(5)], (tape, x) => tape.Softmax(x[0], [3]), x => Naively(x[0], 5, _ => 3));
    }

    [Fact]
    public void What_is_masked_is_exactly_zero_and_takes_no_gradient_whatever_it_holds()
    {
        var tape = new Tape(new Workers(1));
        var p = new Parameter("p", new Shape(2, 3));
        float[] values = [1, 2, float.NaN, float.PositiveInfinity, float.NaN, 3];
        values.CopyTo(p.Edit());
        int[] lengths = [2, 0];
        Tensor y = tape.Softmax(p, lengths);
        lengths.AsSpan().Fill(3);
        Close.Equal([1 / (1 + Math.E), Math.E / (1 + Math.E), 0, 0, 0, 0], y.Values, relative: 1e-6, absolute: 0, "the weights");
        tape.Backward(tape.Sum(tape.Multiply(y, new Tensor(p.Shape, [1, 3, 5, 7, 9, 11]))));
        double slope = 2 * Math.E / ((1 + Math.E) * (1 + Math.E));
        Close.Equal([-slope, slope, 0, 0, 0, 0], p.Gradient, relative: 1e-6, absolute: 0, "the gradient with the lengths of then");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(300)]
    public void LogSoftmax(int columns) => OperationCheck.Run(
        [new Shape(2, 3, columns)],
        (tape, x) => tape.LogSoftmax(x[0]),
        x => [.. x[0].Select((value, i) => value - Math.Log(Enumerable.Range(i / columns * columns, columns).Sum(k => Math.Exp(x[0][k]))))]);

    [Fact]
    public void Logits_of_any_size_are_taken()
    {
        var tape = new Tape(new Workers(1));
        var p = new Parameter("p", new Shape(3, 2));
        float[] values = [1e30f, -1e30f, 1000, 1001, -1001, -1000];
        values.CopyTo(p.Edit());
        double high = 1 / (1 + Math.Exp(-1)), low = 1 - high;
        Close.Equal([1, 0, low, high, low, high], tape.Softmax(p).Values, relative: 1e-6, absolute: 1e-37, "softmax");
        Tensor y = tape.LogSoftmax(p);
        Close.Equal([0, -2e30, Math.Log(low), Math.Log(high), Math.Log(low), Math.Log(high)], y.Values, relative: 1e-6, absolute: 0, "its logarithm");
        tape.Backward(tape.Sum(tape.Multiply(y, new Tensor(p.Shape, [1, 1, 1, 0, 0, 1]))));
        Close.Equal([-1, 1, 1 - low, -high, -low, 1 - high], p.Gradient, relative: 1e-6, absolute: 0, "the gradient of the logarithm");
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_what_was_wanted_and_found()
    {
        var tape = new Tape(new Workers(1));
        var x = new Tensor(new Shape(2, 3, 5));
        Assert.Contains("each of the 6 sequences; found 3", OperationCheck.Refusal("Softmax", () => tape.Softmax(x, [1, 2, 3])), StringComparison.Ordinal);
        Assert.Contains("sequence 1 must be from 0 to 5; found 6", OperationCheck.Refusal("Softmax", () => tape.Softmax(x, [1, 6])), StringComparison.Ordinal);
        Assert.Contains("(2, 0)", OperationCheck.Refusal("Softmax", () => tape.Softmax(new Tensor(new Shape(2, 0)))), StringComparison.Ordinal);
        Assert.Contains("(2, 0)", OperationCheck.Refusal("LogSoftmax", () => tape.LogSoftmax(new Tensor(new Shape(2, 0)))), StringComparison.Ordinal);
    }

    private static double[] Naively(double[] x, int columns, Func<int, int> length)
    {
        var y = new double[x.Length];
        for (int row = 0; row < x.Length / columns; row++)
        {
            double sum = Enumerable.Range(row * columns, length(row)).Sum(i => Math.Exp(x[i]));
            for (int j = 0; j < length(row); j++)
            {
                y[(row * columns) + j] = Math.Exp(x[(row * columns) + j]) / sum;
            }
        }

        return y;
    }
}
