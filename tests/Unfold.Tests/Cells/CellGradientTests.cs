using Unfold.Tests.Support;

namespace Unfold.Tests.Cells;

/// <summary>The gradient table: each row against differences of the reference equations in double precision.</summary>
[Trait("Path", "every")]
public sealed class CellGradientTests
{
    public static MatrixTheoryData<string, int, bool, bool> Rows => new(GoldenCells.Names, [1, 2], [false, true], [false, true]);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Gradients_are_the_differences_of_the_equations(string cell, int layers, bool lengths, bool initialState)
    {
        var graph = new OracleGraph(cell, layers, time: 5, batch: 3, input: 4, hidden: 6, lengths, initialState, seed: 11);
        OracleDifferences.AssertAgree(graph.Parameters, graph.Loss, graph.Reference, entries: 40, $"{cell} x {layers}");
    }

    public static MatrixTheoryData<string, int> Widths => new(GoldenCells.Names, [17, 33]);

    [Theory]
    [MemberData(nameof(Widths))]
    public void Sizes_that_are_no_multiple_of_a_vector_are_right(string cell, int hidden)
    {
        var graph = new OracleGraph(cell, layers: 1, time: 4, batch: 5, input: 9, hidden, lengths: true, initialState: true, seed: 23);
        OracleDifferences.AssertAgree(graph.Parameters, graph.Loss, graph.Reference, entries: 12, $"{cell}({hidden})");
    }

    [Theory]
    [InlineData("lstm", 1, 1, 1)]
    [InlineData("gru-reset-after", 1, 1, 1)]
    [InlineData("gru-reset-before", 1, 2, 1)]
    [InlineData("rnn-tanh", 2, 1, 1)]
    [InlineData("lstm", 3, 13, 2)]
    [InlineData("gru-reset-after", 3, 13, 2)]
    [InlineData("gru-reset-before", 3, 13, 2)]
    public void The_smallest_sizes_and_a_wide_batch_are_right(string cell, int time, int batch, int hidden)
    {
        var graph = new OracleGraph(cell, layers: 1, time, batch, input: 1, hidden, lengths: false, initialState: true, seed: 31);
        OracleDifferences.AssertAgree(graph.Parameters, graph.Loss, graph.Reference, entries: 40, $"{cell}({hidden}) over {time} steps of {batch}");
    }
}
