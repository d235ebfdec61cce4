using Unfold.NGrams;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.NGrams;

/// <summary>Estimated probabilities against the equations over dictionaries.</summary>
public sealed class NGramEstimatorTests
{
    // log10 p is kept to 24 bits: at most 4e-7 off, for each backoff weight and the probability; times ln 10.
    private const double Relative = 1e-5;

    // The oracle takes sums that are nearly 1 from 1, of which rounding leaves this.
    private const double Absolute = 1e-14;

    public static TheoryData<int, Smoothing, TextMode, string> Cases
    {
        get
        {
            var cases = new TheoryData<int, Smoothing, TextMode, string>();
            foreach (Smoothing smoothing in Enum.GetValues<Smoothing>())
            {
                foreach (TextMode mode in Enum.GetValues<TextMode>())
                {
                    for (int order = 1; order <= 7; order++)
                    {
                        cases.Add(order, smoothing, mode, "1");
                    }

                    cases.Add(3, smoothing, mode, "1,1,2");
                    cases.Add(3, smoothing, mode, "1,3,2");
                    cases.Add(5, smoothing, mode, "1,2,3,2");
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Probabilities_are_those_of_the_equations_and_sum_to_one(int order, Smoothing smoothing, TextMode mode, string minimumCounts)
    {
        var options = new NGramOptions
        {
            Order = order,
            Smoothing = smoothing,
            AddedCount = 0.3,
            MinimumCounts = [.. minimumCounts.Split(',').Select(long.Parse)],
        };
        var text = new RandomText((ulong)order, mode);
        NGramModel model = text.Train(options);
        var naive = new NaiveNGrams(text.Sentences, text.Vocabulary.Count, mode, options);
        for (int length = 2; length <= order; length++)
        {
            Assert.Equal(naive.Kept(length).Count, model.Count(length));
        }

        foreach (int[] beginning in text.Beginnings(40, seed: 7))
        {
            RequireEqual(naive, model, beginning);
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(300)]
    public void Tokens_of_no_vocabulary_are_refused(int token)
    {
        var vocabulary = new Vocabulary(TokenKind.Character, LetterCase.Kept, ["a", "b", "c", "d", "e"]);
        TokenStore tokens = TokenStore.FromTokens([3, 4, 5, 3, 4, 5, token, 4], 400);
        string message = Assert.Throws<ArgumentException>(() => NGramTrainer.Train(tokens, vocabulary, new NGramOptions { Order = 2 }, cancellation: TestContext.Current.CancellationToken)).Message;
        Assert.Contains($"0 to 7; found {token} at place 6", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Closed_gives_the_unknown_word_nothing_where_it_was_never_counted()
    {
        var vocabulary = new Vocabulary(new Tokenization(TokenKind.Space) { Mode = TextMode.Sentences }, ["a", "b"]);
        List<int[]> sentences = [.. Enumerable.Range(0, 20).Select(i => i % 3 == 0 ? (int[])[3, 4, 2] : [4, 4, 3, 2])];
        TokenStore tokens = TokenStore.FromTokens([.. sentences.SelectMany(sentence => sentence)], vocabulary.Count);
        var options = new NGramOptions { Order = 2, UnknownWords = UnknownWords.Closed };
        NGramModel closed = RandomText.Train(tokens, vocabulary, options);

        RequireEqual(new NaiveNGrams(sentences, vocabulary.Count, TextMode.Sentences, options), closed, [4]);
        Assert.Equal(double.NegativeInfinity, closed.Start().LogProbability(Vocabulary.UnknownId));
        Assert.True(double.IsFinite(RandomText.Train(tokens, vocabulary, new NGramOptions { Order = 2 }).Start().LogProbability(Vocabulary.UnknownId)));
    }

    [Fact]
    public void Counts_that_go_to_disk_give_the_same_bits()
    {
        var text = new RandomText(3, TextMode.Sentences, sentences: 400);
        var options = new NGramOptions { Order = 5 };
        NGramModel inMemory = text.Train(options);
        NGramModel spilled = text.Train(options with { MemoryLimit = 6 * 32 * 20 });
        for (int length = 1; length <= 5; length++)
        {
            Close.Same(inMemory.LogProbabilities(length), spilled.LogProbabilities(length), $"probabilities of length {length}");
        }
    }

    [Fact]
    public void A_text_that_is_too_short_for_the_order_is_refused()
    {
        var vocabulary = new Vocabulary(new Tokenization(TokenKind.Space) { Mode = TextMode.Sentences }, ["a"]);
        TokenStore tokens = TokenStore.FromTokens([3, 2, 3, 2], vocabulary.Count);

        RandomText.Train(tokens, vocabulary, new NGramOptions { Order = 3 });
        UnfoldException refusal = Assert.Throws<UnfoldException>(() => RandomText.Train(tokens, vocabulary, new NGramOptions { Order = 4 }));
        Assert.Contains("No 4 tokens in a row", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_of_which_nothing_is_counted_is_refused()
    {
        var vocabulary = new Vocabulary(new Tokenization(TokenKind.Space) { Mode = TextMode.Sentences }, ["a"]);
        foreach (Smoothing smoothing in Enum.GetValues<Smoothing>())
        {
            foreach (int[] tokens in (int[][])[[], [Vocabulary.EndId], [Vocabulary.EndId, Vocabulary.EndId]])
            {
                UnfoldException refusal = Assert.Throws<UnfoldException>(
                    () => RandomText.Train(TokenStore.FromTokens(tokens, vocabulary.Count), vocabulary, new NGramOptions { Order = 1, Smoothing = smoothing }));
                Assert.Contains("no token to count", refusal.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Options_outside_of_their_range_are_refused()
    {
        var text = new RandomText(1, TextMode.Sentences);
        foreach (NGramOptions options in (NGramOptions[])[
            new() { Order = 0 }, new() { Order = 8 }, new() { AddedCount = 0 }, new() { AddedCount = double.NaN }, new() { PruningThreshold = -1 },
            new() { MinimumCounts = [] }, new() { MinimumCounts = [2] }, new() { MinimumCounts = [1, 0] }, new() { Smoothing = (Smoothing)9 }])
        {
            Assert.Throws<ArgumentException>(() => text.Train(options));
        }
    }

    [Fact]
    public void Counting_stops_when_it_is_asked_to()
    {
        var text = new RandomText(1, TextMode.Sentences);
        Assert.Throws<OperationCanceledException>(() => NGramTrainer.Train(text.Tokens, text.Vocabulary, new NGramOptions(), cancellation: new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-7)]
    public void What_is_done_is_told_step_by_step_and_stops_wherever_it_is_asked_to(double pruning)
    {
        var random = new SeededRandom(8);
        var vocabulary = new Vocabulary(new Tokenization(TokenKind.Space) { Mode = TextMode.Sentences }, Enumerable.Range(0, 300).Select(word => $"w{word}"));
        TokenStore tokens = TokenStore.FromTokens([.. Enumerable.Range(0, 120_000).Select(at => at % 10 == 9 ? Vocabulary.EndId : Vocabulary.SpecialCount + random.NextInt32(300))], vocabulary.Count);
        var options = new NGramOptions { Order = 2, PruningThreshold = pruning };
        List<double> told = [0];
        NGramTrainer.Train(tokens, vocabulary, options, told.Add, TestContext.Current.CancellationToken);
        Assert.All(told.Zip(told.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 0, 0.12));
        Assert.InRange(told[^1], 0.95, 1);

        foreach (double share in (ReadOnlySpan<double>)[0.1, 0.3, 0.5, 0.75, 0.85, 0.95])
        {
            using var source = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => NGramTrainer.Train(tokens, vocabulary, options, done => Stop(done >= share, source), source.Token));
        }
    }

    private static void Stop(bool now, CancellationTokenSource source)
    {
        if (now)
        {
            source.Cancel();
        }
    }

    private static void RequireEqual(NaiveNGrams naive, NGramModel model, int[] beginning)
    {
        NGramSession session = model.Start();
        foreach (int token in beginning)
        {
            session.Feed(token);
        }

        double sum = 0;
        for (int token = 0; token < model.Vocabulary.Count; token++)
        {
            double found = Math.Exp(session.LogProbability(token));
            double expected = naive.Probability([Vocabulary.BeginId, .. beginning], token);
            Close.Equal(expected, found, Relative, Absolute, $"p({token} | {NaiveNGrams.Key(beginning)})");
            Assert.Equal(naive.Possible.Contains(token), found > 0);
            sum += found;
        }

        Close.Equal(1, sum, Relative, 0, $"sum after {NaiveNGrams.Key(beginning)}");
    }
}
