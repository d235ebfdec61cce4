using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Layers;

/// <summary>Dropout, states and refusals of a stack; its numbers are in <see cref="LayerReferenceTests"/>.</summary>
public sealed class StackedLayersTests
{
    private const int Time = 4, Batch = 6, Width = 5;

    private static readonly float[] X = Draw.Normal(new SeededRandom(8), Time * Batch * Width);

    [Fact]
    public void Without_a_generator_nothing_is_dropped()
    {
        float[] plain = Outputs(Stack(0), random: null);
        Close.Same(plain, Outputs(Stack(0.5), random: null), "in use");
        Assert.NotEqual(plain, Outputs(Stack(0.5), new SeededRandom(4)));
        Close.Same(plain, Outputs(Stack(0), new SeededRandom(4)), "with nothing to drop");
    }

    [Fact]
    public void Dropout_lies_between_the_layers_and_nowhere_else()
    {
        StackedLayers stack = Stack(0.4);
        var random = new SeededRandom(4);
        var tape = new Tape(new Workers(1));
        Tensor rows = new(new Shape(Time, Batch, Width), X);
        for (int layer = 0; layer < stack.Layers.Count; layer++)
        {
            rows = stack.Layers[layer].Forward(tape, SequenceInput.Of(rows)).Outputs;
            rows = layer < stack.Layers.Count - 1 ? Dropout.Forward(tape, rows, 0.4, random) : rows;
        }

        Close.Same(rows.Values, Outputs(stack, new SeededRandom(4)), "by hand");
        foreach (int threads in new[] { 2, 3 })
        {
            Close.Same(rows.Values, Outputs(stack, new SeededRandom(4), threads), $"on {threads} threads");
        }
    }

    [Fact]
    public void A_dropped_value_gets_no_gradient_and_a_kept_one_more()
    {
        // The one layer above passes its input through: h = x I + 0, so the mask is seen in the outputs and in the gradient of x.
        var identity = new RnnCell(Width, Width, new SeededRandom(1), Activation.Identity, "0");
        var above = new RnnCell(Width, Width, new SeededRandom(1), Activation.Identity, "1");
        foreach (RnnCell cell in new[] { identity, above })
        {
            cell.RecurrentWeights!.Edit().Clear();
            cell.InputWeights.Edit().Clear();
            for (int i = 0; i < Width; i++)
            {
                cell.InputWeights.Edit()[(i * Width) + i] = 1;
            }
        }

        var stack = new StackedLayers([new Recurrent(identity), new Recurrent(above)], dropout: 0.25);
        var x = new Parameter("x", new Shape(Time, Batch, Width));
        X.CopyTo(x.Edit());
        var tape = new Tape(new Workers(2));
        Tensor outputs = stack.Forward(tape, SequenceInput.Of(x), random: new SeededRandom(6)).Outputs;
        tape.Backward(tape.Sum(outputs));
        int dropped = 0;
        for (int i = 0; i < X.Length; i++)
        {
            float factor = outputs.Values[i] == 0 ? 0 : 1 / 0.75f;
            dropped += factor == 0 ? 1 : 0;
            Close.Equal([X[i] * factor, factor], [outputs.Values[i], x.Gradient[i]], relative: 1e-6, absolute: 0, $"value {i}");
        }

        Assert.InRange(dropped, 15, 50);
    }

    [Fact]
    public void Layers_that_do_not_fit_together_are_refused_by_name()
    {
        static Recurrent Gru(int input, int hidden) => new(new GruCell(input, hidden, new SeededRandom(1)));
        Refused(() => new StackedLayers([]), "StackedLayers", "at least one layer");
        Refused(() => new StackedLayers([Gru(3, 4), null!]), "StackedLayers", "layer 1 is null");
        Refused(() => new StackedLayers([Gru(3, 4), Gru(4, 6), Gru(5, 6)]), "StackedLayers", "layer 2", "layer 1 writes, 6 values", "GruCell(5 -> 6");
        Refused(() => new StackedLayers([Gru(3, 4)], dropout: 1), "StackedLayers", "dropout");
        Refused(() => new StackedLayers([Gru(3, 4)], dropout: double.NaN), "StackedLayers", "dropout");
    }

    [Fact]
    public void A_state_that_does_not_fit_is_refused_at_the_first_call()
    {
        StackedLayers stack = Stack(0);
        var tape = new Tape(new Workers(1));
        SequenceInput input = SequenceInput.Of(new Tensor(new Shape(Time, Batch, Width), X));
        Refused(() => stack.Forward(tape, input, stack.Layers[0].ZeroState(Batch)), "StackedLayers", "StackState of 3 layers", "HiddenState");
        Refused(() => stack.Forward(tape, input, new StackState([stack.Layers[0].ZeroState(Batch)])), "StackedLayers", "3 layers; found 1 layers");
        Refused(() => stack.Forward(tape, input, stack.ZeroState(Batch + 1)), "GruCell(5 -> 4", "(6, 4)", "(7, 4)");
    }

    [Fact]
    public void Its_state_names_the_layers_and_can_be_carried()
    {
        StackedLayers stack = Stack(0);
        Assert.Equal(
            ["layers.0.hidden (6, 4)", "layers.1.hidden (6, 3)", "layers.1.cell (6, 3)", "layers.2.hidden (6, 2)"],
            stack.ZeroState(Batch).Parts.Select(part => $"{part.Name} {part.Values.Shape}"));
        float[] whole = Outputs(stack, random: null);
        var tape = new Tape(new Workers(1)) { Recording = false };
        SequenceState? state = null;
        for (int t = 0; t < Time; t++)
        {
            int step = Batch * Width;
            SequenceOutput output = stack.Forward(tape, SequenceInput.Of(new Tensor(new Shape(1, Batch, Width), X.AsSpan(t * step, step))), state);
            Close.Equal(whole.AsSpan(t * Batch * 2, Batch * 2), output.Outputs.Values, relative: 1e-6, absolute: 1e-7, $"step {t}");
            state = output.Final.Copy();
            tape.Reset();
        }
    }

    private static StackedLayers Stack(double dropout) => new(
        [
            new Recurrent(new GruCell(Width, 4, new SeededRandom(1), name: "0")),
            new Recurrent(new LstmCell(4, 3, new SeededRandom(2), name: "1")),
            new Recurrent(new RnnCell(3, 2, new SeededRandom(3), name: "2")),
        ],
        dropout);

    private static float[] Outputs(StackedLayers stack, SeededRandom? random, int threads = 1)
    {
        var tape = new Tape(new Workers(threads));
        return stack.Forward(tape, SequenceInput.Of(new Tensor(new Shape(Time, Batch, Width), X)), random: random).Outputs.Values.ToArray();
    }

    private static void Refused(Func<object> action, params string[] parts)
    {
        ArgumentException failure = Assert.ThrowsAny<ArgumentException>(action);
        Assert.All(parts, part => Assert.Contains(part, failure.Message, StringComparison.Ordinal));
    }
}
