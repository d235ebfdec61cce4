using Unfold.Autograd;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Training;

namespace Unfold.Tests.Training;

[Trait("Path", "every")]
public sealed class OptimizerTests
{
    private delegate void Rule(double[] p, double[] g, double[] first, double[] second, int t, double rate);

    public static TheoryData<string> All => [.. Table.Keys];

    private static Dictionary<string, (Func<Optimizer> Create, Rule Rule)> Table { get; } = new()
    {
        ["sgd"] = (() => new Sgd(), (p, g, _, _, _, rate) => Naive.Sgd(p, g, rate)),
        ["momentum"] = (() => new Momentum(), (p, g, v, _, _, rate) => Naive.Momentum(p, g, v, rate, 0.9)),
        ["nesterov"] = (() => new Nesterov(), (p, g, v, _, _, rate) => Naive.Nesterov(p, g, v, rate, 0.9)),
        ["rmsprop"] = (() => new RmsProp(), (p, g, s, _, _, rate) => Naive.RmsProp(p, g, s, rate, 0.99, 1e-8)),
        ["adagrad"] = (() => new Adagrad(), (p, g, s, _, _, rate) => Naive.Adagrad(p, g, s, rate, 1e-10)),
        ["adam"] = (() => new Adam(), (p, g, m, v, t, rate) => Naive.Adam(p, g, m, v, t, rate, 0.9, 0.999, 1e-8, 0)),
        ["adamw"] = (() => new AdamW(), (p, g, m, v, t, rate) => Naive.Adam(p, g, m, v, t, rate, 0.9, 0.999, 1e-8, 0.01)),
        ["momentum 0.5"] = (() => new Momentum(new MomentumOptions { Momentum = 0.5 }), (p, g, v, _, _, rate) => Naive.Momentum(p, g, v, rate, 0.5)),
        ["nesterov 0.5"] = (() => new Nesterov(new MomentumOptions { Momentum = 0.5 }), (p, g, v, _, _, rate) => Naive.Nesterov(p, g, v, rate, 0.5)),
        ["rmsprop 0.8"] = (() => new RmsProp(new RmsPropOptions { Alpha = 0.8, Epsilon = 0.1 }), (p, g, s, _, _, rate) => Naive.RmsProp(p, g, s, rate, 0.8, 0.1)),
        ["adagrad 0.2"] = (() => new Adagrad(new AdagradOptions { Epsilon = 0.2 }), (p, g, s, _, _, rate) => Naive.Adagrad(p, g, s, rate, 0.2)),
        ["adam 0.7"] = (
            () => new Adam(new AdamOptions { Beta1 = 0.7, Beta2 = 0.95, Epsilon = 0.1 }),
            (p, g, m, v, t, rate) => Naive.Adam(p, g, m, v, t, rate, 0.7, 0.95, 0.1, 0)),
        ["adamw 0.7"] = (
            () => new AdamW(new AdamWOptions { Beta1 = 0.7, Beta2 = 0.95, Epsilon = 0.1, WeightDecay = 0.3 }),
            (p, g, m, v, t, rate) => Naive.Adam(p, g, m, v, t, rate, 0.7, 0.95, 0.1, 0.3)),
    };

    [Theory]
    [MemberData(nameof(All))]
    public void TwentyStepsFollowTheFormulaInDoublePrecision(string name)
    {
        (Func<Optimizer> create, Rule rule) = Table[name];
        Optimizer optimizer = create();
        ParameterSet parameters = Sets.Small(seed: 4);
        var workers = new Workers(1);
        double[] expected = Widen(parameters.Values);
        double[] start = [.. expected];
        var first = new double[expected.Length];
        var second = new double[expected.Length];
        var random = new SeededRandom(5);
        for (int t = 1; t <= 20; t++)
        {
            Sets.DrawGradients(parameters, random);
            double rate = 0.05 / t;
            double[] scaled = [.. Widen(parameters.Gradients).Select(g => 0.75 * g)];
            rule(expected, scaled, first, second, t, rate);
            optimizer.Step(parameters, rate, 0.75f, workers);

            Assert.Equal(t, optimizer.Steps);
            Close.Equal(expected, parameters.Values, 1e-6, 1e-6, $"{name}, step {t}");
        }

        Assert.True(start.Zip(expected, (a, b) => Math.Abs(a - b)).Max() > 0.05, "the steps are much larger than the tolerance");
        double[][] moments = [first, second];
        for (int i = 0; i < optimizer.Moments.Count; i++)
        {
            Close.Equal(moments[i], optimizer.Moments[i].Values.Span, 2e-5, 1e-7, $"{name}, {optimizer.Moments[i].Name}");
        }
    }

    [Theory]
    [InlineData("sgd", 0.8, 0.6)] // 1 - 0.1 * 2, twice
    [InlineData("momentum", 0.8, 0.42)] // v = 2, then 3.8
    [InlineData("nesterov", 0.62, 0.078)] // 2 + 0.9 * 2 = 3.8, then 2 + 0.9 * 3.8 = 5.42
    [InlineData("rmsprop", 0.0, -0.7088812050083358)] // s = 0.04, then 0.0796: 2 / 0.2, then 2 / 0.282134...
    [InlineData("adagrad", 0.9, 0.8292893218813453)] // s = 4, then 8
    [InlineData("adam", 0.9, 0.8)] // a constant gradient moves by the learning rate
    [InlineData("adamw", 0.899, 0.798101)] // 0.999 p first
    public void TheFirstTwoStepsAreThoseWorkedOutByHand(string name, double first, double second)
    {
        // 1 - 0.99 in single precision is off by one part in a million.
        const double Rounding = 1e-6;
        Optimizer optimizer = Table[name].Create();
        var parameters = new ParameterSet([new Parameter("p", new Shape(1))]);
        var workers = new Workers(1);
        parameters.Edit()[0] = 1;
        parameters[0].Gradient[0] = 2;
        optimizer.Step(parameters, 0.1, 1, workers);
        Close.Equal(first, parameters.Values[0], 0, Rounding, name);
        optimizer.Step(parameters, 0.1, 1, workers);
        Close.Equal(second, parameters.Values[0], 0, Rounding, name);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void TheBitsDoNotDependOnTheNumberOfThreads(string name)
    {
        ParameterSet expected = Trained(name, new Workers(1));
        foreach (int threads in new[] { 2, 3 })
        {
            Close.Same(expected.Values, Trained(name, new Workers(threads)).Values, $"{name}, {threads} threads");
        }

        static ParameterSet Trained(string name, Workers workers)
        {
            ParameterSet parameters = Sets.Large(seed: 8);
            Optimizer optimizer = Table[name].Create();
            var random = new SeededRandom(9);
            for (int t = 0; t < 3; t++)
            {
                Sets.DrawGradients(parameters, random);
                optimizer.Step(parameters, 0.01, 0.5f, workers);
            }

            return parameters;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void ARestoredOptimizerGoesOnWithTheSameBits(string name)
    {
        var workers = new Workers(1);
        ParameterSet parameters = Sets.Small(seed: 14);
        Optimizer optimizer = Table[name].Create();
        var random = new SeededRandom(15);
        Train(optimizer, parameters, random, workers);

        ParameterSet copy = Sets.Small(seed: 99);
        parameters.Values.CopyTo(copy.Edit());
        Optimizer restored = Table[name].Create();
        Train(restored, Sets.Small(seed: 1), new SeededRandom(1), workers); // what was there before is forgotten
        var moments = optimizer.Moments.Select(m => (m.Name, (ReadOnlyMemory<float>)m.Values.ToArray())).Reverse().ToArray();
        restored.Restore(copy, optimizer.Steps, moments);
        Assert.Equal(optimizer.Steps, restored.Steps);

        var state = new byte[SeededRandom.StateBytes];
        random.WriteState(state);
        Train(optimizer, parameters, random, workers);
        Train(restored, copy, new SeededRandom(state), workers);
        Close.Same(parameters.Values, copy.Values, name);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void RestoringTheStateBeforeTheFirstStepStartsAnew(string name)
    {
        var workers = new Workers(1);
        Optimizer used = Table[name].Create();
        ParameterSet expected = Sets.Small(seed: 30), actual = Sets.Small(seed: 30);
        Train(used, Sets.Small(seed: 31), new SeededRandom(1), workers);
        Optimizer fresh = Table[name].Create();
        Assert.Empty(fresh.Moments);
        used.Restore(actual, 0, []);
        Assert.Empty(used.Moments);
        Train(fresh, expected, new SeededRandom(2), workers);
        Train(used, actual, new SeededRandom(2), workers);
        Close.Same(expected.Values, actual.Values, name);
    }

    [Fact]
    public void RestoreRefusesMomentsThatDoNotFitAndChangesNothing()
    {
        var workers = new Workers(1);
        ParameterSet parameters = Sets.Small(seed: 1);
        var adam = new Adam();
        Train(adam, parameters, new SeededRandom(3), workers);
        float[] before = adam.Moments[0].Values.ToArray();
        int length = parameters.Values.Length;
        (string, ReadOnlyMemory<float>) Moment(string name, int values) => (name, new float[values]);

        string few = Refusal([Moment("mean", length)]);
        Assert.Contains("2 moments; found 1", few, StringComparison.Ordinal);
        string strange = Refusal([Moment("mean", length), Moment("velocity", length)]);
        Assert.Contains("'squares' is missing", strange, StringComparison.Ordinal);
        string shorter = Refusal([Moment("mean", length), Moment("squares", length - 1)]);
        Assert.Contains($"must hold {length} values as the parameters do; found {length - 1}", shorter, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => adam.Restore(parameters, -1, []));

        Assert.Equal(3, adam.Steps);
        Close.Same(before, adam.Moments[0].Values.Span, "the moments are untouched");

        string Refusal((string Name, ReadOnlyMemory<float> Values)[] moments) =>
            Assert.Throws<ArgumentException>(() => adam.Restore(parameters, 7, moments)).Message;
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-1f)]
    public void AFactorOfTheGradientsThatIsNoneChangesNothing(float scale)
    {
        ParameterSet parameters = Sets.Small(seed: 1);
        Sets.DrawGradients(parameters, new SeededRandom(2));
        float[] before = parameters.Values.ToArray();
        var adam = new Adam();
        string message = Assert.Throws<ArgumentException>(() => adam.Step(parameters, 0.01, scale, new Workers(1))).Message;
        Assert.Contains("adam: gradientScale must be a finite number of at least 0; found", message, StringComparison.Ordinal);
        Close.Same(before, parameters.Values, "the parameters are untouched");
        Assert.Equal(0, adam.Steps);
        Assert.Empty(adam.Moments);
    }

    [Fact]
    public void AnOptimizerServesOneModel()
    {
        var workers = new Workers(1);
        var optimizer = new RmsProp();
        Train(optimizer, Sets.Small(seed: 1), new SeededRandom(1), workers);
        ArgumentException failure = Assert.Throws<ArgumentException>(() => optimizer.Step(Sets.Large(seed: 1), 0.1, 1, workers));
        Assert.Contains("serves one model", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, optimizer.Steps);
    }

    [Fact]
    public void TwoOptimizersShareNothing()
    {
        var workers = new Workers(1);
        ParameterSet a = Sets.Small(seed: 6), b = Sets.Small(seed: 6);
        var first = new Adam(new AdamOptions { Beta1 = 0.5 });
        var second = new Adam();
        Train(first, a, new SeededRandom(7), workers);
        Train(second, b, new SeededRandom(7), workers);
        Assert.NotEqual(a.Values.ToArray(), b.Values.ToArray());
        ParameterSet alone = Sets.Small(seed: 6);
        Train(new Adam(new AdamOptions { Beta1 = 0.5 }), alone, new SeededRandom(7), workers);
        Close.Same(alone.Values, a.Values, "as if the other did not exist");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void ZeroGradientsAndGapsNeverBecomeNaN(string name)
    {
        ParameterSet parameters = Sets.Small(seed: 2);
        float[] before = parameters.Values.ToArray();
        Optimizer optimizer = Table[name].Create();
        optimizer.Step(parameters, 0.1, 1, new Workers(1));
        double shrink = name switch { "adamw" => 0.999, "adamw 0.7" => 0.97, _ => 1 };
        Close.Equal(Widen(before).Select(v => v * shrink).ToArray(), parameters.Values, 2e-7, 0, name);
    }

    [Fact]
    public void AStepMarksTheParametersAsChanged()
    {
        ParameterSet parameters = Sets.Small(seed: 2);
        long[] versions = [.. parameters.Select(p => p.Version)];
        new Sgd().Step(parameters, 0.1, 1, new Workers(1));
        Assert.All(parameters.Select((p, i) => (p, i)), pair => Assert.True(pair.p.Version > versions[pair.i]));
    }

    [Fact]
    public void EachHasItsNameOfTheCommandLine()
    {
        Optimizer[] all = [new Sgd(), new Momentum(), new Nesterov(), new RmsProp(), new Adagrad(), new Adam(), new AdamW()];
        Assert.Equal(["sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adam", "adamw"], all.Select(o => o.Name));
    }

    [Fact]
    public void ImpossibleSettingsAreRefused()
    {
        ArgumentException failure = Assert.Throws<ArgumentException>(() => new Adam(new AdamOptions { Beta2 = 1 }));
        Assert.Equal("adam: Beta2 must be at least 0 and below 1; found 1.", failure.Message);
        Assert.Throws<ArgumentException>(() => new Adam(new AdamOptions { Beta1 = double.NaN }));
        Assert.Throws<ArgumentException>(() => new Adam(new AdamOptions { Beta2 = 0.99999999999 })); // 1 in single precision
        Assert.Throws<ArgumentException>(() => new Adam(new AdamOptions { Epsilon = 0 }));
        Assert.Throws<ArgumentException>(() => new Adagrad(new AdagradOptions { Epsilon = 1e-60 })); // 0 in single precision
        Assert.Throws<ArgumentException>(() => new RmsProp(new RmsPropOptions { Alpha = -0.1 }));
        Assert.Throws<ArgumentException>(() => new Momentum(new MomentumOptions { Momentum = 1.5 }));
        Assert.Throws<ArgumentException>(() => new Nesterov(new MomentumOptions { Momentum = -0.5 }));
        Assert.Throws<ArgumentException>(() => new AdamW(new AdamWOptions { WeightDecay = -1 }));
        Assert.Throws<ArgumentException>(() => new Sgd().Step(Sets.Small(seed: 1), double.NaN, 1, new Workers(1)));
    }

    private static void Train(Optimizer optimizer, ParameterSet parameters, SeededRandom random, Workers workers)
    {
        for (int t = 0; t < 3; t++)
        {
            Sets.DrawGradients(parameters, random);
            optimizer.Step(parameters, 0.02, 0.9f, workers);
        }
    }

    private static double[] Widen(ReadOnlySpan<float> values)
    {
        var wide = new double[values.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = values[i];
        }

        return wide;
    }
}
