using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Autograd;

[Trait("Path", "every")]
public sealed class ClassificationLossTests
{
    private static readonly int[] Targets = [2, -1, 0, 4, -7, 4];
    private static readonly float[] Mask = [1, 0, 0.5f, 1, 0, 2];

    [Fact]
    public void CrossEntropy() => OperationCheck.Run(
        [new Shape(3, 2, 5)],
        (tape, x) => tape.CrossEntropy(x[0], Targets),
        x => [Enumerable.Range(0, 6).Where(row => Targets[row] >= 0).Average(row => Math.Log(Enumerable.Range(row * 5, 5).Sum(i => Math.Exp(x[0][i]))) - x[0][(row * 5) + Targets[row]])]);

    [Fact]
    public void CrossEntropy_takes_logits_of_any_size_and_anything_in_a_row_left_out()
    {
        var tape = new Tape(new Workers(1));
        var p = new Parameter("p", new Shape(3, 2));
        float[] values = [1000, 1002, float.NaN, float.PositiveInfinity, 1e30f, -1e30f];
        values.CopyTo(p.Edit());
        Tensor loss = tape.Scale(tape.CrossEntropy(p, new[] { 0, -1, 0 }), 4);
        double right = 1 / (1 + Math.Exp(2));
        Close.Equal([-2 * Math.Log(right)], loss.Values, relative: 1e-6, absolute: 0, "four times the loss");
        tape.Backward(loss);
        Close.Equal([2 * (right - 1), 2 * (1 - right), 0, 0, 0, 0], p.Gradient, relative: 1e-6, absolute: 1e-37, "the gradient");
    }

    public static TheoryData<LossAverage, bool, int> Averages => new()
    {
        { LossAverage.Values, false, 5 }, { LossAverage.Values, true, 5 }, { LossAverage.Rows, false, 5 }, { LossAverage.Rows, true, 5 }, { LossAverage.Rows, true, 300 },
    };

    [Theory]
    [MemberData(nameof(Averages))]
    public void BinaryCrossEntropy(LossAverage average, bool masked, int columns)
    {
        float[] mask = masked ? Mask : [];
        OperationCheck.Run(
            [OperationCheck.Inputs([new Shape(3, 2, columns)], -4, 4)[0], Probabilities(new Shape(3, 2, columns))],
            (tape, x) => tape.BinaryCrossEntropy(x[0], x[1], average, mask),
            x =>
            {
                double sum = 0;
                for (int i = 0; i < x[0].Length; i++)
                {
                    double p = 1 / (1 + Math.Exp(-x[0][i])), t = x[1][i];
                    sum -= (masked ? Mask[i / columns] : 1) * ((t * Math.Log(p)) + ((1 - t) * Math.Log(1 - p)));
                }

                return [sum / (masked ? 4.5 : 6) / (average == LossAverage.Values ? columns : 1)];
            });
    }

    [Fact]
    public void BinaryCrossEntropy_takes_logits_of_any_size_and_anything_in_a_row_left_out()
    {
        var tape = new Tape(new Workers(1));
        var p = new Parameter("p", new Shape(3, 2));
        float[] values = [200, -300, float.NaN, float.NegativeInfinity, -50, 1e6f];
        values.CopyTo(p.Edit());
        Tensor loss = tape.BinaryCrossEntropy(p, new Tensor(p.Shape, [0, 1, float.NaN, 7, 0, 1]), LossAverage.Rows, [1, 0, 1]);
        Close.Equal([250], loss.Values, relative: 1e-6, absolute: 0, "the loss");
        tape.Backward(loss);
        Close.Equal([0.5, -0.5, 0, 0, Math.Exp(-50) / 2, 0], p.Gradient, relative: 1e-6, absolute: 0, "the gradient");
        loss = tape.BinaryCrossEntropy(new Tensor(new Shape(1), [-50]), new Tensor(new Shape(1)));
        Close.Equal([Math.Exp(-50)], loss.Values, relative: 1e-6, absolute: 0, "a loss that is all but nothing");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(300)]
    public void BinaryCrossEntropy_of_logits_that_are_right_is_as_exact_for_ones_as_for_zeros(int columns)
    {
        var tape = new Tape(new Workers(1));
        foreach (float size in (float[])[12, 17, 25, 50])
        {
            var shape = new Shape(1, columns);
            float[] logits = [.. Enumerable.Range(0, columns).Select(i => (size + (i % 7 / 8f)) * (i % 3 == 1 ? -1 : 1))];
            Tensor loss = tape.BinaryCrossEntropy(new Tensor(shape, logits), new Tensor(shape, [.. logits.Select(x => x > 0 ? 1f : 0f)]), LossAverage.Rows);
            Close.Equal([logits.Sum(x => Math.Exp(-Math.Abs(x)) - (Math.Exp(-2 * Math.Abs(x)) / 2))], loss.Values, relative: 1e-6, absolute: 0, $"the loss of logits of {size}");
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_what_was_wanted_and_found()
    {
        var tape = new Tape(new Workers(1));
        Tensor x = new(new Shape(2, 3)), other = new(new Shape(3, 2));
        Assert.Contains("each of the 2 rows of (2, 3); found 3", OperationCheck.Refusal("CrossEntropy", () => tape.CrossEntropy(x, new[] { 0, 1, 2 })), StringComparison.Ordinal);
        Assert.Contains("logits (2, 3) must be below 3; found 3", OperationCheck.Refusal("CrossEntropy", () => tape.CrossEntropy(x, new[] { 0, 3 })), StringComparison.Ordinal);
        Assert.Contains("all are negative", OperationCheck.Refusal("CrossEntropy", () => tape.CrossEntropy(x, new[] { -1, -1 })), StringComparison.Ordinal);
        Assert.Contains("(2, 3) and (3, 2)", OperationCheck.Refusal("BinaryCrossEntropy", () => tape.BinaryCrossEntropy(x, other)), StringComparison.Ordinal);
        Assert.Contains("each of the 2 rows of (2, 3); found 3", OperationCheck.Refusal("BinaryCrossEntropy", () => tape.BinaryCrossEntropy(x, x, rowMask: new float[3])), StringComparison.Ordinal);
        Assert.Contains("all zeros", OperationCheck.Refusal("BinaryCrossEntropy", () => tape.BinaryCrossEntropy(x, x, rowMask: new float[2])), StringComparison.Ordinal);
        Assert.Contains("found -1 for row 1", OperationCheck.Refusal("BinaryCrossEntropy", () => tape.BinaryCrossEntropy(x, x, rowMask: [2, -1])), StringComparison.Ordinal);
        Assert.Contains("found NaN for row 0", OperationCheck.Refusal("BinaryCrossEntropy", () => tape.BinaryCrossEntropy(x, x, rowMask: [float.NaN, 1])), StringComparison.Ordinal);
        Tensor wrong = new(new Shape(2, 3), [0, 1, 0, 1, 1.5f, 0]), none = new(new Shape(0, 3));
        Assert.Contains("from 0 to 1; found 0 to 1.5 in row 1", OperationCheck.Refusal("BinaryCrossEntropy", () => tape.BinaryCrossEntropy(x, wrong)), StringComparison.Ordinal);
        Assert.Contains("(0, 3)", OperationCheck.Refusal("BinaryCrossEntropy", () => tape.BinaryCrossEntropy(none, none)), StringComparison.Ordinal);
    }

    private static Parameter Probabilities(Shape shape)
    {
        var targets = new Parameter("targets", shape);
        Draw.Uniform(new SeededRandom(9), shape.Length, 0.1, 0.9).CopyTo(targets.Edit());
        return targets;
    }
}
