using Unfold.NGrams;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Tests.Persistence;
using Unfold.Tests.Persistence.NGrams;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.NGrams;

/// <summary>One model of two, against the equations over dictionaries and against the mixture that asks both.</summary>
public sealed class NGramMixingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("abcde", 3, "dcfag", 3, 0.3, 0)]
    [InlineData("abcde", 4, "ecb", 2, 0.6, 0)]
    [InlineData("cab", 1, "abcdef", 3, 0.5, 0)]
    [InlineData("abc", 2, "xyz", 3, 0.999, 0)]
    [InlineData("abcd", 1, "dcbe", 1, 0.2, 0)]
    [InlineData("abcde", 4, "edcba", 3, 0.4, 1e-3)]
    public void Every_probability_is_that_of_the_equations(string first, int firstOrder, string second, int secondOrder, double share, double pruning)
    {
        NGramModel one = Model(first, 1, firstOrder, pruning), other = Model(second, 2, secondOrder, pruning, UnknownWords.Closed);
        NGramModel mixed = Mix(one, other, share);
        string[] words = Words(mixed);

        Assert.Equal((string[])["<unk>", "<s>", "</s>", .. first.Union(second).Select(letter => $"{letter}")], words);
        Assert.Equal(Math.Max(firstOrder, secondOrder), mixed.Order);
        RequireEquations(one, other, share, mixed);
    }

    [Theory]
    [InlineData(TextMode.Sentences)]
    [InlineData(TextMode.Running)]
    public void It_foretells_a_text_nearly_as_both_together_do(TextMode mode)
    {
        NGramModel one = new RandomText(5, mode, 200).Train(new NGramOptions { Order = 3 }), other = new RandomText(6, mode, 100).Train(new NGramOptions { Order = 4 });
        int[] text = [.. new RandomText(7, mode, 200).Sentences.SelectMany(sentence => sentence)];
        double both = PerToken(new MixtureModel(one, other, 0.4), text), mixed = PerToken(Mix(one, other, 0.4), text);
        double first = PerToken(one, text), second = PerToken(other, text);

        Close.Equal(both, mixed, 0.009, 0, "nats per token");
        Assert.True(mixed < Math.Max(first, second) && mixed != first && mixed != second);
        Close.Equal(first, PerToken(Mix(one, other, 1 - 1e-9), text), 1e-4, 0, "nearly all of the first");
        Close.Equal(second, PerToken(Mix(one, other, 1e-9), text), 1e-4, 0, "nearly all of the second");
    }

    [Fact]
    public void A_model_mixed_with_itself_stays_as_it_is()
    {
        NGramModel model = Model("abcde", 3, 3);
        NGramModel mixed = Mix(model, model, 0.25);
        for (int level = 1; level <= 3; level++)
        {
            Assert.Equal(model.Count(level), mixed.Count(level));
            Close.Equal([.. model.LogProbabilities(level)], [.. mixed.LogProbabilities(level)], 1e-6, 1e-6, $"log10 p of {level}-grams");
            if (level < 3)
            {
                Close.Equal([.. model.Backoffs(level)], [.. mixed.Backoffs(level)], 1e-4, 1e-4, $"log10 b of {level}-grams");
            }
        }
    }

    [Fact]
    public void So_does_one_whose_contexts_leave_next_to_nothing()
    {
        var text = new RandomText(31, TextMode.Sentences, sentences: 3000);
        NGramModel model = text.TrainWithLittleLeft();
        text.RequireNearlySame(model, Mix(model, model, 0.25));
    }

    /// <summary>By hand: a is impossible after a in the first model, which backs off to nothing after b; the second has never heard of c.</summary>
    [Fact]
    public void What_is_impossible_in_one_model_has_the_share_of_the_other()
    {
        NGramModel one = Read("one", "-99 <s> 0\n-0.60206 </s>\n-0.60206 a -0.12494\n-0.60206 b -99\n-0.60206 c", "-99 a a\n-0.30103 b </s>\n-0.30103 b c");
        NGramModel other = Read("other", "-99 <s> 0\n-99 <unk>\n-0.30103 </s>\n-0.60206 a 0\n-0.60206 b", "-0.30103 a </s>");
        NGramModel mixed = Mix(one, other, 0.75);
        NaiveBackoff naive = NaiveBackoff.Of(mixed);

        Close.Equal(0.75 * 0.25, naive.Probability([], "c"), 1e-5, 0, "c");
        Close.Equal((0.75 * 0.25) + (0.25 * 0.5), naive.Probability([], "</s>"), 1e-5, 0, "</s>");
        Close.Equal(0.25 * 0.25, naive.Probability(["a"], "a"), 1e-5, 0, "a a");
        Close.Equal((0.75 * 0.25 * 0.75) + (0.25 * 0.5), naive.Probability(["a"], "</s>"), 1e-4, 0, "a </s>");
        Close.Equal((0.75 * 0.5) + (0.25 * 0.5), naive.Probability(["b"], "</s>"), 1e-5, 0, "b </s>");
        Close.Equal(0.75 * 0.5, naive.Probability(["b"], "c"), 1e-5, 0, "b c");
        Close.Equal(1, Words(mixed).Sum(word => naive.Probability(["b"], word)), 1e-5, 0, "after b");
        Assert.Equal(double.NegativeInfinity, mixed.Start().LogProbability(Vocabulary.UnknownId));
        Assert.Equal(double.NegativeInfinity, mixed.Start().LogProbability(Vocabulary.BeginId));
        Assert.Equal([5, 4], Enumerable.Range(1, 2).Select(mixed.Count));
    }

    [Fact]
    public void A_mixture_is_written_and_read_and_does_not_depend_on_the_ids()
    {
        NGramModel one = Model("abcde", 4, 3), other = Model("fdb", 5, 3);
        NGramModel mixed = Mix(one, other, 0.5);
        foreach (string name in (string[])["m.arpa", "m.bin"])
        {
            NGramFile.Write(_folder[name], mixed, cancellation: TestContext.Current.CancellationToken);
            ArpaFileTests.RequireSame(mixed, NGramFile.Read(_folder[name], cancellation: TestContext.Current.CancellationToken));
        }

        NGramModel reversed = Mix(other, one, 0.5).Over(mixed.Vocabulary, cancellation: TestContext.Current.CancellationToken);
        ArpaFileTests.RequireSame(mixed, reversed);
    }

    [Fact]
    public void Over_a_wider_vocabulary_a_model_says_the_same()
    {
        NGramModel model = Model("abcde", 6, 3);
        var wider = new Vocabulary(model.Vocabulary.Tokenization, ["x", "e", "c", "a", "y", "b", "d"]);
        NaiveBackoff before = NaiveBackoff.Of(model), after = NaiveBackoff.Of(model.Over(wider, cancellation: TestContext.Current.CancellationToken));

        Assert.Equal(before.NGrams.Append("x").Append("y").Order(StringComparer.Ordinal), after.NGrams.Order(StringComparer.Ordinal));
        Assert.All(before.NGrams.Select(ngram => ngram.Split(' ')), ngram => Assert.Equal(before.Probability(ngram[..^1], ngram[^1]), after.Probability(ngram[..^1], ngram[^1])));
        Assert.Equal(0, after.Probability(["a"], "x"));
        Assert.Same(model, model.Over(model.Vocabulary, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void What_cannot_be_mixed_is_refused()
    {
        NGramModel model = Model("abc", 7, 2);
        void Refuses(NGramModel other, string why) => Assert.Contains(why, Assert.Throws<UnfoldException>(() => Mix(model, other, 0.5)).Message, StringComparison.Ordinal);
        Refuses(Model("abc", 7, 2, tokenization: new Tokenization(TokenKind.Space)), "the first reads sentences and the second running text");
        Refuses(Model("abc", 7, 2, tokenization: new Tokenization(TokenKind.Character) { Mode = TextMode.Sentences }), "the first has tokens of the kind space and the second of the kind char");
        Refuses(Model("abc", 7, 2, tokenization: new Tokenization(TokenKind.Space) { Mode = TextMode.Sentences, LetterCase = LetterCase.Lowered }), "only the second lowers letters");
        Assert.Throws<ArgumentOutOfRangeException>(() => Mix(model, model, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Mix(model, model, double.NaN));
        Assert.Contains("\"c\"", Assert.Throws<UnfoldException>(() => model.Over(Model("ab", 1, 1).Vocabulary, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);

        using var stopped = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => model.Mix(model, 0.5, _ => stopped.Cancel(), stopped.Token));
    }

    private static void RequireEquations(NGramModel one, NGramModel other, double share, NGramModel mixed)
    {
        string[] words = Words(mixed);
        NaiveBackoff found = NaiveBackoff.Of(mixed), expected = NaiveBackoff.Mixed(NaiveBackoff.Of(one), NaiveBackoff.Of(other), share, words);
        Assert.Equal(expected.NGrams.Union(words).Order(StringComparer.Ordinal), found.NGrams.Order(StringComparer.Ordinal));
        foreach (string[] context in Contexts(words, mixed.Order - 1))
        {
            double[] probabilities = [.. words.Select(word => found.Probability(context, word))];
            Close.Equal([.. words.Select(word => expected.Probability(context, word))], probabilities, 1e-5, 1e-9, $"after {string.Join(' ', context)}");
            Close.Equal(1, probabilities.Sum(), 1e-5, 0, $"sum after {string.Join(' ', context)}");
        }
    }

    /// <summary>All contexts of up to so many words; the beginning of a sentence stands only at their beginning.</summary>
    private static IEnumerable<string[]> Contexts(string[] words, int longest) => longest == 0
        ? [[]]
        : Contexts(words, longest - 1).SelectMany(context => context.Length < longest - 1 || context is ["<s>", ..] ? [context] : words.Except(["</s>"]).Select(word => (string[])[word, .. context]).Append(context));

    private static string[] Words(NGramModel model) => [.. Enumerable.Range(0, model.Vocabulary.Count).Select(token => model.Vocabulary[token])];

    private static NGramModel Mix(NGramModel first, NGramModel second, double share) => first.Mix(second, share, cancellation: TestContext.Current.CancellationToken);

    /// <summary>Of short sentences of these letters, drawn from a seed, the first letters more often.</summary>
    private static NGramModel Model(string letters, ulong seed, int order, double pruning = 0, UnknownWords unknown = UnknownWords.Open, Tokenization? tokenization = null)
    {
        var random = new SeededRandom(seed);
        var vocabulary = new Vocabulary(tokenization ?? new Tokenization(TokenKind.Space) { Mode = TextMode.Sentences }, letters.Select(letter => $"{letter}"));
        List<int> tokens = [Vocabulary.EndId];
        for (int sentence = 0; sentence < 40; sentence++)
        {
            for (int word = random.NextInt32(7); word >= 0; word--)
            {
                tokens.Add(Vocabulary.SpecialCount + (random.NextInt32(letters.Length) * random.NextInt32(letters.Length) / letters.Length));
            }

            tokens.Add(Vocabulary.EndId);
        }

        var options = new NGramOptions { Order = order, PruningThreshold = pruning, UnknownWords = unknown };
        return RandomText.Train(TokenStore.FromTokens([.. tokens.Where(token => vocabulary.Mode == TextMode.Sentences || token != Vocabulary.EndId)], vocabulary.Count), vocabulary, options);
    }

    private NGramModel Read(string name, string unigrams, string bigrams)
    {
        string Counted(string lines) => $"{lines.Split('\n').Length}";
        File.WriteAllText(_folder[name], $"\\data\\\nngram 1={Counted(unigrams)}\nngram 2={Counted(bigrams)}\n\n\\1-grams:\n{unigrams}\n\n\\2-grams:\n{bigrams}\n\n\\end\\\n");
        return NGramFile.Read(_folder[name], cancellation: TestContext.Current.CancellationToken);
    }

    private static double PerToken(NextTokenModel model, int[] text)
    {
        NextTokenSession session = model.Start();
        double sum = 0;
        foreach (int token in text)
        {
            sum -= session.LogProbability(token);
            session.Feed(token);
        }

        return sum / text.Length;
    }
}
