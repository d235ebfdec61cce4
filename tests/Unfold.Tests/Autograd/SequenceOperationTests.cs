using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Autograd;

/// <summary>Operations that move values: (T, B, F) is (4, 3, 5), so that no index can stand in for another.</summary>
[Trait("Path", "every")]
public sealed class SequenceOperationTests
{
    private const int T = 4, B = 3, F = 5;

    [Fact]
    public void Reshape()
    {
        OperationCheck.Run([new Shape(3, 4, 5)], (tape, x) => tape.Reshape(x[0], new Shape(6, 10)), x => x[0]);
        var tape = new Tape(new Workers(1));
        Assert.Contains("(2, 3) has 6 values", OperationCheck.Refusal("Reshape", () => tape.Reshape(new Tensor(new Shape(2, 3)), new Shape(7))), StringComparison.Ordinal);
    }

    [Fact]
    public void Concatenate_of_three() => OperationCheck.Run(
        [new Shape(2, 3, 4), new Shape(2, 3, 1), new Shape(2, 3, 7)],
        (tape, x) => tape.Concatenate(x[0], x[1], x[2]),
        x => [.. Enumerable.Range(0, 6).SelectMany(row => x[0][(row * 4)..((row + 1) * 4)].Append(x[1][row]).Concat(x[2][(row * 7)..((row + 1) * 7)]))]);

    [Fact]
    public void Concatenate_with_itself_gathers_both_gradients() => OperationCheck.Run(
        [new Shape(3, 2)], (tape, x) => tape.Concatenate([x[0], x[0]]), x => [.. Enumerable.Range(0, 12).Select(i => x[0][(i / 4 * 2) + (i % 2)])]);

    [Theory]
    [InlineData(0, 2)]
    [InlineData(3, 4)]
    [InlineData(0, 7)]
    public void Columns(int first, int count) => OperationCheck.Run(
        [new Shape(2, 3, 7)], (tape, x) => tape.Columns(x[0], first, count), x => [.. Enumerable.Range(0, 6 * count).Select(i => x[0][(i / count * 7) + first + (i % count)])]);

    [Fact]
    public void Stack_of_matrices() => OperationCheck.Run(
        [new Shape(3, 5), new Shape(3, 5), new Shape(3, 5), new Shape(3, 5)],
        (tape, x) =>
        {
            Tensor y = tape.Stack(x);
            Assert.Equal(new Shape(4, 3, 5), y.Shape);
            return y;
        },
        x => [.. x.SelectMany(part => part)]);

    [Fact]
    public void Stack_of_vectors_and_of_sequences()
    {
        OperationCheck.Run([new Shape(5), new Shape(5)], (tape, x) => tape.Stack(x[0], x[1], x[0]), x => [.. x[0], .. x[1], .. x[0]]);
        Assert.Equal(new Shape(1, 2, 3, 4), new Tape(new Workers(1)).Stack(new Tensor(new Shape(2, 3, 4))).Shape);
    }

    [Fact]
    public void SelectRows_with_one_taken_twice_and_one_of_zeros() => OperationCheck.Run(
        [new Shape(2, 3, 5)],
        (tape, x) => tape.SelectRows(x[0], [4, 0, 4, -1, 2, 5, 1]),
        x => [.. new[] { 4, 0, 4, -1, 2, 5, 1 }.SelectMany(row => row < 0 ? new double[5] : x[0][(row * 5)..((row + 1) * 5)])]);

    [Fact]
    public void The_rows_that_were_selected_may_be_overwritten_before_the_way_back()
    {
        var tape = new Tape(new Workers(1));
        var p = new Parameter("p", new Shape(3, 1));
        int[] rows = [2, 2, 0];
        Tensor y = tape.SelectRows(p, rows);
        rows.AsSpan().Fill(1);
        tape.Backward(tape.Sum(y));
        Close.Same([1f, 0, 2], p.Gradient, "the gradient of the rows of then");
    }

    public static TheoryData<int[]?> Lengths => [null!, new[] { 2, 4, 1 }, new[] { 4, 3, 3 }];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void LastSteps(int[]? lengths) => OperationCheck.Run(
        [new Shape(T, B, F)],
        (tape, x) => tape.LastSteps(x[0], lengths),
        x => [.. Enumerable.Range(0, B * F).Select(i => x[0][((((lengths?[i / F] ?? T) - 1) * B) + (i / F)) * F + (i % F)])]);

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Reverse(int[]? lengths) => OperationCheck.Run([new Shape(T, B, F)], (tape, x) => tape.Reverse(x[0], lengths), x => Reversed(x[0], lengths));

    [Fact]
    public void Reversing_twice_gives_the_input()
    {
        var tape = new Tape(new Workers(1));
        Parameter x = OperationCheck.Inputs([new Shape(T, B, F)])[0];
        Close.Same(x.Values, tape.Reverse(tape.Reverse(x, [3, 0, 4]), [3, 0, 4]).Values, "twice");
    }

    [Fact]
    public void SwapOuter()
    {
        OperationCheck.Run([new Shape(T, B, F)], (tape, x) => tape.SwapOuter(x[0]), x => Swapped(x[0], F));
        OperationCheck.Run(
            [new Shape(T, B, 2, F)],
            (tape, x) =>
            {
                Tensor y = tape.SwapOuter(x[0]);
                Assert.Equal(new Shape(B, T, 2, F), y.Shape);
                return y;
            },
            x => Swapped(x[0], 2 * F));
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_what_was_wanted_and_found()
    {
        var tape = new Tape(new Workers(1));
        var x = new Tensor(new Shape(T, B, F));
        var matrix = new Tensor(new Shape(B, F));
        Assert.Contains("(4, 3, 5) and (3, 5)", OperationCheck.Refusal("Concatenate", () => tape.Concatenate(x, x, matrix)), StringComparison.Ordinal);
        Assert.Contains("found none", OperationCheck.Refusal("Concatenate", () => tape.Concatenate([])), StringComparison.Ordinal);
        Assert.Contains("found none", OperationCheck.Refusal("Stack", () => tape.Stack([])), StringComparison.Ordinal);
        Assert.Contains("(3, 5) first and (4, 3, 5) at index 1", OperationCheck.Refusal("Stack", () => tape.Stack(matrix, x)), StringComparison.Ordinal);
        Assert.Contains("(1, 2, 3, 4)", OperationCheck.Refusal("Stack", () => tape.Stack(new Tensor(new Shape(1, 2, 3, 4)))), StringComparison.Ordinal);
        foreach ((int first, int count) in ((int, int)[])[(-1, 2), (4, 2), (0, 0), (0, 6), (int.MaxValue, 2)])
        {
            Assert.Contains("(4, 3, 5) has the columns 0 to 4", OperationCheck.Refusal("Columns", () => tape.Columns(x, first, count)), StringComparison.Ordinal);
        }

        Assert.Contains("rows 0 to 11; wanted is 12", OperationCheck.Refusal("SelectRows", () => tape.SelectRows(x, [1, 12])), StringComparison.Ordinal);
        Assert.Contains("found none", OperationCheck.Refusal("SelectRows", () => tape.SelectRows(x, [])), StringComparison.Ordinal);
        Assert.Contains("(T, B, F) with at least one value; found (3, 5)", OperationCheck.Refusal("LastSteps", () => tape.LastSteps(matrix)), StringComparison.Ordinal);
        Assert.Contains("sequence 1 must be from 1 to 4; found 0", OperationCheck.Refusal("LastSteps", () => tape.LastSteps(x, [1, 0, 2])), StringComparison.Ordinal);
        Assert.Contains("the 3 sequences; found 2", OperationCheck.Refusal("LastSteps", () => tape.LastSteps(x, [1, 2])), StringComparison.Ordinal);
        Assert.Contains("sequence 2 must be from 0 to 4; found 5", OperationCheck.Refusal("Reverse", () => tape.Reverse(x, [1, 0, 5])), StringComparison.Ordinal);
        Assert.Contains("found (3, 5)", OperationCheck.Refusal("Reverse", () => tape.Reverse(matrix)), StringComparison.Ordinal);
        Assert.Contains("at least three dimensions, as in (T, B, F), and one value; found (3, 5)", OperationCheck.Refusal("SwapOuter", () => tape.SwapOuter(matrix)), StringComparison.Ordinal);
    }

    private static double[] Reversed(double[] x, int[]? lengths)
    {
        var y = new double[x.Length];
        for (int t = 0; t < T; t++)
        {
            for (int b = 0; b < B; b++)
            {
                int length = lengths?[b] ?? T;
                for (int f = 0; f < F; f++)
                {
                    y[(((t * B) + b) * F) + f] = x[((((t < length ? length - 1 - t : t) * B) + b) * F) + f];
                }
            }
        }

        return y;
    }

    private static double[] Swapped(double[] x, int width)
    {
        var y = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            (int t, int b, int f) = (i / (B * width), i / width % B, i % width);
            y[(((b * T) + t) * width) + f] = x[i];
        }

        return y;
    }
}
