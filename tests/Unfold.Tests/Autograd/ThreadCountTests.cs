using Unfold.Autograd;
using Unfold.Autograd.Operations;

namespace Unfold.Tests.Autograd;

/// <summary>Operations large enough to be shared out give the same bits on any number of threads.</summary>
public sealed class ThreadCountTests
{
    private static readonly Shape Wide = new(31, 9, 83);
    private static readonly Shape Row = new(83);
    private static readonly int[] Lengths = [.. Enumerable.Range(0, 31 * 9).Select(i => i * 7 % 84)];
    private static readonly float[] Mask = [.. Enumerable.Range(0, 31 * 9).Select(i => i % 3 == 1 ? 0f : 0.5f + (i % 5))];

    private static readonly Dictionary<string, (Shape[] Shapes, OperationCheck.Operation Operation)> Table = new(StringComparer.Ordinal)
    {
        ["AddBias"] = ([Wide, Row], (tape, x) => tape.AddBias(x[0], x[1])),
        ["ScaleColumns"] = ([Wide, Row], (tape, x) => tape.ScaleColumns(x[0], x[1])),
        ["MultiplyRows"] = ([Wide, new Shape(31, 9)], (tape, x) => tape.MultiplyRows(x[0], x[1])),
        ["Softplus"] = ([Wide], (tape, x) => tape.Softplus(x[0])),
        ["Concatenate"] = ([Wide, Wide], (tape, x) => tape.Concatenate(x[0], x[1])),
        ["Columns"] = ([Wide], (tape, x) => tape.Columns(x[0], 5, 71)),
        ["SelectRows"] = ([Wide], (tape, x) => tape.SelectRows(x[0], Lengths)),
        ["SwapOuter"] = ([Wide], (tape, x) => tape.SwapOuter(x[0])),
        ["Softmax"] = ([Wide], (tape, x) => tape.Softmax(x[0], [.. Lengths.Select(length => Math.Min(length, 83))])),
        ["LogSoftmax"] = ([Wide], (tape, x) => tape.LogSoftmax(x[0])),
        ["LayerNormalization"] = ([Wide, Row, Row], (tape, x) => tape.LayerNormalization(x[0], x[1], x[2])),
        ["BatchedProduct by tiles"] = ([new Shape(13, 21, 83), new Shape(13, 37, 83)], (tape, x) => tape.BatchedProduct(x[0], x[1], Transposition.Right)),
        ["BatchedProduct by rows"] = ([new Shape(31, 1, 83), new Shape(31, 19, 83)], (tape, x) => tape.BatchedProduct(x[0], x[1], Transposition.Right)),
        ["BatchedProduct of rows"] = ([new Shape(31, 1, 19), new Shape(31, 19, 83)], (tape, x) => tape.BatchedProduct(x[0], x[1])),
        ["CrossEntropy"] = ([Wide], (tape, x) => tape.CrossEntropy(x[0], Lengths.Select(length => length - 1).ToArray())),
        ["BinaryCrossEntropy"] = ([Wide, Wide], (tape, x) => tape.BinaryCrossEntropy(x[0], tape.Activate(x[1], Unfold.Numerics.Activation.Sigmoid), LossAverage.Rows, Mask)),
        ["MaskedMeanSquaredError"] = ([Wide, Wide], (tape, x) => tape.MaskedMeanSquaredError(x[0], x[1], Mask)),
        ["QuantileLoss"] = ([Wide, new Shape(31, 9, 1)], (tape, x) => tape.QuantileLoss(x[0], x[1], [.. Enumerable.Range(1, 83).Select(i => i / 84f)], Mask)),
        ["GaussianLoss"] = ([Wide, Wide, Wide], (tape, x) => tape.GaussianLoss(x[0], x[1], x[2], GaussianSpread.Softplus, Mask)),
    };

    public static TheoryData<string> Names => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_bits_do_not_depend_on_the_threads(string name) => OperationCheck.SameBits(Table[name].Shapes, Table[name].Operation);
}
