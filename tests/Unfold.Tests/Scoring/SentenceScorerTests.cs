using Unfold.Models;
using Unfold.NGrams;
using Unfold.Numerics;
using Unfold.Scoring;
using Unfold.Tests.NGrams;
using Unfold.Tests.Support;
using Unfold.Tests.Text;
using Unfold.Text;

namespace Unfold.Tests.Scoring;

public sealed class SentenceScorerTests
{
    private static readonly string[] Lines = ["the cat sat", "the cat ran", "", "a zebra sat", "the cat sat"];

    [Fact]
    public void A_line_stands_between_line_feeds()
    {
        LanguageModel model = Create("the", "cat", "sat", "ran", "a", "\n");
        IReadOnlyList<SentenceScore> scores = new SentenceScorer(model, new Workers(2)).Score(Lines, cancellation: TestContext.Current.CancellationToken);

        int lineFeed = model.Vocabulary.IdOf("\n");
        foreach ((string line, SentenceScore score) in Lines.Zip(scores))
        {
            int[] tokens = [.. model.Vocabulary.Encode(line), lineFeed];
            Assert.Equal(tokens, score.Tokens);
            NextTokenSession session = model.Start();
            session.Feed(lineFeed);
            Close.Equal(Sessions.Walk(session, tokens), [.. score.LogProbabilities], 1e-6, 2e-6, line);
            Close.Equal(score.LogProbabilities.Sum(), score.Total, 0, 1e-12, line);
        }

        Assert.Equal(scores[0].LogProbabilities, scores[4].LogProbabilities);
        Assert.Equal([0, 0, 0, 1, 0], scores.Select(score => score.UnknownTokens));
    }

    [Fact]
    public void Without_line_feeds_a_line_starts_from_nothing_and_has_no_end()
    {
        LanguageModel model = Create("the", "cat", "sat", "ran", "a");
        IReadOnlyList<SentenceScore> scores = new SentenceScorer(model, new Workers(1)).Score(Lines, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(model.Vocabulary.Encode(Lines[0]), scores[0].Tokens);
        Close.Equal(-Math.Log(model.Vocabulary.Count), scores[0].LogProbabilities[0], 1e-12, 0, "All are equally likely after nothing");
        Assert.Empty(scores[2].Tokens);
        Assert.Equal(0, scores[2].Total);
    }

    [Fact]
    public void Subwords_know_a_line_feed_by_its_byte()
    {
        var corpus = Corpus.Load(
            TextSource.FromString(string.Concat(Enumerable.Repeat("the cat sat on the mat ", 40)) + "\nthe cat\n"),
            new CorpusOptions { Kind = TokenKind.BytePair, MaximumSymbols = 300, MinimumCount = 10, ValidationFraction = 0 },
            cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(Vocabulary.UnknownId, corpus.Vocabulary.IdOf("\n"));

        var encoder = new SentenceEncoder(corpus.Vocabulary);
        Assert.True(encoder.HasEnd);
        Assert.Equal(corpus.Vocabulary.Encode("the cat\n"), encoder.Encode("the cat"));
    }

    [Fact]
    public void Unknown_tokens_can_be_left_out_without_a_change_of_the_others()
    {
        LanguageModel model = Create("the", "cat", "sat", "ran", "a", "\n");
        SentenceScore score = new SentenceScorer(model, new Workers(1)).Score(Lines, cancellation: TestContext.Current.CancellationToken)[3];
        SentenceScore known = score.WithoutUnknown();

        Assert.Equal(4, score.Tokens.Count);
        Assert.Equal(3, known.Tokens.Count);
        Assert.Equal([score.LogProbabilities[0], .. score.LogProbabilities.Skip(2)], known.LogProbabilities);
    }

    [Fact]
    public void The_share_that_is_done_rises_over_all_lines()
    {
        List<double> shares = [];
        string[] lines = [.. Enumerable.Repeat(Lines, 500).SelectMany(some => some)];
        new SentenceScorer(Create("the", "cat", "sat", "ran", "a", "\n"), new Workers(1)).Score(lines, shares.Add, TestContext.Current.CancellationToken);
        Assert.Equal(shares.Order(), shares);
        Assert.All((double[])[0, 0.41, 0.82], begin => Assert.Contains(shares, share => share > begin && share < begin + 0.41));
        Assert.Equal(1, shares[^1]);
    }

    [Theory]
    [InlineData("the cat sat")]
    [InlineData("the")]
    [InlineData("")]
    public void The_share_that_is_done_ends_at_1(string line)
    {
        LanguageModel model = Create("the", "cat", "sat", "ran", "a", "\n");
        foreach (NextTokenModel either in (NextTokenModel[])[model, new MixtureModel(model, Create("the", "cat", "sat", "ran", "a", "\n"), 0.5), new RandomText(3, TextMode.Sentences).Train(new NGramOptions { Order = 2 })])
        {
            List<double> shares = [];
            new SentenceScorer(either, new Workers(1)).Score([line], shares.Add, TestContext.Current.CancellationToken);
            Assert.Equal(1, shares[^1]);
        }
    }

    [Fact]
    public void A_short_line_allocates_little()
    {
        const int calls = 50;
        var scorer = new SentenceScorer(Create("the", "cat", "sat", "ran", "a", "\n"), new Workers(1));
        scorer.Score(["the cat sat"], cancellation: TestContext.Current.CancellationToken);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < calls; i++)
        {
            scorer.Score(["the cat sat"], cancellation: TestContext.Current.CancellationToken);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / calls, 0, 100_000);
    }

    [Fact]
    public void A_line_feed_inside_of_a_line_is_refused() =>
        Assert.Throws<ArgumentException>(() => new SentenceScorer(Create("a", "\n"), new Workers(1)).Score(["a\na"], cancellation: TestContext.Current.CancellationToken));

    [Fact]
    public void A_refused_line_leaves_nothing_for_the_next()
    {
        var encoder = new SentenceEncoder(new Vocabulary(TokenKind.Space, LetterCase.Kept, ["a", "b"]));
        Assert.Equal([3], encoder.Encode("a"));
        Assert.Contains("The line \"<s> a", Assert.Throws<UnfoldException>(() => encoder.Encode("<s> a\uD83D")).Message, StringComparison.Ordinal);
        Assert.Equal([4], encoder.Encode("b"));
    }

    [Fact]
    public void Threads_share_an_encoder()
    {
        Vocabulary vocabulary = Tokenizations.Learn(string.Concat(Enumerable.Repeat("the cat sat on the mat. ", 9)), 300);
        string[] lines = [.. Enumerable.Range(0, 20_000).Select(line => string.Join(' ', Enumerable.Repeat(Lines[line % Lines.Length], 1 + (line % 7))))];
        var encoder = new SentenceEncoder(vocabulary);
        var tokens = new int[lines.Length][];
        Parallel.For(0, lines.Length, line => tokens[line] = encoder.EncodeBeginning(lines[line]));
        Assert.Equal(lines.Select(line => vocabulary.EncodePrefix(line)), tokens);
    }

    private static LanguageModel Create(params string[] words) =>
        new(new LanguageModelSettings { Hidden = 8, Layers = 2 }, new Vocabulary(TokenKind.Word, LetterCase.Kept, words), new SeededRandom(2));
}
