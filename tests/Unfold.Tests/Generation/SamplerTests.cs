using Unfold.Generation;
using Unfold.Numerics;

namespace Unfold.Tests.Generation;

public sealed class SamplerTests
{
    public static TheoryData<double, int?, double?, double?, double?, int[]> Settings => new()
    {
        { 1, null, null, null, null, [] },
        { 0.6, null, null, null, null, [3] },
        { 1.7, null, null, null, null, [] },
        { 1, 4, null, null, null, [] },
        { 0.8, 1000, null, null, null, [0, 12] },
        { 1, null, 0.75, null, null, [] },
        { 1.3, null, 0.9, null, null, [7, 2] },
        { 1, null, 1.0, null, null, [] },
        { 0.9, 6, 0.8, null, null, [1] },
        { 1, null, null, 0.2, null, [] },
        { 1.4, null, null, 0.1, null, [4] },
        { 1, null, null, null, 0.6, [] },
        { 0.8, null, null, null, 0.85, [3] },
        { 1.2, 9, 0.95, 0.05, 0.7, [2] },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Draws_follow_the_exact_distribution(double temperature, int? topK, double? topP, double? minP, double? typical, int[] excluded)
    {
        float[] logits = RandomLogits(new SeededRandom(3), 13);
        var options = new SamplingOptions { Temperature = temperature, TopK = topK, TopP = topP, MinP = minP, Typical = typical };
        double[] exact = Naive(logits, options, excluded);
        var sampler = new Sampler(options, logits.Length, new SeededRandom(11), excluded);
        const int draws = 200_000;
        int[] counts = new int[logits.Length];
        for (int i = 0; i < draws; i++)
        {
            counts[sampler.Choose(logits)]++;
        }

        double chiSquare = 0;
        int possible = 0;
        for (int token = 0; token < exact.Length; token++)
        {
            if (exact[token] == 0)
            {
                Assert.Equal(0, counts[token]);
                continue;
            }

            possible++;
            double expected = exact[token] * draws;
            Assert.True(expected > 20, "The test's logits must make every possible token common enough for the statistic.");
            chiSquare += (counts[token] - expected) * (counts[token] - expected) / expected;
        }

        // With up to 12 degrees of freedom a right sampler exceeds 40 once in ten thousand seeds; this seed does not.
        Assert.InRange(chiSquare, 1e-9, 40);
        Assert.True(possible > 1);
    }

    [Fact]
    public void The_drawable_set_is_that_of_a_naive_implementation()
    {
        var random = new SeededRandom(17);
        for (int round = 0; round < 300; round++)
        {
            int vocabulary = 1 + random.NextInt32(40);

            // Few different logits make many ties.
            float[] logits = [.. Enumerable.Range(0, vocabulary).Select(_ => (random.NextInt32(7) - 3) * 0.37f)];
            int? topK = random.NextInt32(2) == 0 ? null : 1 + random.NextInt32(vocabulary + 3);
            double? topP = random.NextInt32(2) == 0 ? null : 0.0137 + (0.98 * random.NextDouble());
            double? minP = random.NextInt32(2) == 0 ? null : 0.0171 + (0.98 * random.NextDouble());
            double? typical = random.NextInt32(2) == 0 ? null : 0.0153 + (0.98 * random.NextDouble());
            int[] excluded = vocabulary > 3 ? [random.NextInt32(vocabulary), random.NextInt32(vocabulary)] : [];
            var options = new SamplingOptions { Temperature = 0.9, TopK = topK, TopP = topP, MinP = minP, Typical = typical };
            double[] exact = Naive(logits, options, excluded);
            var sampler = new Sampler(options, vocabulary, random.Split(), excluded);
            var drawn = new HashSet<int>();
            for (int i = 0; i < 3000; i++)
            {
                drawn.Add(sampler.Choose(logits));
            }

            Assert.Equal(Enumerable.Range(0, vocabulary).Where(token => exact[token] > 0), drawn.Order());
        }
    }

    [Fact]
    public void Greedy_takes_the_likeliest_and_among_equals_the_first()
    {
        var random = new SeededRandom(4);
        var untouched = new SeededRandom(4);
        var sampler = new Sampler(SamplingOptions.Greedy, 6, random, 4);
        Assert.Equal(2, sampler.Choose([-1, 0.5f, 3, 3, 9, -7]));
        Assert.Equal(0, sampler.Choose([-0f, 0f, -9, -9, 1, float.NegativeInfinity]));
        Assert.Equal(5, sampler.Choose([-5, -4, -3.5f, -3, 9, -2]));
        Assert.Equal(untouched.NextUInt64(), random.NextUInt64());
        Assert.Equal(0, SamplingOptions.Greedy.Temperature);
    }

    [Fact]
    public void Top_k_keeps_the_first_of_equals_also_with_negative_zero()
    {
        var sampler = new Sampler(new SamplingOptions { TopK = 2 }, 5, new SeededRandom(1));
        var drawn = new HashSet<int>();
        for (int i = 0; i < 500; i++)
        {
            drawn.Add(sampler.Choose([-1, -0f, 0f, -0f, 0f]));
        }

        Assert.Equal([1, 2], drawn.Order());
    }

    [Fact]
    public void The_same_seed_draws_the_same_tokens_and_another_seed_others()
    {
        float[] logits = RandomLogits(new SeededRandom(2), 50);
        var options = new SamplingOptions { Temperature = 1.2, TopK = 30, TopP = 0.95 };
        int[] Draw(ulong seed)
        {
            var sampler = new Sampler(options, logits.Length, new SeededRandom(seed));
            return [.. Enumerable.Range(0, 100).Select(_ => sampler.Choose(logits))];
        }

        Assert.Equal(Draw(8), Draw(8));
        Assert.NotEqual(Draw(8), Draw(9));
    }

    [Theory]
    [InlineData(1e-300)]
    [InlineData(1e-3)]
    [InlineData(1e300)]
    public void Extreme_temperatures_stay_numbers(double temperature)
    {
        var sampler = new Sampler(new SamplingOptions { Temperature = temperature }, 4, new SeededRandom(1));
        int[] counts = new int[4];
        for (int i = 0; i < 4000; i++)
        {
            counts[sampler.Choose([float.MinValue, 1, 2, float.NegativeInfinity])]++;
        }

        Assert.Equal(0, counts[3]);
        if (temperature < 1)
        {
            Assert.Equal(4000, counts[2]);
        }
        else
        {
            Assert.All(counts[..3], count => Assert.InRange(count, 1200, 1467));
        }
    }

    [Fact]
    public void Choosing_allocates_nothing()
    {
        float[] logits = RandomLogits(new SeededRandom(2), 500);
        foreach (SamplingOptions options in new[] { SamplingOptions.Greedy, new() { TopK = 9, TopP = 0.9 }, new() { TopP = 0.5 }, new() })
        {
            var sampler = new Sampler(options, logits.Length, new SeededRandom(1));
            sampler.Choose(logits);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 20; i++)
            {
                sampler.Choose(logits);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void Logits_that_are_no_numbers_are_refused()
    {
        var sampler = new Sampler(new SamplingOptions(), 3, new SeededRandom(1), 0);
        Assert.Equal("The model's logit for token 2 should be a number and is NaN: its weights are damaged or its training diverged.", Assert.Throws<UnfoldException>(() => sampler.Choose([0, 1, float.NaN])).Message);
        Assert.Contains("is infinity", Assert.Throws<UnfoldException>(() => sampler.Choose([0, float.PositiveInfinity, 1])).Message, StringComparison.Ordinal);
        Assert.Equal("None of the 2 tokens can come next: the model's logits are all negative infinity.", Assert.Throws<UnfoldException>(() => sampler.Choose([0, float.NegativeInfinity, float.NegativeInfinity])).Message);
        Assert.Throws<ArgumentException>(() => sampler.Choose([0, 1]));
    }

    [Fact]
    public void Impossible_settings_are_refused_with_a_sentence()
    {
        Assert.StartsWith("The temperature must be a finite number of at least 0", Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { Temperature = -0.1 }).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { Temperature = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { Temperature = double.PositiveInfinity });
        Assert.StartsWith("Top-k must keep at least 1 token; found 0.", Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { TopK = 0 }).Message, StringComparison.Ordinal);
        Assert.StartsWith("Top-p must be above 0 and at most 1; found 0.", Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { TopP = 0 }).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { TopP = 1.01 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { TopP = double.NaN });
        Assert.StartsWith("Min-p must be above 0 and at most 1; found 0.", Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { MinP = 0 }).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { MinP = 1.5 });
        Assert.StartsWith("The share of typical sampling must be above 0 and at most 1; found 2.", Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { Typical = 2 }).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { Typical = double.NaN });
        Assert.Throws<ArgumentException>(() => new Sampler(new SamplingOptions(), 3, new SeededRandom(1), 3));
        Assert.Throws<ArgumentException>(() => new Sampler(new SamplingOptions(), 2, new SeededRandom(1), 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler(new SamplingOptions(), 0, new SeededRandom(1)));
        Assert.Equal(1, new SamplingOptions().Temperature);
        Assert.Equal(1, (new SamplingOptions { TopK = 3 } with { TopK = null, TopP = 1 }).TopP);
    }

    /// <summary>The definition, step by step, with a stable sort of everything.</summary>
    private static double[] Naive(float[] logits, SamplingOptions options, int[] excluded)
    {
        double temperature = options.Temperature;
        double highest = logits.Max();
        var kept = Enumerable.Range(0, logits.Length).Where(token => !excluded.Contains(token))
            .Select(token => (Token: token, Weight: Math.Exp((logits[token] - highest) / temperature)))
            .OrderByDescending(pair => logits[pair.Token]).ThenBy(pair => pair.Token)
            .Take(options.TopK ?? int.MaxValue).ToList();
        if (options.TopP is double share && share < 1)
        {
            double all = kept.Sum(pair => pair.Weight);
            int count = 1;
            while (kept.Take(count).Sum(pair => pair.Weight) < share * all)
            {
                count++;
            }

            kept = [.. kept.Take(count)];
        }

        if (options.MinP is double least)
        {
            kept = [.. kept.Where(pair => pair.Weight >= least * kept[0].Weight)];
        }

        if (options.Typical is double typical && typical < 1)
        {
            double all = kept.Sum(pair => pair.Weight);
            double entropy = kept.Sum(pair => -(pair.Weight / all) * Math.Log(pair.Weight / all));
            kept = [.. kept.OrderBy(pair => Math.Abs(-Math.Log(pair.Weight / all) - entropy)).ThenByDescending(pair => logits[pair.Token]).ThenBy(pair => pair.Token)];
            int count = 1;
            while (kept.Take(count).Sum(pair => pair.Weight) < typical * all)
            {
                count++;
            }

            kept = [.. kept.Take(count)];
        }

        double[] probabilities = new double[logits.Length];
        foreach ((int token, double weight) in kept)
        {
            probabilities[token] = weight / kept.Sum(pair => pair.Weight);
        }

        return probabilities;
    }

    private static float[] RandomLogits(SeededRandom random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(1.3 * random.NextNormal()))];
}
