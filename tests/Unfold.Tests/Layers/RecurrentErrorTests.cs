using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;

namespace Unfold.Tests.Layers;

/// <summary>What does not fit is refused with the layer, what it wanted and what it found.</summary>
public sealed class RecurrentErrorTests
{
    private static Recurrent Lstm => new(new LstmCell(4, 5, new SeededRandom(1)));

    private static Recurrent Gru => new(new GruCell(4, 5, new SeededRandom(1)));

    private static SequenceInput Input => SequenceInput.Of(new Tensor(new Shape(6, 3, 4)));

    [Fact]
    public void The_width_of_the_input() => Refused(Lstm, SequenceInput.Of(new Tensor(new Shape(6, 3, 7))), null, null, "LstmCell(4 -> 5", "(6, 3, 4)", "(6, 3, 7)");

    [Fact]
    public void An_empty_input()
    {
        Refused(Lstm, SequenceInput.Of(new Tensor(new Shape(0, 3, 4))), null, null, "LstmCell(4 -> 5", "0 steps of 3");
        Refused(Lstm, SequenceInput.Of(new Tensor(new Shape(2, 0, 4))), null, null, "LstmCell(4 -> 5", "2 steps of 0");
        Refused(Gru, SequenceInput.Of(ReadOnlyMemory<int>.Empty, 2), null, null, "GruCell(4 -> 5", "0 steps of 2");
    }

    [Fact]
    public void The_rank_of_the_input() => Assert.Contains("(6, 4)", Assert.Throws<ArgumentException>(() => SequenceInput.Of(new Tensor(new Shape(6, 4)))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(5, 2)]
    [InlineData(5, 0)]
    [InlineData(5, -1)]
    public void Tokens_that_are_not_whole_steps(int tokens, int batch) => Assert.Throws<ArgumentException>(() => SequenceInput.Of(new int[tokens], batch));

    [Fact]
    public void A_token_that_is_not_in_the_vocabulary() => Refused(Gru, SequenceInput.Of(new[] { 0, 3, 4, 1 }, 2), null, null, "GruCell(4 -> 5", "below 4", "found 4");

    [Fact]
    public void A_negative_token_but_for_the_one_of_zeros()
    {
        Refused(Gru, SequenceInput.Of(new[] { 0, -1, -2, 1 }, 2), null, null, "GruCell(4 -> 5", "but for -1, which stands for zeros; found -2");
        Assert.Contains("found -7", Assert.Throws<ArgumentException>(() => new Embedding(4, 3, new SeededRandom(1)).Forward(new Tape(new Workers(1)), new[] { -1, -7 }, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_kind_of_the_initial_state()
    {
        var zeros = new Tensor(new Shape(3, 5));
        Refused(Lstm, Input, new HiddenState(zeros), null, "LstmCell(4 -> 5", "LstmState", "HiddenState");
        Refused(Gru, Input, new LstmState(zeros, zeros), null, "GruCell(4 -> 5", "HiddenState", "LstmState");
    }

    [Fact]
    public void The_shape_of_the_initial_state()
    {
        Refused(Gru, Input, new HiddenState(new Tensor(new Shape(2, 5))), null, "GruCell(4 -> 5", "(3, 5)", "(2, 5)");
        Refused(Lstm, Input, new LstmState(new Tensor(new Shape(3, 5)), new Tensor(new Shape(3, 4))), null, "LstmCell(4 -> 5", "cell state", "(3, 4)");
    }

    [Fact]
    public void The_lengths()
    {
        Refused(Lstm, Input, null, [6, 6], "LstmCell(4 -> 5", "3 sequences; found 2");
        Refused(Lstm, Input, null, [6, 7, 6], "LstmCell(4 -> 5", "sequence 1", "found 7");
        Refused(Lstm, Input, null, [6, 6, 0], "LstmCell(4 -> 5", "sequence 2", "found 0");
    }

    [Fact]
    public void Sizes_below_one()
    {
        Assert.Contains("mine", Assert.Throws<ArgumentException>(() => new RnnCell(0, 3, new SeededRandom(1), name: "mine")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new LstmCell(3, 0, new SeededRandom(1)));
        Assert.Throws<ArgumentException>(() => new Dense(3, 0, new SeededRandom(1)));
        Assert.Throws<ArgumentException>(() => new Embedding(-1, 3, new SeededRandom(1)));
    }

    [Fact]
    public void Layers_print_as_their_constructor_with_the_number_of_parameters()
    {
        Assert.Equal("LstmCell(4 -> 5, 200 parameters)", Lstm.ToString());
        Assert.Equal("GruCell(4 -> 5, 155 parameters)", Gru.ToString());
        Assert.Equal("GruCell(4 -> 5, reset before the product, 150 parameters)", new GruCell(4, 5, new SeededRandom(1), GruReset.BeforeProduct).ToString());
        Assert.Equal("RnnCell(4 -> 5, tanh, 50 parameters)", new RnnCell(4, 5, new SeededRandom(1)).ToString());
        Assert.Equal("Dense(40 -> 50, 2,050 parameters)", new Dense(40, 50, new SeededRandom(1)).ToString());
        Assert.Equal("Embedding(7 -> 3, 21 parameters)", new Embedding(7, 3, new SeededRandom(1)).ToString());
    }

    private static void Refused(Recurrent layer, SequenceInput input, RecurrentState? state, int[]? lengths, params string[] parts)
    {
        ArgumentException failure = Assert.Throws<ArgumentException>(() => layer.Forward(new Tape(new Workers(1)), input, state, lengths));
        foreach (string part in parts)
        {
            Assert.Contains(part, failure.Message, StringComparison.Ordinal);
        }
    }
}
