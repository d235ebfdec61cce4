using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Autograd;

[Trait("Path", "every")]
public sealed class PoolingOperationTests
{
    private static readonly int[] Lengths = [4, 1, 3];

    public static TheoryData<bool> Forms => [false, true];

    [Theory]
    [MemberData(nameof(Forms))]
    public void MeanSteps(bool unequal) => OperationCheck.Run(
        [new Shape(4, 3, 11)],
        (tape, x) => tape.MeanSteps(x[0], unequal ? Lengths : null),
        x => Pooled(x[0], unequal, steps => steps.Average()));

    [Theory]
    [MemberData(nameof(Forms))]
    public void MaxSteps(bool unequal) => OperationCheck.Run(
        [new Shape(4, 3, 11)],
        (tape, x) => tape.MaxSteps(x[0], unequal ? Lengths : null),
        x => Pooled(x[0], unequal, steps => steps.Max()));

    [Fact]
    public void What_lies_past_the_end_may_hold_anything_and_the_first_of_equals_takes_the_gradient()
    {
        var x = new Parameter("x", new Shape(3, 2, 1));
        float[] values = [2, 5, 2, float.NaN, 1, float.PositiveInfinity];
        values.CopyTo(x.Edit());
        var tape = new Tape(new Workers(1));
        Tensor largest = tape.MaxSteps(x, [3, 1]), mean = tape.MeanSteps(x, [3, 1]);
        Close.Same([2f, 5], largest.Values, "the largest");
        Close.Equal([5 / 3f, 5], mean.Values, 1e-6, 0, "the mean");
        tape.Backward(tape.Sum(tape.Add(tape.Scale(largest, 3), mean)));
        Close.Equal([3 + (1 / 3f), 4, 1 / 3f, 0, 1 / 3f, 0], x.Gradient, 1e-6, 1e-7, "the gradient");
    }

    [Fact]
    public void A_value_that_is_no_number_is_not_hidden()
    {
        var x = new Tensor(new Shape(3, 1, 2), [1, 2, float.NaN, 3, 5, 4]);
        Assert.Equal([float.NaN, 4f], new Tape(new Workers(1)).MaxSteps(x).Values.ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_what_was_wanted_and_found()
    {
        var tape = new Tape(new Workers(1));
        var x = new Tensor(new Shape(4, 3, 2));
        Assert.Contains("(T, B, F) with at least one value; found (4, 3)", OperationCheck.Refusal("MeanSteps", () => tape.MeanSteps(new Tensor(new Shape(4, 3)))), StringComparison.Ordinal);
        Assert.Contains("each of the 3 sequences; found 2", OperationCheck.Refusal("MaxSteps", () => tape.MaxSteps(x, [1, 2])), StringComparison.Ordinal);
        Assert.Contains("sequence 1 must be from 1 to 4; found 0", OperationCheck.Refusal("MeanSteps", () => tape.MeanSteps(x, [1, 0, 2])), StringComparison.Ordinal);
    }

    private static double[] Pooled(double[] x, bool unequal, Func<IEnumerable<double>, double> pool) =>
    [
        .. Enumerable.Range(0, 33).Select(i => pool(Enumerable.Range(0, unequal ? Lengths[i / 11] : 4).Select(t => x[(t * 33) + i]))),
    ];
}
