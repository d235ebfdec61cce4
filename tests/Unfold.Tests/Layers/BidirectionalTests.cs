using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Layers;

/// <summary>What a bidirectional layer is made of, sums up and refuses; its numbers are in <see cref="LayerReferenceTests"/>.</summary>
public sealed class BidirectionalTests
{
    [Theory]
    [InlineData(Merge.Concatenate)]
    [InlineData(Merge.Sum)]
    [InlineData(Merge.Average)]
    [InlineData(Merge.Multiply)]
    public void The_summary_is_the_last_output_forward_merged_with_the_first_backward(Merge merge)
    {
        const int width = 3, batch = 4;
        int[] lengths = [5, 1, 3, 2];
        var layer = new Bidirectional(new GruCell(2, width, new SeededRandom(1), name: "f"), new GruCell(2, width, new SeededRandom(2), name: "b"), merge);
        var tape = new Tape(new Workers(2));
        SequenceInput input = SequenceInput.Of(new Tensor(new Shape(5, batch, 2), Draw.Normal(new SeededRandom(3), 40)));
        var final = (BidirectionalState)layer.Forward(tape, input, lengths: lengths).Final;
        Tensor summary = layer.Summary(tape, final);

        Tensor f = new Recurrent(layer.ForwardCell).Forward(tape, input, lengths: lengths).Outputs;
        Tensor b = new Recurrent(layer.BackwardCell, Direction.Backward).Forward(tape, input, lengths: lengths).Outputs;
        for (int row = 0; row < batch; row++)
        {
            ReadOnlySpan<float> last = f.Values.Slice((((lengths[row] - 1) * batch) + row) * width, width);
            ReadOnlySpan<float> first = b.Values.Slice(row * width, width);
            for (int j = 0; j < width; j++)
            {
                float[] wanted = merge switch
                {
                    Merge.Concatenate => [last[j], first[j]],
                    Merge.Sum => [last[j] + first[j]],
                    Merge.Average => [(last[j] + first[j]) / 2],
                    _ => [last[j] * first[j]],
                };
                ReadOnlySpan<float> found = summary.Values.Slice(row * summary.Shape.Columns, summary.Shape.Columns);
                Close.Equal(wanted, merge == Merge.Concatenate ? [found[j], found[width + j]] : [found[j]], relative: 1e-6, absolute: 1e-7, $"{merge}: row {row}, value {j}");
            }
        }
    }

    [Fact]
    public void It_lists_the_parameters_of_both_cells_and_its_state_by_direction()
    {
        var layer = new Bidirectional(new LstmCell(3, 4, new SeededRandom(1), name: "f"), new GruCell(3, 5, new SeededRandom(2), name: "b"));
        Assert.Equal([.. layer.ForwardCell.Parameters, .. layer.BackwardCell.Parameters], layer.Parameters);
        Assert.Equal(["forward.hidden (2, 4)", "forward.cell (2, 4)", "backward.hidden (2, 5)"], layer.ZeroState(2).Parts.Select(part => $"{part.Name} {part.Values.Shape}"));
        Assert.Equal((3, 9), (layer.InputSize, layer.OutputSize));
        Assert.Equal("Bidirectional(concatenate: LstmCell(3 -> 4, 128 parameters), GruCell(3 -> 5, 140 parameters))", layer.ToString());
    }

    [Fact]
    public void Cells_that_cannot_go_together_are_refused_by_name()
    {
        static GruCell Gru(int input, int hidden, string name) => new(input, hidden, new SeededRandom(1), name: name);
        GruCell one = Gru(3, 4, "one");
        Refused(() => new Bidirectional(one, one), "Bidirectional", "two cells", "'one'");
        Refused(() => new Bidirectional(one, Gru(3, 4, "one")), "Bidirectional", "two names", "'one'");
        Refused(() => new Bidirectional(one, Gru(2, 4, "two")), "Bidirectional", "one width of input", "GruCell(3 -> 4", "GruCell(2 -> 4");
        Refused(() => new Bidirectional(one, Gru(3, 5, "two"), Merge.Sum), "Bidirectional", "same widths", "GruCell(3 -> 4", "GruCell(3 -> 5");
        Assert.Throws<ArgumentOutOfRangeException>(() => new Bidirectional(one, Gru(3, 4, "two"), (Merge)17));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Recurrent(one, (Direction)17));
    }

    [Fact]
    public void An_input_or_a_state_that_does_not_fit_is_refused_at_the_first_call()
    {
        var layer = new Bidirectional(new GruCell(3, 4, new SeededRandom(1), name: "f"), new LstmCell(3, 4, new SeededRandom(2), name: "b"));
        var tape = new Tape(new Workers(1));
        SequenceInput input = SequenceInput.Of(new Tensor(new Shape(5, 2, 3)));
        Refused(() => layer.Forward(tape, input, layer.ZeroState(2).Forward), "Bidirectional(concatenate", "BidirectionalState", "HiddenState");
        Refused(() => layer.Forward(tape, input, new BidirectionalState(layer.ZeroState(2).Forward, layer.ZeroState(2).Forward)), "LstmCell(3 -> 4", "LstmState", "HiddenState");
        Refused(() => layer.Forward(tape, input, layer.ZeroState(3)), "GruCell(3 -> 4", "(2, 4)", "(3, 4)");
        Refused(() => layer.Forward(tape, SequenceInput.Of(new Tensor(new Shape(5, 2, 4)))), "GruCell(3 -> 4", "(5, 2, 3)", "(5, 2, 4)");
        Refused(() => layer.Forward(tape, input, lengths: [5, 6]), "sequence 1", "1 to 5", "found 6");
    }

    private static void Refused(Func<object> action, params string[] parts)
    {
        ArgumentException failure = Assert.ThrowsAny<ArgumentException>(action);
        Assert.All(parts, part => Assert.Contains(part, failure.Message, StringComparison.Ordinal));
    }
}
