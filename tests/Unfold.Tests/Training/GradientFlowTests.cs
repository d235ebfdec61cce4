using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Training;

namespace Unfold.Tests.Training;

/// <summary>The norms of the gradients of states: against the chain rule by hand, and against layers walked step by step.</summary>
public sealed class GradientFlowTests
{
    private const int Time = 9, Batch = 3, Input = 4, Hidden = 6;

    [Theory]
    [InlineData(0.5, FlowReading.Vanishes)]
    [InlineData(1.3, FlowReading.Explodes)]
    [InlineData(0.99, FlowReading.Healthy)]
    public void A_linear_network_with_a_scaled_orthogonal_matrix_changes_the_gradient_by_that_scale(float scale, FlowReading reading)
    {
        var random = new SeededRandom(4);
        var cell = new RnnCell(Input, Hidden, random, Activation.Identity);
        foreach (ref float weight in cell.RecurrentWeights!.Edit())
        {
            weight *= scale;
        }

        // An orthogonal matrix is what the cell starts with only where it is not the identity.
        Assert.NotEqual(0, cell.RecurrentWeights.Values[1]);
        var layer = new Recurrent(cell);
        Tensor x = new(new Shape(40, Batch, Input), Draw.Uniform(random, 40 * Batch * Input, -1, 1));
        GradientFlow flow = GradientFlow.Measure(new Workers(2), tape => tape.Sum(layer.Forward(tape, SequenceInput.Of(x)).Final.Hidden));
        LayerFlow found = Assert.Single(flow.Layers);
        Assert.Equal("rnn", found.Name);
        Assert.Empty(found.MemoryNorms);

        // The loss is a sum: its gradient at the last step is a vector of ones for each sequence.
        double[] wanted = [.. Enumerable.Range(0, 40).Select(distance => Math.Sqrt(Hidden) * Math.Pow(scale, distance))];
        Close.Equal(wanted, [.. found.Norms], relative: 1e-4, absolute: 0, "norms");
        Close.Equal(scale, found.Factor, relative: 1e-5, absolute: 0, "factor");
        Assert.Equal(reading, found.Reading);
        Close.Equal(Math.Abs(Math.Log(0.5) / Math.Log(scale)), found.HalfLife, relative: 1e-3, absolute: 0, "half-life");
    }

    [Theory]
    [InlineData("rnn-tanh", 1)]
    [InlineData("lstm", 2)]
    [InlineData("gru-reset-before", 3)]
    [InlineData("min-gru", 2)]
    [InlineData("composed", 1)]
    public void The_norms_are_those_of_a_walk_step_by_step(string kind, int workers)
    {
        (Recurrent layer, float[] x) = Make(kind, "cell", Direction.Forward);
        float[] slopes = Draw.Uniform(new SeededRandom(6), Batch * Hidden, -1, 1);
        int[] lengths = [9, 4, 7];
        GradientFlow flow = GradientFlow.Measure(
            new Workers(workers),
            tape => Projected(tape, layer.Forward(tape, SequenceInput.Of(new Tensor(new Shape(Time, Batch, Input), x)), lengths: lengths).Final.Hidden, slopes));

        // Each sequence alone, a step a run of the layer: the state of each step is then a tensor that gathers its gradient.
        double[] squares = new double[Time], memorySquares = new double[Time];
        for (int b = 0; b < Batch; b++)
        {
            var tape = new Tape(new Workers(1));
            var states = new List<RecurrentState>();
            for (int t = 0; t < lengths[b]; t++)
            {
                var input = new Tensor(new Shape(1, 1, Input), x.AsSpan(((t * Batch) + b) * Input, Input));
                states.Add(layer.Forward(tape, SequenceInput.Of(input), states.LastOrDefault()).Final);
            }

            tape.Backward(Projected(tape, states[^1].Hidden, slopes.AsSpan(b * Hidden, Hidden).ToArray()));
            for (int distance = 0; distance < lengths[b]; distance++)
            {
                RecurrentState state = states[lengths[b] - 1 - distance];
                squares[distance] += Squares(state.Hidden.Gradient);
                memorySquares[distance] += state is LstmState lstm ? Squares(lstm.Cell.Gradient) : 0;
            }
        }

        double[] Norms(double[] sums) => [.. sums.Select((sum, distance) => Math.Sqrt(sum / lengths.Count(length => length > distance)))];
        LayerFlow found = Assert.Single(flow.Layers);
        Close.Equal(Norms(squares), [.. found.Norms], relative: 1e-4, absolute: 1e-9, "norms of h");
        if (kind == "lstm")
        {
            Close.Equal(Norms(memorySquares), [.. found.MemoryNorms], relative: 1e-4, absolute: 1e-9, "norms of c");
            Assert.Equal(0, found.MemoryNorms[0]);
        }
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("composed")]
    public void The_backward_direction_is_the_forward_one_on_the_reversed_sequences(string kind)
    {
        float[] slopes = Draw.Uniform(new SeededRandom(6), Batch * Hidden, -1, 1);
        int[] lengths = [9, 4, 7];
        double[] Norms(Direction direction)
        {
            (Recurrent layer, float[] x) = Make(kind, "cell", direction);
            Tensor steps = new(new Shape(Time, Batch, Input), x);
            return [.. GradientFlow.Measure(
                new Workers(2),
                tape => Projected(tape, layer.Forward(tape, SequenceInput.Of(direction == Direction.Forward ? tape.Reverse(steps, lengths) : steps), lengths: lengths).Final.Hidden, slopes)).Layers[0].Norms];
        }

        Close.Equal(Norms(Direction.Forward), Norms(Direction.Backward), relative: 1e-6, absolute: 0, "norms");
    }

    [Fact]
    public void Layers_come_in_their_order_and_all_ways_to_the_loss_count()
    {
        (Recurrent below, float[] x) = Make("gru-reset-after", "a", Direction.Forward);
        var random = new SeededRandom(3);
        var stack = new StackedLayers([below, new Bidirectional(new LstmCell(Hidden, 5, random, name: "b"), new RnnCell(Hidden, 7, random, name: "c"))]);
        GradientFlow flow = GradientFlow.Measure(
            new Workers(2),
            tape => tape.Sum(tape.Multiply(stack.Forward(tape, SequenceInput.Of(new Tensor(new Shape(Time, Batch, Input), x))).Outputs, Slopes(random))));
        Assert.Equal(["a", "b", "c"], flow.Layers.Select(layer => layer.Name));
        Assert.All(flow.Layers, layer => Assert.Equal(Time, layer.Norms.Count));
        Assert.All(flow.Layers, layer => Assert.All(layer.Norms, norm => Assert.InRange(norm, 1e-6, 1e6)));

        // Of the lower layer, the gradient at its last step is what both cells above send down.
        var tape = new Tape(new Workers(1));
        Tensor lower = tape.Leaf(below.Forward(tape, SequenceInput.Of(new Tensor(new Shape(Time, Batch, Input), x))).Outputs);
        var again = new SeededRandom(3);
        var upper = new Bidirectional(new LstmCell(Hidden, 5, again, name: "b"), new RnnCell(Hidden, 7, again, name: "c"));
        tape.Backward(tape.Sum(tape.Multiply(upper.Forward(tape, SequenceInput.Of(lower)).Outputs, Slopes(again))));
        double norm = Math.Sqrt(Squares(lower.Gradient[((Time - 1) * Batch * Hidden)..]) / Batch);
        Close.Equal(norm, flow.Layers[0].Norms[0], relative: 1e-5, absolute: 0, "the norm at the last step of the lower layer");
    }

    [Fact]
    public void A_layer_that_the_model_calls_step_by_step_is_one_layer()
    {
        (Recurrent layer, float[] x) = Make("lstm", "cell", Direction.Forward);
        Tensor whole = new(new Shape(Time, Batch, Input), x);
        GradientFlow wanted = GradientFlow.Measure(new Workers(1), tape => tape.Sum(layer.Forward(tape, SequenceInput.Of(whole)).Final.Hidden));
        GradientFlow found = GradientFlow.Measure(new Workers(1), tape =>
        {
            RecurrentState? state = null;
            for (int t = 0; t < Time; t++)
            {
                state = layer.Forward(tape, SequenceInput.Of(whole).Slice(t, 1), state).Final;
            }

            return tape.Sum(state!.Hidden);
        });
        Close.Equal([.. wanted.Layers.Single().Norms], [.. found.Layers.Single().Norms], relative: 1e-5, absolute: 0, "norms");
    }

    [Theory]
    [InlineData(new[] { 1.0, 1, 0.1, 0.01, 0.001, 0.0001, 0.001, 0.01, 0.1, 1 }, FlowReading.Mixed, "mixed: by a factor of 0.1 a step over the latest 5 steps, and of 10 before them")]
    [InlineData(new[] { 1.0, 1, 1e-20, 1e-40, 0, 0 }, FlowReading.Unknown, "cannot be read: fewer than three steps have a gradient")]
    [InlineData(new[] { 1.0, 1e-10, 1e-20, 1e-30, 1e-40, 0, 0 }, FlowReading.Vanishes, "vanishes by a factor of 1E-10 a step: half of it is left after 0.0301 steps, nothing that single precision could hold after 4")]
    [InlineData(new[] { 1.0, 1e-3, 1e-6, 1e-9, 1e-12, 0, 0 }, FlowReading.Vanishes, "vanishes by a factor of 0.001 a step: half of it is left after 0.1 steps, and is exactly zero after 5: no unit lets it through")]
    [InlineData(new[] { 7.0, 1, 2, 4, 8, 16, 32, 64, 128, 256, double.PositiveInfinity, double.NaN }, FlowReading.Explodes, "explodes by a factor of 2 a step: it doubles every 1 steps, and single precision cannot hold it after 10")]
    [InlineData(new[] { 7.0, 4, 2, 1, 0.5, 0.25 }, FlowReading.Healthy, "healthy: it changes by a factor of 0.5 a step, fitted over 5 steps")]
    public void The_reading_is_said_in_words(double[] norms, FlowReading reading, string words)
    {
        var layer = new LayerFlow("l", norms, []);
        Assert.Equal(words, layer.Describe());
        Assert.Equal(reading, layer.Reading);
        Assert.Equal($"l: {words}", layer.ToString());
    }

    [Fact]
    public void The_picture_has_a_line_for_each_layer()
    {
        (Recurrent layer, float[] x) = Make("lstm", "cell", Direction.Forward);
        GradientFlow flow = GradientFlow.Measure(new Workers(1), tape => tape.Sum(layer.Forward(tape, SequenceInput.Of(new Tensor(new Shape(Time, Batch, Input), x))).Final.Hidden));
        string svg = flow.ToChart("Flow of a test").ToSvg();
        Assert.Contains("Flow of a test", svg, StringComparison.Ordinal);
        Assert.Contains($"cell: {flow.Layers[0].Describe()}", svg, StringComparison.Ordinal);
        Assert.Single(svg.Split('\n'), line => line.StartsWith("<polyline", StringComparison.Ordinal));
    }

    [Fact]
    public void A_loss_without_a_recurrent_layer_is_refused()
    {
        var weights = new Parameter("w", new Shape(2));
        Assert.Throws<ArgumentException>(() => GradientFlow.Measure(new Workers(1), tape => tape.Sum(weights)));
    }

    private static Tensor Slopes(SeededRandom random) => new(new Shape(Time, Batch, 12), Draw.Uniform(random, Time * Batch * 12, -1, 1));

    private static Tensor Projected(Tape tape, Tensor tensor, float[] slopes) => tape.Sum(tape.Multiply(tensor, new Tensor(tensor.Shape, slopes)));

    private static double Squares(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += (double)value * value;
        }

        return sum;
    }

    private static (Recurrent Layer, float[] X) Make(string kind, string name, Direction direction)
    {
        var random = new SeededRandom(21);
        Cell cell = kind == "composed"
            ? new ComposedTanhCell(new RnnCell(Input, Hidden, random), name)
            : GoldenCells.Create(kind, Input, Hidden, random, name);
        return (new Recurrent(cell, direction), Draw.Uniform(random, Time * Batch * Input, -1, 1));
    }
}
