using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Cells;

/// <summary>The LSTM with options: each alone, each pair, all together, against the equations in double precision.</summary>
public sealed class ExtendedLstmTests
{
    private static readonly Dictionary<string, Func<LstmOptions, LstmOptions>> Table = new()
    {
        ["peepholes"] = options => options with { Peepholes = true },
        ["projection"] = options => options with { Projection = 3 },
        ["projection clip"] = options => options with { Projection = 3, ProjectionClip = 0.15 },
        ["cell clip"] = options => options with { CellClip = 0.35 },
        ["coupled"] = options => options with { CoupledInputForget = true },
        ["gate activation"] = options => options with { GateActivation = Activation.Tanh },
        ["cell activation"] = options => options with { CellActivation = Activation.Relu },
        ["output activation"] = options => options with { OutputActivation = Activation.Sigmoid },
        ["layer normalization"] = options => options with { LayerNormalization = true },
        ["recurrent dropout"] = options => options with { RecurrentDropout = 0.4 },
        ["zoneout of h"] = options => options with { ZoneoutHidden = 0.3 },
        ["zoneout of c"] = options => options with { ZoneoutCell = 0.45 },
    };

    public static MatrixTheoryData<string, Direction> Singles => new(["none", .. Table.Keys, "all"], [Direction.Forward, Direction.Backward]);

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            string[] names = [.. Table.Keys];
            for (int one = 0; one < names.Length; one++)
            {
                for (int other = one + 1; other < names.Length; other++)
                {
                    pairs.Add(names[one], names[other]);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [Trait("Path", "every")]
    [MemberData(nameof(Singles))]
    public void Gradients_are_the_differences_of_the_equations(string option, Direction direction) => Check(Options(option), direction, entries: 24);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void So_they_are_for_each_pair(string one, string other) => Check(Table[other](Options(one)), Direction.Forward, entries: 5);

    [Theory]
    [InlineData("none")]
    [InlineData("all")]
    public void The_number_of_threads_does_not_change_a_bit(string option)
    {
        float[] one = Bits(option, 1);
        Close.Same(one, Bits(option, 2), $"{option} on 2 threads");
        Close.Same(one, Bits(option, 3), $"{option} on 3 threads");
    }

    [Fact]
    public void Clips_bind_in_some_values_and_not_in_others()
    {
        var tape = new Tape(new Workers(1));
        RecurrentOutput cell = new ExtendedLstmGraph(Options("cell clip"), Direction.Forward, training: false).Forward(tape);
        RecurrentOutput projected = new ExtendedLstmGraph(Options("projection clip"), Direction.Forward, training: false).Forward(tape);
        float[] c = [.. ((LstmState)cell.Final).Cell.Values.ToArray().Select(Math.Abs)], h = [.. projected.Outputs.Values.ToArray().Select(Math.Abs)];
        Assert.InRange(c.Count(value => value == 0.35f), 2, c.Length - 2);
        Assert.InRange(h.Count(value => value == 0.15f), 5, h.Length - 5);
        Assert.True(c.Max() == 0.35f && h.Max() == 0.15f);
    }

    [Fact]
    public void Without_options_it_is_the_plain_cell()
    {
        var plain = new LstmCell(4, 7, new SeededRandom(3));
        var extended = new ExtendedLstmCell(4, 7, new SeededRandom(3), new LstmOptions());
        Assert.Equal(plain.Parameters.Select(parameter => parameter.ToString()), extended.Parameters.Select(parameter => parameter.ToString()));
        float[] x = Draw.Uniform(new SeededRandom(1), 6 * 5 * 4, -1, 1);
        float[] Outputs(Cell cell) => new Recurrent(cell).Forward(new Tape(new Workers(1)), SequenceInput.Of(new Tensor(new Shape(6, 5, 4), x))).Outputs.Values.ToArray();
        Close.Equal(Outputs(plain), Outputs(extended), relative: 1e-6, absolute: 1e-7, "outputs");
    }

    [Fact]
    public void Chance_acts_in_training_only_and_differs_from_step_to_step()
    {
        // Nothing is forgotten and the input never changes: without dropout all steps would add the same.
        var cell = new ExtendedLstmCell(1, 64, new SeededRandom(1), new LstmOptions { RecurrentDropout = 0.5 });
        cell.RecurrentWeights!.Edit().Clear();
        cell.Bias.Edit().Slice(64, 64).Fill(50);
        cell.Bias.Edit().Slice(128, 64).Fill(1);
        float[] Added(SeededRandom? random)
        {
            var input = SequenceInput.Of(new Tensor(new Shape(2, 1, 1)));
            var tape = new Tape(new Workers(1));
            float[] first = ((LstmState)new Recurrent(cell).Forward(tape, SequenceInput.Of(new Tensor(new Shape(1, 1, 1))), random: random is null ? null : new SeededRandom(4)).Final).Cell.Values.ToArray();
            float[] both = ((LstmState)new Recurrent(cell).Forward(tape, input, random: random).Final).Cell.Values.ToArray();
            return [.. first.Concat(both.Select((value, i) => value - first[i]))];
        }

        float once = (float)(0.5 * Math.Tanh(1));
        Assert.All(Added(null), value => Assert.Equal(once, value, 1e-5f));
        float[] trained = Added(new SeededRandom(4));
        Assert.All(trained, value => Assert.True(Math.Abs(value) < 1e-5f || Math.Abs(value - (2 * once)) < 1e-5f));
        Assert.InRange(trained[..64].Count(value => value > 0.1f), 20, 44);
        Assert.InRange(trained[64..].Count(value => value > 0.1f), 20, 44);
        Assert.Contains(Enumerable.Range(0, 64), i => Math.Abs(trained[i] - trained[64 + i]) > 0.1f);
    }

    [Fact]
    public void Zoneout_keeps_values_as_they_were()
    {
        const int units = 200;
        var cell = new ExtendedLstmCell(2, units, new SeededRandom(1), new LstmOptions { ZoneoutHidden = 0.25, ZoneoutCell = 0.75 });
        var state = new LstmState(
            new Tensor(new Shape(1, units), Draw.Uniform(new SeededRandom(2), units, -1, 1)), new Tensor(new Shape(1, units), Draw.Uniform(new SeededRandom(3), units, -1, 1)));
        var input = SequenceInput.Of(new Tensor(new Shape(1, 1, 2), [0.3f, -0.7f]));
        var final = (LstmState)new Recurrent(cell).Forward(new Tape(new Workers(1)), input, state, random: new SeededRandom(6)).Final;
        Assert.InRange(Kept(final.Hidden, state.Hidden), 30, 70);
        Assert.InRange(Kept(final.Cell, state.Cell), 130, 170);
        final = (LstmState)new Recurrent(cell).Forward(new Tape(new Workers(1)), input, state).Final;
        Assert.Equal(0, Kept(final.Hidden, state.Hidden) + Kept(final.Cell, state.Cell));

        static int Kept(Tensor after, Tensor before) => Enumerable.Range(0, units).Count(i => after.Values[i] == before.Values[i]);
    }

    [Fact]
    public void Weights_start_with_the_values_that_the_documentation_names()
    {
        var cell = new ExtendedLstmCell(3, 5, new SeededRandom(1), new LstmOptions { Peepholes = true, LayerNormalization = true, ForgetBias = 2, Projection = 2 });
        Assert.Equal([.. Enumerable.Repeat(0f, 5), .. Enumerable.Repeat(2f, 5), .. Enumerable.Repeat(0f, 10)], cell.Bias.Values.ToArray());
        Assert.All(cell.Gains!.Values.ToArray().Concat(cell.CellGain!.Values.ToArray()), value => Assert.Equal(1, value));
        Assert.All(cell.Peepholes!.Values.ToArray().Concat(cell.CellShift!.Values.ToArray()), value => Assert.Equal(0, value));
        Assert.Equal("(2, 20)", cell.RecurrentWeights!.Shape.ToString());
        Assert.Contains(cell.Projection!.Values.ToArray(), value => value != 0);
        var coupled = new ExtendedLstmCell(3, 5, new SeededRandom(1), new LstmOptions { Peepholes = true, CoupledInputForget = true });
        Assert.Equal([.. Enumerable.Repeat(1f, 5), .. Enumerable.Repeat(0f, 10)], coupled.Bias.Values.ToArray());
        Assert.Equal("(10)", coupled.Peepholes!.Shape.ToString());
    }

    [Fact]
    public void It_prints_its_options()
    {
        Assert.Equal("ExtendedLstmCell(4 -> 5, 200 parameters)", new ExtendedLstmCell(4, 5, new SeededRandom(1), new LstmOptions()).ToString());
        Assert.Equal(
            "ExtendedLstmCell(4 -> 3, 5 units, peepholes, projection=3, cell-clip=0.5, gate-activation=relu, zoneout-hidden=0.1, 190 parameters)",
            new ExtendedLstmCell(4, 5, new SeededRandom(1), new LstmOptions { Peepholes = true, Projection = 3, CellClip = 0.5, GateActivation = Activation.Relu, ZoneoutHidden = 0.1 }).ToString());
    }

    public static TheoryData<LstmOptions, string> Wrong => new()
    {
        { new LstmOptions { CellClip = -1 }, "cell clip of an LSTM must be 0 for none, or above and a number that single precision can hold (1.5e-45 to 3.4e38); found -1" },
        { new LstmOptions { CellClip = double.NaN }, "cell clip" },
        { new LstmOptions { CellClip = 1e-60 }, "cell clip" },
        { new LstmOptions { CellClip = 1e300 }, "cell clip" },
        { new LstmOptions { Projection = 2, ProjectionClip = 1e-60 }, "projection clip" },
        { new LstmOptions { ForgetBias = 1e300 }, "forget bias" },
        { new LstmOptions { ForgetBias = -1e-60 }, "forget bias" },
        { new LstmOptions { Projection = 3, ProjectionClip = double.PositiveInfinity }, "projection clip" },
        { new LstmOptions { ProjectionClip = 1 }, "choose a projection too" },
        { new LstmOptions { Projection = -2 }, "found -2" },
        { new LstmOptions { RecurrentDropout = 1 }, "recurrent dropout of an LSTM must be at least 0 and below 1; found 1" },
        { new LstmOptions { ZoneoutHidden = -0.1 }, "zoneout of h" },
        { new LstmOptions { ZoneoutCell = double.NaN }, "zoneout of c" },
        { new LstmOptions { ForgetBias = double.NaN }, "forget bias" },
        { new LstmOptions { GateActivation = (Activation)77 }, "77" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Options_that_cannot_be_meant_are_refused(LstmOptions options, string words)
    {
        ArgumentException failure = Assert.Throws<ArgumentException>(() => new ExtendedLstmCell(4, 5, new SeededRandom(1), options, "mine"));
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("mine: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_unit_cannot_be_normalized() => Assert.Contains(
        "at least 2 units", Assert.Throws<ArgumentException>(() => new ExtendedLstmCell(4, 1, new SeededRandom(1), new LstmOptions { LayerNormalization = true })).Message, StringComparison.Ordinal);

    private static void Check(LstmOptions options, Direction direction, int entries)
    {
        foreach (bool training in options.UsesChance ? new[] { false, true } : [false])
        {
            var graph = new ExtendedLstmGraph(options, direction, training);
            OracleDifferences.AssertAgree(graph.Parameters, graph.Loss, graph.Reference, entries, $"{options}{(training ? " in training" : "")}");
        }
    }

    private static float[] Bits(string option, int threads)
    {
        var graph = new ExtendedLstmGraph(Options(option), Direction.Forward, training: true);
        var tape = new Tape(new Workers(threads));
        Tensor loss = graph.Loss(tape);
        tape.Backward(loss);
        return [loss.Values[0], .. graph.Parameters.SelectMany(parameter => parameter.Gradient.ToArray())];
    }

    private static LstmOptions Options(string name) => name switch
    {
        "none" => new LstmOptions(),
        "all" => Table.Values.Aggregate(new LstmOptions(), (options, add) => add(options)),
        _ => Table[name](new LstmOptions()),
    };
}
