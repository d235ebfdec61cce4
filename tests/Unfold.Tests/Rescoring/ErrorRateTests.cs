using Unfold.Numerics;
using Unfold.Rescoring;
using Unfold.Tests.Support;

namespace Unfold.Tests.Rescoring;

public sealed class ErrorRateTests
{
    [Fact]
    public void The_rate_is_that_of_all_texts_together()
    {
        ErrorRate rate = ErrorRate.Of([Wrong(1, 10), Wrong(3, 30), Wrong(0, 0)], new SeededRandom(1), cancellation: TestContext.Current.CancellationToken);
        Close.Equal(0.1, rate.Rate, 1e-15, 0, "4 of 40");
        Assert.InRange(rate.Rate, rate.Low, rate.High);
    }

    [Fact]
    public void The_interval_is_about_that_of_the_normal_distribution_where_texts_are_alike()
    {
        // 400 texts of one word each, a fifth of them wrong: the standard deviation of the rate is sqrt(0.2 * 0.8 / 400) = 0.02.
        ErrorCount[] counts = [.. Enumerable.Range(0, 400).Select(text => Wrong(text % 5 == 0 ? 1 : 0, 1))];
        ErrorRate rate = ErrorRate.Of(counts, new SeededRandom(5), cancellation: TestContext.Current.CancellationToken);
        Close.Equal(0.2 - (1.96 * 0.02), rate.Low, 0, 0.004, "The lower end");
        Close.Equal(0.2 + (1.96 * 0.02), rate.High, 0, 0.004, "The upper end");
    }

    [Fact]
    public void The_same_seed_gives_the_same_interval()
    {
        ErrorCount[] counts = [.. Enumerable.Range(0, 50).Select(text => Wrong(text % 4, 7))];
        Assert.Equal(ErrorRate.Of(counts, new SeededRandom(9), cancellation: TestContext.Current.CancellationToken), ErrorRate.Of(counts, new SeededRandom(9), cancellation: TestContext.Current.CancellationToken));
        Assert.NotEqual(ErrorRate.Of(counts, new SeededRandom(9), cancellation: TestContext.Current.CancellationToken), ErrorRate.Of(counts, new SeededRandom(10), cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_difference_in_pairs_is_surer_than_two_rates()
    {
        // Texts differ much, and each is a little better afterwards.
        ErrorCount[] before = [.. Enumerable.Range(0, 100).Select(text => new ErrorCount(new Edits(text % 40, 3, 2), 50))];
        ErrorCount[] after = [.. before.Select(count => new ErrorCount(count.Edits with { Deletions = 2 }, 50))];
        ErrorRate change = ErrorRate.Difference(before, after, new SeededRandom(2), cancellation: TestContext.Current.CancellationToken);
        Close.Equal(-0.02, change.Rate, 1e-12, 0, "One word of fifty");
        Close.Equal(-0.02, change.Low, 1e-12, 0, "It is the same in each text");
        Close.Equal(-0.02, change.High, 1e-12, 0, "It is the same in each text");
    }

    [Fact]
    public void Drawing_tells_its_progress_and_can_be_stopped()
    {
        var shares = new List<double>();
        ErrorRate.Difference([Wrong(1, 2)], [Wrong(0, 2)], new SeededRandom(1), shares.Add, TestContext.Current.CancellationToken);
        Assert.Equal((2000, 1.0), (shares.Count, shares[^1]));
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => ErrorRate.Of([Wrong(1, 2)], new SeededRandom(1), share => source.Cancel(), source.Token));
    }

    [Fact]
    public void Empty_references_are_refused()
    {
        Assert.Contains("at least one word", Assert.Throws<UnfoldException>(() => ErrorRate.Of([Wrong(2, 0)], new SeededRandom(1), cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ErrorRate.Difference([Wrong(1, 1)], [], new SeededRandom(1), cancellation: TestContext.Current.CancellationToken));
    }

    private static ErrorCount Wrong(int errors, int units) => new(new Edits(errors, 0, 0), units);
}
