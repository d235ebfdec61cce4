using Unfold.Initialization;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Initialization;

public sealed class InitializerTests
{
    public static TheoryData<string> All => [.. Table.Keys];

    private static Dictionary<string, Initializer> Table { get; } = new()
    {
        ["uniform"] = Initializer.Uniform(0.3),
        ["normal"] = Initializer.Normal(0.2),
        ["glorot uniform"] = Initializer.GlorotUniform,
        ["glorot normal"] = Initializer.GlorotNormal,
        ["he uniform"] = Initializer.HeUniform,
        ["he normal"] = Initializer.HeNormal,
        ["orthogonal"] = Initializer.Orthogonal,
        ["identity"] = Initializer.Identity(0.5f),
        ["constant"] = Initializer.Constant(-0.25f),
    };

    [Theory]
    [InlineData("uniform", 0.3, 0.3 * 0.3 / 3)]
    [InlineData("glorot uniform", 0.1118033988749895, 1.0 / 240)] // sqrt(6 / 480), 2 / (80 + 400)
    [InlineData("he uniform", 0.2738612787525831, 1.0 / 40)] // sqrt(6 / 80), 2 / 80
    [InlineData("normal", double.PositiveInfinity, 0.04)]
    [InlineData("glorot normal", double.PositiveInfinity, 1.0 / 240)]
    [InlineData("he normal", double.PositiveInfinity, 1.0 / 40)]
    public void RandomValuesHaveTheVarianceAndStayInTheRange(string name, double range, double variance)
    {
        float[] values = Filled(Table[name], 80, 400, seed: 7);
        double mean = values.Average(v => (double)v);
        double square = values.Average(v => (double)v * v);

        Assert.InRange(mean, -5 * Math.Sqrt(variance / values.Length), 5 * Math.Sqrt(variance / values.Length));
        Assert.InRange(square, variance * 0.96, variance * 1.04);
        Assert.All(values, v => Assert.InRange(Math.Abs((double)v), 0, range * 1.0000001));
        if (double.IsFinite(range))
        {
            Assert.True(values.Max() > 0.99 * range && values.Min() < -0.99 * range, "the whole range is used");
        }
        else
        {
            double beyondTwoDeviations = values.Average(v => Math.Abs(v) > 2 * Math.Sqrt(variance) ? 1.0 : 0.0);
            Assert.InRange(beyondTwoDeviations, 0.040, 0.051);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(17, 17)]
    [InlineData(9, 23)]
    [InlineData(23, 9)]
    [InlineData(40, 1)]
    [InlineData(37, 148)]
    public void TheShorterSideIsOrthonormal(int rows, int columns)
    {
        float[] values = Filled(Initializer.Orthogonal, rows, columns, seed: 3);
        int count = Math.Min(rows, columns);
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double dot = 0;
                for (int k = 0; k < Math.Max(rows, columns); k++)
                {
                    dot += rows <= columns
                        ? (double)values[(i * columns) + k] * values[(j * columns) + k]
                        : (double)values[(k * columns) + i] * values[(k * columns) + j];
                }

                Assert.Equal(i == j ? 1.0 : 0.0, dot, 5e-7);
            }
        }
    }

    [Fact]
    public void TheTraceIsThatOfUniformMatrices()
    {
        // The trace of a uniform orthogonal matrix has mean 0 and variance 1, whatever its size; a sign convention that
        // favours the diagonal shows at once.
        const int Size = 8;
        const int Matrices = 2000;
        var random = new SeededRandom(5);
        var values = new float[Size * Size];
        var traces = new double[Matrices];
        for (int m = 0; m < Matrices; m++)
        {
            Initializer.Orthogonal.Fill(values, Size, Size, random);
            for (int i = 0; i < Size; i++)
            {
                traces[m] += values[(i * Size) + i];
            }
        }

        Assert.InRange(traces.Average(), -0.1, 0.1);
        Assert.InRange(traces.Average(t => t * t), 0.85, 1.15);
    }

    [Fact]
    public void IdentityFillsTheDiagonalOfEachBlock()
    {
        var values = new float[2 * 6];
        Array.Fill(values, 9);
        Initializer.Identity(0.5f).Fill(values, 2, 6, new SeededRandom(1));
        Assert.Equal([0.5f, 0, 0.5f, 0, 0.5f, 0, 0, 0.5f, 0, 0.5f, 0, 0.5f], values);
    }

    [Fact]
    public void ConstantFillsVectorsToo()
    {
        var values = new float[5];
        Initializer.Constant(0.75f).Fill(values, 2, 9, new SeededRandom(1));
        Assert.Equal([0.75f, 0.75f, 0.75f, 0.75f, 0.75f], values);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void TheSameSeedGivesTheSameValues(string name)
    {
        float[] first = Filled(Table[name], 12, 36, seed: 21);
        Close.Same(first, Filled(Table[name], 12, 36, seed: 21), name);
        if (name is not ("identity" or "constant"))
        {
            Assert.NotEqual(first, Filled(Table[name], 12, 36, seed: 22));
        }
    }

    [Fact]
    public void MatrixRulesRefuseValuesThatDoNotFillTheMatrix()
    {
        foreach (Initializer rule in new[] { Initializer.Orthogonal, Initializer.Identity(1) })
        {
            ArgumentException failure = Assert.Throws<ArgumentException>(() => rule.Fill(new float[11], 3, 4, new SeededRandom(1)));
            Assert.Contains("3 x 4", failure.Message, StringComparison.Ordinal);
            Assert.Contains("11", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ImpossibleSettingsAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Uniform(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Uniform(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Normal(double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Identity(float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.Constant(float.NegativeInfinity));
        Assert.Throws<ArgumentException>(() => Initializer.HeUniform.Fill(new float[3], 0, 3, new SeededRandom(1)));
    }

    private static float[] Filled(Initializer rule, int fanIn, int fanOut, ulong seed)
    {
        var values = new float[fanIn * fanOut];
        Array.Fill(values, float.NaN);
        rule.Fill(values, fanIn, fanOut, new SeededRandom(seed));
        return values;
    }
}
