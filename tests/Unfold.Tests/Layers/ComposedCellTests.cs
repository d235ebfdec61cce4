using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Layers;

/// <summary>A user's cell beside the built-in one of the same equations, and what is said to one whose step is wrong.</summary>
public sealed class ComposedCellTests
{
    [Theory]
    [InlineData(Direction.Forward, true)]
    [InlineData(Direction.Forward, false)]
    [InlineData(Direction.Backward, true)]
    [InlineData(Direction.Backward, false)]
    public void It_gives_the_numbers_and_gradients_of_the_fused_cell(Direction direction, bool lengths)
    {
        var composed = new ComposedLstm(4, 6, new SeededRandom(1), "cell");
        var shape = new LayerBatch(Time: 8, Batch: 7, lengths);
        (float[] wanted, float[] wantedGradients) = new LayerGraph(new Recurrent(composed.Twin, direction), shape, seed: 2).Run(new Workers(2));
        (float[] found, float[] gradients) = new LayerGraph(new Recurrent(composed, direction), shape, seed: 2).Run(new Workers(2));
        Close.Equal(wanted, found, relative: 1e-5, absolute: 1e-6, "results");
        Close.Equal(wantedGradients, gradients, relative: 1e-5, absolute: 3e-6, "gradients");
    }

    [Fact]
    public void A_step_of_another_kind_or_shape_is_refused_with_the_cell_what_it_should_return_and_what_it_did()
    {
        Refused(memory: 0, (_, _, previous) => new LstmState(previous.Hidden, previous.Hidden), "WrongCell(3 -> 4", "HiddenState", "returned LstmState");
        Refused(memory: 5, (_, _, previous) => new HiddenState(previous.Hidden), "LstmState", "returned HiddenState");
        Refused(memory: 0, (_, _, _) => null!, "HiddenState", "returned null");
        Refused(memory: 0, (_, input, _) => new HiddenState(input), "the output of a step", "(2, 4)", "(2, 3)");
        Refused(memory: 5, (_, _, previous) => new LstmState(previous.Hidden, previous.Hidden), "the memory that a step returns", "(2, 5)", "(2, 4)");
    }

    [Fact]
    public void Sizes_below_one_and_no_name_are_refused()
    {
        Assert.Contains("mine", Assert.Throws<ArgumentException>(() => new WrongCell("mine", 0, 4, 0, (_, _, previous) => previous)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new WrongCell("mine", 3, 0, 0, (_, _, previous) => previous));
        Assert.Throws<ArgumentException>(() => new WrongCell("mine", 3, 4, -1, (_, _, previous) => previous));
        Assert.Throws<ArgumentException>(() => new WrongCell(" ", 3, 4, 0, (_, _, previous) => previous));
    }

    [Fact]
    public void Without_recording_nothing_is_kept_for_a_way_back()
    {
        var layer = new Recurrent(new ComposedLstm(4, 6, new SeededRandom(1), "cell"));
        var tape = new Tape(new Workers(1)) { Recording = false };
        SequenceOutput output = layer.Forward(tape, SequenceInput.Of(new Tensor(new Shape(5, 2, 4))), lengths: [5, 3]);
        Assert.False(output.Outputs.NeedsGradient);
        Assert.All(output.Final.Parts, part => Assert.False(part.Values.NeedsGradient));
    }

    private static void Refused(int memory, Func<Tape, Tensor, RecurrentState, RecurrentState> step, params string[] parts)
    {
        var layer = new Recurrent(new WrongCell("wrong", 3, 4, memory, step));
        Exception failure = Assert.ThrowsAny<Exception>(() => layer.Forward(new Tape(new Workers(1)), SequenceInput.Of(new Tensor(new Shape(5, 2, 3)))));
        Assert.True(failure is ArgumentException or InvalidOperationException, failure.ToString());
        Assert.All(parts, part => Assert.Contains(part, failure.Message, StringComparison.Ordinal));
    }

    private sealed class WrongCell(string name, int input, int hidden, int memory, Func<Tape, Tensor, RecurrentState, RecurrentState> step)
        : ComposedCell(name, input, hidden, memory)
    {
        public override IReadOnlyList<Parameter> Parameters => [];

        public override RecurrentState Step(Tape tape, Tensor input, RecurrentState previous, SeededRandom? random) => step(tape, input, previous);
    }
}
