using Unfold.NGrams;
using Unfold.Text;

namespace Unfold.Tests.NGrams;

/// <summary>Counts against a dictionary of them.</summary>
public sealed class NGramCountsTests
{
    private static NGramCount[] Count(RandomText text, NGramOptions options) =>
        [.. NGramCounts.Of(text.Tokens, text.Vocabulary, options, cancellation: TestContext.Current.CancellationToken)];

    [Theory]
    [InlineData(1, TextMode.Sentences, 1 << 20)]
    [InlineData(3, TextMode.Running, 1 << 20)]
    [InlineData(4, TextMode.Sentences, 1)]
    [InlineData(7, TextMode.Sentences, 5_000)]
    [InlineData(7, TextMode.Running, 5_000)]
    public void Every_ngram_is_counted_as_often_as_it_stands_in_the_text(int order, TextMode mode, long memory)
    {
        var text = new RandomText((ulong)order, mode);
        var options = new NGramOptions { Order = order, MemoryLimit = memory };
        NGramCount[] found = Count(text, options);
        List<int[]> texts = [.. text.Sentences.Select(sentence => (int[])[Vocabulary.BeginId, .. sentence])];
        for (int length = 1; length <= order; length++)
        {
            NGramCount[] these = [.. found.Where(ngram => ngram.Tokens.Count == length)];
            Assert.Equal(NaiveNGrams.Grams(texts, length), these.ToDictionary(ngram => NaiveNGrams.Key(ngram.Tokens), ngram => ngram.Count));
            Assert.Equal(these, these.OrderBy(ngram => ngram.Tokens, Comparer<IReadOnlyList<int>>.Create((one, other) => one.Zip(other, (a, b) => a.CompareTo(b)).FirstOrDefault(order => order != 0))));
        }

        Assert.Equal(found.Select(ngram => ngram.Tokens.Count), found.Select(ngram => ngram.Tokens.Count).Order());
    }

    [Fact]
    public void The_text_may_be_walked_over_twice()
    {
        var text = new RandomText(2, TextMode.Sentences);
        IEnumerable<NGramCount> counts = NGramCounts.Of(text.Tokens, text.Vocabulary, new NGramOptions { Order = 2 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(counts.Select(ngram => ngram.Count), counts.Select(ngram => ngram.Count));
        Assert.NotEmpty(counts);
    }

    [Fact]
    public void It_tells_how_far_it_is_and_can_be_stopped()
    {
        var text = new RandomText(2, TextMode.Sentences);
        using var stop = new CancellationTokenSource();
        List<double> shares = [];
        IEnumerator<NGramCount> counts = NGramCounts.Of(text.Tokens, text.Vocabulary, new NGramOptions(), shares.Add, stop.Token).GetEnumerator();
        Assert.Empty(shares);
        Assert.True(counts.MoveNext());
        Assert.Equal(shares, shares.Order());
        Assert.Equal(1, shares[^1]);
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => counts.MoveNext());
    }

    [Fact]
    public void Options_outside_of_their_range_are_refused_at_once()
    {
        var text = new RandomText(2, TextMode.Sentences);
        Assert.Contains("must be from 1 to 7", Assert.Throws<ArgumentException>(() => { Count(text, new NGramOptions { Order = 8 }); }).Message, StringComparison.Ordinal);
    }
}
