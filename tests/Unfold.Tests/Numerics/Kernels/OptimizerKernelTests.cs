using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Tests.Support;

namespace Unfold.Tests.Numerics.Kernels;

[Trait("Path", "every")]
public sealed class OptimizerKernelTests
{
    private const float Rate = 0.05f;
    private const float Scale = 0.375f;

    /// <summary>Three steps of a rule on floats and on doubles.</summary>
    public sealed record Rule(string Name, Action<State, float[], int, Workers> Fast, Action<Wide, double[], int> Slow)
    {
        public override string ToString() => Name;
    }

    public sealed record State(float[] Parameters, float[] First, float[] Second);

    public sealed record Wide(double[] Parameters, double[] First, double[] Second);

    private static readonly Rule[] s_rules =
    [
        new("sgd", (s, g, t, w) => OptimizerKernels.Sgd(s.Parameters, g, Rate, Scale, w), (s, g, t) => Naive.Sgd(s.Parameters, g, Rate)),
        new("momentum", (s, g, t, w) => OptimizerKernels.Momentum(s.Parameters, g, s.First, Rate, 0.9f, Scale, w), (s, g, t) => Naive.Momentum(s.Parameters, g, s.First, Rate, 0.9f)),
        new("nesterov", (s, g, t, w) => OptimizerKernels.Nesterov(s.Parameters, g, s.First, Rate, 0.9f, Scale, w), (s, g, t) => Naive.Nesterov(s.Parameters, g, s.First, Rate, 0.9f)),
        new("rmsprop", (s, g, t, w) => OptimizerKernels.RmsProp(s.Parameters, g, s.Second, Rate, 0.75f, 0.125f, Scale, w), (s, g, t) => Naive.RmsProp(s.Parameters, g, s.Second, Rate, 0.75f, 0.125f)),
        new("adagrad", (s, g, t, w) => OptimizerKernels.Adagrad(s.Parameters, g, s.Second, Rate, 0.125f, Scale, w), (s, g, t) => Naive.Adagrad(s.Parameters, g, s.Second, Rate, 0.125f)),
        new("adam", (s, g, t, w) => OptimizerKernels.Adam(s.Parameters, g, s.First, s.Second, AdamStep.At(t, Rate, 0.75f, 0.875f, 0.125f, 0), Scale, w), (s, g, t) => Naive.Adam(s.Parameters, g, s.First, s.Second, t, Rate, 0.75, 0.875, 0.125, 0)),
        new("adamw", (s, g, t, w) => OptimizerKernels.Adam(s.Parameters, g, s.First, s.Second, AdamStep.At(t, Rate, 0.75f, 0.875f, 0.125f, 0.5), Scale, w), (s, g, t) => Naive.Adam(s.Parameters, g, s.First, s.Second, t, Rate, 0.75, 0.875, 0.125, 0.5)),
    ];

    public static TheoryData<int> Rules => [.. Enumerable.Range(0, s_rules.Length)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Three_steps_give_the_numbers_of_the_formula_at_every_length(int index)
    {
        Rule rule = s_rules[index];
        var workers = new Workers(2);
        for (int length = 0; length <= 256; length++)
        {
            Compare(rule, length, workers);
        }

        Compare(rule, 20_011, workers);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_bits_do_not_depend_on_the_number_of_threads(int index)
    {
        const int Length = 30_003;
        var random = new SeededRandom(5);
        float[] start = Draw.Normal(random, Length);
        float[] gradient = Draw.Normal(random, Length);
        State? reference = null;
        foreach (int count in new[] { 1, 2, 3, 5 })
        {
            var workers = new Workers(count);
            var state = new State([.. start], new float[Length], new float[Length]);
            s_rules[index].Fast(state, gradient, 1, workers);
            s_rules[index].Fast(state, gradient, 2, workers);
            reference ??= state;
            Close.Same(reference.Parameters, state.Parameters, $"{s_rules[index]} on {count} threads");
            Close.Same(reference.First, state.First, $"first moment of {s_rules[index]} on {count} threads");
            Close.Same(reference.Second, state.Second, $"second moment of {s_rules[index]} on {count} threads");
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_NaN_gradient_reaches_its_parameter_and_no_other(int index)
    {
        var random = new SeededRandom(6);
        for (int length = 1; length <= 70; length += 3)
        {
            int at = random.NextInt32(length);
            var state = new State(Draw.Normal(random, length), new float[length], new float[length]);
            float[] gradient = Draw.Normal(random, length);
            gradient[at] = float.NaN;
            s_rules[index].Fast(state, gradient, 1, new Workers(1));
            for (int i = 0; i < length; i++)
            {
                Assert.Equal(i == at, float.IsNaN(state.Parameters[i]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_short_span_is_refused(int index)
    {
        var workers = new Workers(1);
        var state = new State(new float[10], new float[10], new float[10]);
        Assert.Throws<ArgumentException>(() => s_rules[index].Fast(state, new float[9], 1, workers));
        Assert.Throws<ArgumentException>(() => s_rules[index].Fast(state with { Parameters = new float[9] }, new float[10], 1, workers));
        Assert.Throws<ArgumentException>(() => OptimizerKernels.Momentum(new float[10], new float[10], new float[9], 1, 1, 1, workers));
        Assert.Throws<ArgumentException>(() => OptimizerKernels.Nesterov(new float[10], new float[10], new float[9], 1, 1, 1, workers));
        Assert.Throws<ArgumentException>(() => OptimizerKernels.RmsProp(new float[10], new float[10], new float[9], 1, 1, 1, 1, workers));
        Assert.Throws<ArgumentException>(() => OptimizerKernels.Adagrad(new float[10], new float[10], new float[9], 1, 1, 1, workers));
        Assert.Throws<ArgumentException>(() => OptimizerKernels.Adam(new float[10], new float[10], new float[9], new float[10], default, 1, workers));
        Assert.Throws<ArgumentException>(() => OptimizerKernels.Adam(new float[10], new float[10], new float[10], new float[9], default, 1, workers));
    }

    [Fact]
    public void An_Adam_step_outside_its_range_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => AdamStep.At(0, 1, 0.9, 0.999, 1e-8, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => AdamStep.At(1, 1, 1, 0.999, 1e-8, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => AdamStep.At(1, 1, 0.9, double.NaN, 1e-8, 0));
    }

    [Fact]
    public void Values_are_clipped_and_a_NaN_stays()
    {
        var workers = new Workers(2);
        var random = new SeededRandom(7);
        for (int length = 0; length <= 256; length++)
        {
            float[] values = Draw.Normal(random, length);
            float[] expected = [.. values.Select(v => Math.Clamp(v, -0.75f, 0.75f))];
            if (length > 0)
            {
                int at = random.NextInt32(length);
                values[at] = expected[at] = float.NaN;
                at = random.NextInt32(length);
                values[at] = float.NegativeInfinity;
                expected[at] = -0.75f;
            }

            OptimizerKernels.ClipValues(values, 0.75f, workers);
            Assert.Equal(expected, values);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => OptimizerKernels.ClipValues(new float[3], -1, workers));
        Assert.Throws<ArgumentOutOfRangeException>(() => OptimizerKernels.ClipValues(new float[3], float.NaN, workers));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void The_first_number_that_is_not_finite_is_found(float bad)
    {
        var random = new SeededRandom(8);
        for (int length = 0; length <= 256; length++)
        {
            float[] values = Draw.Normal(random, length, 1e30);
            Assert.Equal(-1, OptimizerKernels.FirstNonFinite(values));
            if (length > 0)
            {
                int at = random.NextInt32(length);
                values[at] = bad;
                values[length - 1] = bad;
                Assert.Equal(at, OptimizerKernels.FirstNonFinite(values));
            }
        }

        float[] many = Draw.Normal(random, 50_000);
        many[4096] = float.MaxValue;
        many[4097] = float.Epsilon;
        Assert.Equal(-1, OptimizerKernels.FirstNonFinite(many));
        many[49_999] = bad;
        Assert.Equal(49_999, OptimizerKernels.FirstNonFinite(many));
        many[8191] = bad;
        Assert.Equal(8191, OptimizerKernels.FirstNonFinite(many));
    }

    private static void Compare(Rule rule, int length, Workers workers)
    {
        var random = new SeededRandom((ulong)length + 1);
        var state = new State(Draw.Normal(random, length), new float[length], new float[length]);
        var wide = new Wide(Naive.Widen(state.Parameters), new double[length], new double[length]);
        for (int t = 1; t <= 3; t++)
        {
            float[] gradient = Draw.Normal(random, length);
            rule.Fast(state, gradient, t, workers);
            rule.Slow(wide, [.. gradient.Select(g => (double)g * Scale)], t);
        }

        Close.Equal(wide.Parameters, state.Parameters, relative: 1e-6, absolute: 3e-7, $"parameters of {rule}, length {length}");
        Close.Equal(wide.First, state.First, relative: 1e-6, absolute: 3e-7, $"first moment of {rule}, length {length}");
        Close.Equal(wide.Second, state.Second, relative: 1e-6, absolute: 3e-7, $"second moment of {rule}, length {length}");
    }
}
