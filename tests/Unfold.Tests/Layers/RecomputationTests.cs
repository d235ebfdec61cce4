using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Layers;

/// <summary>Recomputation is the gradient of the whole sequence, in the memory of a piece of it.</summary>
[Trait("Path", "every")]
public sealed class RecomputationTests
{
    private const int Time = 11, Batch = 3, Input = 4, Hidden = 9;

    private static readonly string[] Kinds = [.. GoldenCells.Names, "composed", "stack", "residual"];

    public static MatrixTheoryData<string, int, int> KindsSegmentsAndWorkers => new(Kinds, [1, 4, 0, 50], [1, 2, 3]);

    [Theory]
    [MemberData(nameof(KindsSegmentsAndWorkers))]
    public void The_gradient_is_that_of_the_whole_sequence(string kind, int segment, int workers)
    {
        (SequenceLayer layer, float[] x, float[] slopes) = Make(kind);
        SequenceState initial = Drawn(layer, seed: 3);
        var tape = new Tape(new Workers(workers));
        SequenceOutput whole = layer.Forward(tape, Sequence(x), initial);
        Tensor loss = tape.Sum(tape.Multiply(whole.Outputs, Constant(slopes, 0, Time)));
        (double wantedLoss, SequenceState wantedFinal) = (loss.Values[0], whole.Final.Copy());
        tape.Backward(loss);
        float[] wantedInitial = [.. initial.Parts.SelectMany(part => part.Values.Gradient.ToArray())];
        float[] wanted = Gradients(layer);
        Clear(layer, initial);

        (double found, SequenceState final) = new Recomputation(new Workers(workers), segment).Backward(
            Time,
            (tape, part, state) =>
            {
                SequenceOutput output = layer.Forward(tape, Sequence(x).Slice(part.Start, part.Steps), state);
                return (tape.Sum(tape.Multiply(output.Outputs, Constant(slopes, part.Start, part.Steps))), output.Final);
            },
            initial);

        Close.Equal(wantedLoss, found, relative: 1e-5, absolute: 1e-5, "loss");
        Close.Equal(wanted, Gradients(layer), relative: 1e-5, absolute: 1e-5, "gradients of the parameters");
        Close.Equal(wantedInitial, [.. initial.Parts.SelectMany(part => part.Values.Gradient.ToArray())], relative: 1e-5, absolute: 1e-5, "gradient of the initial state");
        foreach (((string name, Tensor values), (_, Tensor other)) in wantedFinal.Parts.Zip(final.Parts))
        {
            Close.Equal(values.Values, other.Values, relative: 1e-6, absolute: 1e-6, $"final {name}");
        }
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("composed")]
    [InlineData("stack")]
    public void A_loss_of_the_last_step_reaches_the_first_one(string kind)
    {
        (SequenceLayer layer, float[] x, float[] slopes) = Make(kind);
        Tensor Last(Tape tape, Tensor outputs) => tape.Sum(tape.Multiply(tape.TimeStep(outputs, outputs.Shape[0] - 1), new Tensor(new Shape(Batch, Hidden), slopes.AsSpan(0, Batch * Hidden))));
        var tape = new Tape(new Workers(2));
        tape.Backward(Last(tape, layer.Forward(tape, Sequence(x)).Outputs));
        float[] wanted = Gradients(layer);
        Clear(layer);
        int computed = 0;
        new Recomputation(new Workers(2), 3).Backward(Time, (tape, part, state) =>
        {
            computed += part.Steps;
            SequenceOutput output = layer.Forward(tape, Sequence(x).Slice(part.Start, part.Steps), state);
            return (part.End == Time ? Last(tape, output.Outputs) : null, output.Final);
        });
        Close.Equal(wanted, Gradients(layer), relative: 1e-5, absolute: 1e-6, "gradients");

        // Segments of 3, 3, 3 and 2 steps: all but the last are computed twice.
        Assert.Equal((2 * Time) - 2, computed);
    }

    [Fact]
    public void Dropout_drops_the_same_values_both_times()
    {
        (SequenceLayer layer, float[] x, float[] slopes) = Make("stack");
        Assert.True(((StackedLayers)layer).Dropout > 0);
        var random = new SeededRandom(5);

        // The segments on one tape, with the generators that they are to be given.
        var tape = new Tape(new Workers(2));
        SequenceState? state = null;
        Tensor? loss = null;
        for (int start = 0; start < Time; start += 4)
        {
            int steps = Math.Min(4, Time - start);
            SequenceOutput output = layer.Forward(tape, Sequence(x).Slice(start, steps), state, random: random.Split());
            Tensor term = tape.Sum(tape.Multiply(output.Outputs, Constant(slopes, start, steps)));
            loss = loss is null ? term : tape.Add(loss, term);
            state = output.Final;
        }

        tape.Backward(loss!);
        float[] wanted = Gradients(layer);
        Clear(layer);
        var again = new SeededRandom(5);
        new Recomputation(new Workers(3), 4).Backward(
            Time,
            (tape, part, state) =>
            {
                SequenceOutput output = layer.Forward(tape, Sequence(x).Slice(part.Start, part.Steps), state, random: part.Random);
                return (tape.Sum(tape.Multiply(output.Outputs, Constant(slopes, part.Start, part.Steps))), output.Final);
            },
            random: again);
        Close.Equal(wanted, Gradients(layer), relative: 1e-5, absolute: 1e-5, "gradients");
        Assert.Equal(random.NextUInt64(), again.NextUInt64());
    }

    [Theory]
    [InlineData(LossOver.All, CellKind.Lstm)]
    [InlineData(LossOver.Last, CellKind.Gru)]
    public void A_language_model_has_the_same_loss_and_gradients(LossOver over, CellKind cell)
    {
        var random = new SeededRandom(8);
        var vocabulary = new Vocabulary(TokenKind.Character, LetterCase.Kept, "abcdef".Select(letter => letter.ToString()));
        var model = new LanguageModel(new LanguageModelSettings { Cell = cell, Layers = 2, Hidden = Hidden, Embedding = 5 }, vocabulary, random);
        int[] inputs = [.. Enumerable.Range(0, Time * Batch).Select(_ => random.NextInt32(vocabulary.Count))];
        int[] targets = [.. Enumerable.Range(0, Time * Batch).Select(_ => random.NextInt32(vocabulary.Count))];

        // A whole segment of which no target counts, and one of which some do.
        targets.AsSpan(Batch * 3, Batch * 4).Fill(-1);
        StackState initial = model.ZeroState(Batch);
        foreach ((_, Tensor values) in initial.Parts)
        {
            Draw.Uniform(random, values.Shape.Length, -0.5, 0.5).CopyTo(values.Edit());
        }

        var tape = new Tape(new Workers(2));
        (Tensor loss, StackState final) = model.Loss(tape, inputs, targets, Batch, initial, over);
        (float wantedLoss, StackState wantedFinal) = (loss.Values[0], final.Copy());
        tape.Backward(loss);
        float[] wanted = model.Parameters.Gradients.ToArray();
        model.Parameters.ClearGradients();
        (double found, StackState foundFinal) = model.AddGradients(new Recomputation(new Workers(2), 3), inputs, targets, Batch, initial, over);
        Close.Equal(wantedLoss, found, relative: 1e-6, absolute: 1e-6, "loss");
        Close.Equal(wanted, model.Parameters.Gradients, relative: 1e-5, absolute: 1e-7, "gradients");
        Close.Equal(wantedFinal.Parts[^1].Values.Values, foundFinal.Parts[^1].Values.Values, relative: 1e-6, absolute: 1e-6, "final state");
    }

    [Fact]
    public void A_long_sequence_takes_the_memory_of_a_short_one()
    {
        const int steps = 2500, batch = 8, width = 32;
        var layer = new Recurrent(new LstmCell(Input, width, new SeededRandom(1)));
        var x = SequenceInput.Of(new Tensor(new Shape(steps, batch, Input)));
        long Allocated(int segment)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            new Recomputation(new Workers(1), segment).Backward(steps, (tape, part, state) =>
            {
                SequenceOutput output = layer.Forward(tape, x.Slice(part.Start, part.Steps), state);
                return (tape.Sum(output.Outputs), output.Final);
            });
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // What a step keeps at least: gates, h, c, and the gradient of h.
        long whole = steps * batch * width * 7L * sizeof(float);
        Assert.InRange(Allocated(steps), whole, 2 * whole);
        Assert.InRange(Allocated(0), 0, whole / 5);
    }

    [Fact]
    public void A_run_without_a_loss_is_refused_and_leaves_the_next_one_alone()
    {
        (SequenceLayer layer, float[] x, _) = Make("lstm");
        var recomputation = new Recomputation(new Workers(1), 4);
        var none = Assert.Throws<InvalidOperationException>(() => recomputation.Backward(Time, (tape, part, state) => (null, layer.Forward(tape, Sequence(x).Slice(part.Start, part.Steps), state).Final)));
        Assert.StartsWith("No segment has a loss", none.Message, StringComparison.Ordinal);
        Assert.All(Gradients(layer), value => Assert.Equal(0, value));
        Assert.Throws<ArgumentOutOfRangeException>(() => recomputation.Backward(0, (_, _, _) => throw new InvalidOperationException()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Recomputation(new Workers(1), -1));
        recomputation.Backward(Time, (tape, part, state) =>
        {
            SequenceOutput output = layer.Forward(tape, Sequence(x).Slice(part.Start, part.Steps), state);
            return (tape.Sum(output.Outputs), output.Final);
        });
        Assert.Contains(Gradients(layer), value => value != 0);
    }

    [Fact]
    public void A_slice_is_the_steps_that_it_says_or_an_error()
    {
        var tokens = SequenceInput.Of(new[] { 1, 2, 3, 4, 5, 6 }, batch: 2);
        Assert.Equal([3, 4, 5, 6], tokens.Slice(1, 2).Tokens.ToArray());
        Assert.Throws<ArgumentException>(() => tokens.Slice(2, 2));
        Assert.Throws<ArgumentException>(() => tokens.Slice(-1, 2));
        var dense = new Tensor(new Shape(3, 2, 2), [1f, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        Assert.Equal([5, 6, 7, 8], SequenceInput.Of(dense).Slice(1, 1).Dense!.Values.ToArray());
        Assert.Throws<ArgumentException>(() => SequenceInput.Of(new Parameter("x", new Shape(3, 2, 2))).Slice(0, 1));
    }

    private static (SequenceLayer Layer, float[] X, float[] Slopes) Make(string kind)
    {
        var random = new SeededRandom(17);
        SequenceLayer layer = kind switch
        {
            "composed" => new Recurrent(new ComposedTanhCell(new RnnCell(Input, Hidden, random), "own")),
            "stack" => new StackedLayers([new Recurrent(new LstmCell(Input, Hidden, random, name: "a")), new Recurrent(new GruCell(Hidden, Hidden, random, name: "b"))], dropout: 0.4),
            "residual" => new StackedLayers([new Recurrent(new GruCell(Input, Hidden, random, name: "a")), new Recurrent(new LstmCell(Hidden, Hidden, random, name: "b"))], connection: StackConnection.Residual),
            _ => new Recurrent(GoldenCells.Create(kind, Input, Hidden, random, kind)),
        };
        foreach (Parameter parameter in layer.Parameters)
        {
            Draw.Uniform(random, parameter.Shape.Length, -0.4, 0.4).CopyTo(parameter.Edit());
        }

        return (layer, Draw.Uniform(random, Time * Batch * Input, -1, 1), Draw.Uniform(random, Time * Batch * Hidden, -1, 1));
    }

    private static SequenceState Drawn(SequenceLayer layer, ulong seed)
    {
        var random = new SeededRandom(seed);
        return layer.ZeroState(Batch).Map(part =>
        {
            var parameter = new Parameter("state", part.Shape);
            Draw.Uniform(random, part.Shape.Length, -0.5, 0.5).CopyTo(parameter.Edit());
            return parameter;
        });
    }

    private static float[] Gradients(SequenceLayer layer) => [.. layer.Parameters.SelectMany(parameter => parameter.Gradient.ToArray())];

    private static void Clear(SequenceLayer layer, SequenceState? initial = null)
    {
        foreach (Tensor tensor in layer.Parameters.Concat(initial?.Parts.Select(part => part.Values) ?? []))
        {
            tensor.Gradient.Clear();
        }
    }

    private static SequenceInput Sequence(float[] x) => SequenceInput.Of(new Tensor(new Shape(Time, Batch, Input), x));

    private static Tensor Constant(float[] slopes, int start, int steps) =>
        new(new Shape(steps, Batch, Hidden), slopes.AsSpan(start * Batch * Hidden, steps * Batch * Hidden));
}
