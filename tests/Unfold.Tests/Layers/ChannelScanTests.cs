using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Layers;

/// <summary>The scan over whole sequences gives the bits of one step after the other, whatever the number of threads.</summary>
[Trait("Path", "every")]
public sealed class ChannelScanTests
{
    private const int Time = 6, Input = 5;

    public static MatrixTheoryData<string, int, int> Shapes => new(["min-gru", "min-lstm"], [1, 3, 8], [7, 40]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_whole_sequence_and_its_gradients_have_the_bits_of_single_steps(string name, int batch, int hidden)
    {
        Case at = new(name, batch, hidden, Direction.Forward, lengths: null);
        Dictionary<string, float[]> whole = at.Whole(workers: 2), steps = at.Steps();
        foreach ((string key, float[] values) in steps)
        {
            Close.Same(values, whole[key], $"{name} of {batch} x {hidden}: {key}");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_number_of_threads_does_not_change_a_bit(string name, int batch, int hidden)
    {
        foreach (Direction direction in Enum.GetValues<Direction>())
        {
            foreach (int[]? lengths in new[] { null, Enumerable.Range(0, batch).Select(row => 1 + ((Time - 1 + (4 * row)) % Time)).ToArray() })
            {
                Case at = new(name, batch, hidden, direction, lengths);
                Dictionary<string, float[]> one = at.Whole(workers: 1);
                foreach (int workers in new[] { 2, 3, 4, 7 })
                {
                    foreach ((string key, float[] values) in at.Whole(workers))
                    {
                        Close.Same(one[key], values, $"{name} of {batch} x {hidden}, {direction}: {key} on {workers} threads");
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("min-gru")]
    [InlineData("min-lstm")]
    public void Backward_is_forward_on_each_sequence_reversed(string name)
    {
        int[] lengths = [2, 6, 4];
        Case backward = new(name, 3, 9, Direction.Backward, lengths), forward = new(name, 3, 9, Direction.Forward, lengths);
        forward.Reverse(lengths);
        Dictionary<string, float[]> found = backward.Whole(workers: 2), wanted = forward.Whole(workers: 2);
        foreach (string key in new[] { "final", "dh0" })
        {
            Close.Same(wanted[key], found[key], $"{name}: {key}");
        }

        foreach ((string key, int width) in new[] { ("outputs", 9), ("dx", Input) })
        {
            Close.Same(Case.Reversed(wanted[key], lengths, width), found[key], $"{name}: {key}");
        }
    }

    [Theory]
    [InlineData("min-gru")]
    [InlineData("min-lstm")]
    public void Streaming_has_the_bits_of_the_whole_sequence(string name)
    {
        Case at = new(name, 1, 40, Direction.Forward, lengths: null);
        float[] outputs = at.Whole(workers: 2)["outputs"];
        var stepper = new RecurrentStepper(at.Layer, new Workers(2));
        at.Initial.Values.CopyTo(stepper.State.Hidden.Edit());
        for (int t = 0; t < Time; t++)
        {
            Close.Same(outputs.AsSpan(t * 40, 40).ToArray(), stepper.Step(at.Input(t)), $"{name}: step {t}");
        }
    }

    [Fact]
    public void A_positive_state_stays_positive()
    {
        foreach (string name in new[] { "min-gru", "min-lstm" })
        {
            Case at = new(name, 3, 7, Direction.Forward, lengths: null);
            at.Initial.Edit().Clear();
            Assert.All(at.Whole(workers: 1)["outputs"], h => Assert.InRange(h, float.Epsilon, float.MaxValue));
        }
    }

    [Fact]
    public void Initial_biases_make_the_memory_longer()
    {
        var random = new SeededRandom(1);
        Assert.All(new MinGruCell(3, 4, random, updateBias: -2).Bias.Values[..4].ToArray(), bias => Assert.Equal(-2, bias));
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0], new MinLstmCell(3, 4, random).Bias.Values.ToArray());
        Assert.Equal("MinGruCell(3 -> 4, 32 parameters)", new MinGruCell(3, 4, random).ToString());
        Assert.Equal("MinLstmCell(3 -> 4, 48 parameters)", new MinLstmCell(3, 4, random).ToString());
    }

    /// <summary>A layer with its input, initial state, and slopes of all outputs and of the final state.</summary>
    private sealed class Case
    {
        private readonly int _batch, _hidden;
        private readonly int[]? _lengths;
        private readonly Parameter _x;
        private readonly float[] _slopes, _finalSlopes;

        public Case(string name, int batch, int hidden, Direction direction, int[]? lengths)
        {
            var random = new SeededRandom(5);
            (_batch, _hidden, _lengths) = (batch, hidden, lengths);
            FusedCell cell = GoldenCells.Create(name, ChannelScanTests.Input, hidden, random, name);
            foreach (Parameter parameter in cell.Parameters)
            {
                Draw.Uniform(random, parameter.Shape.Length, -0.7, 0.7).CopyTo(parameter.Edit());
            }

            Layer = new Recurrent(cell, direction);
            _x = Drawn("x", new Shape(Time, batch, ChannelScanTests.Input), random);
            Initial = Drawn("h0", new Shape(batch, hidden), random);
            _slopes = Draw.Uniform(random, Time * batch * hidden, -1, 1);
            _finalSlopes = Draw.Uniform(random, batch * hidden, -1, 1);
        }

        public Recurrent Layer { get; }

        public Parameter Initial { get; }

        public float[] Input(int t) => _x.Values.Slice(t * _batch * ChannelScanTests.Input, _batch * ChannelScanTests.Input).ToArray();

        public Dictionary<string, float[]> Whole(int workers)
        {
            var tape = new Tape(new Workers(workers));
            Clear();
            RecurrentOutput output = Layer.Forward(tape, SequenceInput.Of(_x), new HiddenState(Initial), _lengths);
            _slopes.CopyTo(output.Outputs.Gradient);
            _finalSlopes.CopyTo(output.Final.Hidden.Gradient);
            tape.Backward(tape.Result(new Shape(1), needsGradient: true));
            var found = new Dictionary<string, float[]>
            {
                ["outputs"] = output.Outputs.Values.ToArray(),
                ["final"] = output.Final.Hidden.Values.ToArray(),
                ["dx"] = _x.Gradient.ToArray(),
                ["dh0"] = Initial.Gradient.ToArray(),
            };
            foreach (Parameter parameter in Layer.Parameters)
            {
                found[parameter.Name] = parameter.Gradient.ToArray();
            }

            return found;
        }

        /// <summary>The same by one call of the layer a step; the weights' gradients are sums in another order and left out.</summary>
        public Dictionary<string, float[]> Steps()
        {
            var tape = new Tape(new Workers(1));
            Clear();
            RecurrentState state = new HiddenState(Initial);
            Parameter[] inputs = [.. Enumerable.Range(0, Time).Select(t => new Parameter($"x{t}", new Shape(1, _batch, ChannelScanTests.Input)))];
            var outputs = new List<float>();
            for (int t = 0; t < Time; t++)
            {
                Input(t).CopyTo(inputs[t].Edit());
                RecurrentOutput output = Layer.Forward(tape, SequenceInput.Of(inputs[t]), state);
                _slopes.AsSpan(t * _batch * _hidden, _batch * _hidden).CopyTo(output.Outputs.Gradient);
                outputs.AddRange(output.Outputs.Values);
                state = output.Final;
            }

            _finalSlopes.CopyTo(state.Hidden.Gradient);
            tape.Backward(tape.Result(new Shape(1), needsGradient: true));
            return new()
            {
                ["outputs"] = [.. outputs],
                ["final"] = state.Hidden.Values.ToArray(),
                ["dx"] = [.. inputs.SelectMany(input => input.Gradient.ToArray())],
                ["dh0"] = Initial.Gradient.ToArray(),
            };
        }

        /// <summary>Turns input and slopes of each sequence around.</summary>
        public void Reverse(int[] lengths)
        {
            Reversed(_x.Values, lengths, ChannelScanTests.Input).CopyTo(_x.Edit());
            Reversed(_slopes, lengths, _hidden).CopyTo(_slopes, 0);
        }

        public static float[] Reversed(ReadOnlySpan<float> values, int[] lengths, int width)
        {
            float[] result = values.ToArray();
            for (int b = 0; b < lengths.Length; b++)
            {
                for (int t = 0; t < lengths[b]; t++)
                {
                    values.Slice((((lengths[b] - 1 - t) * lengths.Length) + b) * width, width).CopyTo(result.AsSpan(((t * lengths.Length) + b) * width));
                }
            }

            return result;
        }

        private void Clear()
        {
            _x.Gradient.Clear();
            Initial.Gradient.Clear();
            foreach (Parameter parameter in Layer.Parameters)
            {
                parameter.Gradient.Clear();
            }
        }

        private static Parameter Drawn(string name, Shape shape, SeededRandom random)
        {
            var parameter = new Parameter(name, shape);
            Draw.Uniform(random, shape.Length, -1, 1).CopyTo(parameter.Edit());
            return parameter;
        }
    }
}
