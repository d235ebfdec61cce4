using Unfold.Cells;
using Unfold.Numerics;

namespace Unfold.Tests.Cells;

/// <summary>How the cell prints itself and what it refuses; its numbers are in the gradient table and the golden files.</summary>
public sealed class JordanCellTests
{
    [Fact]
    public void It_prints_its_widths_functions_and_number_of_parameters()
    {
        var cell = new JordanCell(3, 5, 2, new SeededRandom(1), JordanOutput.Softmax, Activation.Sigmoid);
        Assert.Equal("JordanCell(3 -> 2 by 5, sigmoid and softmax, 42 parameters)", cell.ToString());
        Assert.Equal(
            ["jordan.input_weights (3, 5)", "jordan.recurrent_weights (2, 5)", "jordan.bias (5)", "jordan.output_weights (5, 2)", "jordan.output_bias (2)"],
            cell.Parameters.Select(parameter => parameter.ToString()));
        Assert.Equal((3, 5, 2), (cell.InputSize, cell.HiddenLayerSize, cell.HiddenSize));
    }

    [Theory]
    [InlineData(0, 5, 2)]
    [InlineData(3, 0, 2)]
    [InlineData(3, -1, 2)]
    [InlineData(3, 5, 0)]
    public void Sizes_below_one_are_refused(int input, int hidden, int output) =>
        Assert.Contains("mine", Assert.Throws<ArgumentException>(() => new JordanCell(input, hidden, output, new SeededRandom(1), name: "mine")).Message, StringComparison.Ordinal);

    [Fact]
    public void Functions_that_are_not_known_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new JordanCell(3, 5, 2, new SeededRandom(1), (JordanOutput)9));
        Assert.Throws<ArgumentOutOfRangeException>(() => new JordanCell(3, 5, 2, new SeededRandom(1), JordanOutput.Tanh, (Activation)9));
    }
}
