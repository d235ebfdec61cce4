using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Autograd;

[Trait("Path", "every")]
public sealed class RowOperationTests
{
    private static readonly float[] Mask = [1, 0, 0.5f, 1, 0, 2];

    [Fact]
    public void AddBias() =>
        OperationCheck.Run([new Shape(2, 3, 19), new Shape(19)], (tape, x) => tape.AddBias(x[0], x[1]), x => [.. x[0].Select((value, i) => value + x[1][i % 19])]);

    [Fact]
    public void ScaleColumns() =>
        OperationCheck.Run([new Shape(7, 5), new Shape(5)], (tape, x) => tape.ScaleColumns(x[0], x[1]), x => [.. x[0].Select((value, i) => value * x[1][i % 5])]);

    public static TheoryData<int> Columns => [0, 1, 2];

    [Theory]
    [MemberData(nameof(Columns))]
    public void MultiplyRows_by_a_tensor(int form)
    {
        Shape column = form switch { 0 => new Shape(4, 3, 1), 1 => new Shape(4, 3), _ => new Shape(12) };
        OperationCheck.Run([new Shape(4, 3, 11), column], (tape, x) => tape.MultiplyRows(x[0], x[1]), x => [.. x[0].Select((value, i) => value * x[1][i / 11])]);
    }

    [Fact]
    public void MultiplyRows_by_a_mask() =>
        OperationCheck.Run([new Shape(2, 3, 5)], (tape, x) => tape.MultiplyRows(x[0], Mask), x => [.. x[0].Select((value, i) => value * Mask[i / 5])]);

    [Fact]
    public void A_masked_row_may_hold_anything()
    {
        var tape = new Tape(new Workers(1));
        var p = new Parameter("p", new Shape(3, 2));
        float[] values = [1, 2, float.NaN, float.PositiveInfinity, 3, 4];
        values.CopyTo(p.Edit());
        float[] mask = [2, 0, 1];
        Tensor y = tape.MultiplyRows(p, mask);
        mask.AsSpan().Fill(9);
        Close.Same([2f, 4, 0, 0, 3, 4], y.Values, "the values");
        tape.Backward(tape.Sum(tape.Multiply(y, y)));
        Close.Same([8f, 16, 0, 0, 6, 8], p.Gradient, "the gradient with the mask of then");
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_what_was_wanted_and_found()
    {
        var tape = new Tape(new Workers(1));
        var x = new Tensor(new Shape(2, 3, 5));
        Assert.Contains("(2, 3, 5) must have the shape (5); found (1, 5)", OperationCheck.Refusal("AddBias", () => tape.AddBias(x, new Tensor(new Shape(1, 5)))), StringComparison.Ordinal);
        Assert.Contains("(5); found (3)", OperationCheck.Refusal("ScaleColumns", () => tape.ScaleColumns(x, new Tensor(new Shape(3)))), StringComparison.Ordinal);
        string message = OperationCheck.Refusal("MultiplyRows", () => tape.MultiplyRows(x, new Tensor(new Shape(3, 2))));
        Assert.Contains("the 6 rows of (2, 3, 5), as (2, 3, 1) or without the last 1; found (3, 2)", message, StringComparison.Ordinal);
        Assert.Contains("6 rows of (2, 3, 5); found 5", OperationCheck.Refusal("MultiplyRows", () => tape.MultiplyRows(x, new float[5])), StringComparison.Ordinal);
    }
}
