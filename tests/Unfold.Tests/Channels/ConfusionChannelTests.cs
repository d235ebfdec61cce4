using Unfold.Channels;
using Unfold.Numerics;
using Unfold.Rescoring;
using Unfold.Tests.Support;

namespace Unfold.Tests.Channels;

public sealed class ConfusionChannelTests
{
    private static readonly ConfusionTable Table = new([("a", "b", 3), ("a", "c", 1), ("b", "a", 1), ("d", "a", 2)], 0.2);
    private static readonly Dictionary<string, long> Counts = new() { ["a"] = 5, ["b"] = 3, ["c"] = 1, ["d"] = 1 };

    [Fact]
    public void What_is_observed_of_a_symbol_has_the_probabilities_of_the_table()
    {
        var random = new SeededRandom(3);
        const int draws = 40_000;
        string[] observed = [.. Enumerable.Range(0, draws).Select(_ => Table.Observe("a", random))];
        double Share(string symbol) => (double)observed.Count(one => one == symbol) / draws;

        // Four standard deviations of a share near 0.2.
        Close.Equal([0.8, 0.15, 0.05], [Share("a"), Share("b"), Share("c")], 0, 0.008, "1 - e, and e times the weights");
        Assert.Equal("x", Table.Observe("x", random));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1e-101)]
    [InlineData(double.NaN)]
    public void A_rate_of_no_errors_or_nothing_else_is_refused(double rate)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConfusionTable([("a", "b", 1)], rate));
        Assert.True(double.IsFinite(new ConfusionTable([("a", "b", 1e-9), ("a", "c", 1e9)], 1e-100).Sources("b")[1].LogProbability));
    }

    [Fact]
    public void The_sources_of_an_observation_are_all_that_may_give_it()
    {
        Assert.Equal(["a", "b", "d"], Table.Sources("a").Select(source => source.Symbol));
        Close.Equal([Math.Log(0.8), Math.Log(0.2), Math.Log(0.2)], [.. Table.Sources("a").Select(source => source.LogProbability)], 1e-12, 0, "a as it is, b for a, d for a");
        Assert.Equal([("x", 0)], Table.Sources("x"));
        Assert.Equal([true, false], [Table.Confuses("d"), Table.Confuses("c")]);
        Assert.Equal([("c", 0), ("a", Math.Log(0.2 * 0.25))], Table.Sources("c"));
    }

    [Theory]
    [InlineData(ErrorMeasure.Words, "a b a c x")]
    [InlineData(ErrorMeasure.Characters, "abacx")]
    public void A_list_is_what_trying_everything_finds(ErrorMeasure symbols, string observed)
    {
        var channel = new ConfusionChannel(Table, symbols, Counts);
        NBestList list = channel.List("one", observed, 7, "a a a a x");
        IEnumerable<(string[] Symbols, double Channel, double Total)> all = [([], 0, 0)];
        foreach (string symbol in observed.Split(' ').SelectMany(word => word.Select(letter => $"{letter}")))
        {
            all = [.. from path in all from source in Table.Sources(symbol) select ((string[])[.. path.Symbols, source.Symbol], path.Channel + source.LogProbability, path.Total + source.LogProbability + Math.Log(Math.Max(Counts.GetValueOrDefault(source.Symbol), 0.5) / 11))];
        }

        (string[] Symbols, double Channel, double Total)[] wanted = [.. all.OrderByDescending(path => path.Total).Take(7)];
        Assert.Equal(wanted.Select(path => string.Join(symbols == ErrorMeasure.Words ? " " : "", path.Symbols)), list.Hypotheses.Select(hypothesis => hypothesis.Text));
        Close.Equal([.. wanted.Select(path => path.Channel)], [.. list.Hypotheses.Select(hypothesis => hypothesis.Channel)], 1e-12, 0, "ln p(observed | text)");
        Assert.Equal(("one", "a a a a x"), (list.Id, list.Reference));
    }

    [Fact]
    public void A_line_of_a_million_symbols_has_its_list()
    {
        string observed = string.Concat(Enumerable.Repeat("xyz", 333_334));
        NBestHypothesis only = Assert.Single(new ConfusionChannel(Table, ErrorMeasure.Characters, Counts).List("long", observed, 1).Hypotheses);
        Assert.Equal((observed, 0.0), (only.Text, only.Channel));
    }

    [Fact]
    public void The_probabilities_of_all_observations_of_a_text_add_up_to_1()
    {
        // Each observation of "a b" is listed with "a b" among its hypotheses, and its score there is the probability of that observation.
        var channel = new ConfusionChannel(Table, ErrorMeasure.Words, Counts);
        IEnumerable<string> observations = from one in (string[])["a", "b", "c", "d"] from other in (string[])["a", "b", "c", "d"] select $"{one} {other}";
        double sum = observations.SelectMany(observed => channel.List("x", observed, 1000).Hypotheses).Where(hypothesis => hypothesis.Text == "a b").Sum(hypothesis => Math.Exp(hypothesis.Channel));
        Close.Equal(1, sum, 1e-12, 0, "A distribution");
    }

    [Fact]
    public void The_same_seed_makes_the_same_errors()
    {
        var channel = new ConfusionChannel(Table, ErrorMeasure.Characters, Counts);
        string text = string.Concat(Enumerable.Repeat("abcd ", 40));
        Assert.Equal(channel.Observe(text, new SeededRandom(1)), channel.Observe(text, new SeededRandom(1)));
        Assert.NotEqual(channel.Observe(text, new SeededRandom(1)), channel.Observe(text, new SeededRandom(2)));
        Assert.Equal(text.TrimEnd().Length, channel.Observe(text, new SeededRandom(2)).Length);
    }

    [Fact]
    public void Keys_beside_each_other_and_shapes_that_are_alike_are_confused_both_ways()
    {
        foreach ((string Symbol, string Observed, double Weight)[] all in ((string, string, double)[][])[[.. KeyboardConfusions.All()], [.. ShapeConfusions.All()]])
        {
            Assert.All(all, pair => Assert.Contains(all, other => other.Symbol == pair.Observed && other.Observed == pair.Symbol));
        }

        string Around(string key) => string.Concat(KeyboardConfusions.All().Where(pair => pair.Symbol == key).Select(pair => pair.Observed).Order(StringComparer.Ordinal));
        Assert.Equal("cdgrtv", Around("f"));
        Assert.Contains(("末", "未", 1.0), ShapeConfusions.All());
    }

    [Fact]
    public void A_table_that_is_none_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConfusionTable([], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConfusionTable([], 1));
        Assert.Throws<ArgumentException>(() => new ConfusionTable([("a", "a", 1)], 0.1));
        Assert.Throws<ArgumentException>(() => new ConfusionTable([("a", "b", 0)], 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConfusionChannel(Table, ErrorMeasure.Words, Counts).List("x", "a", 0));
    }
}
