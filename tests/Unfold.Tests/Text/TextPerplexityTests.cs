using Unfold.NGrams;
using Unfold.Persistence;
using Unfold.Tests.NGrams;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Text;

/// <summary>Perplexity by hand: who is counted, and what is summed.</summary>
public sealed class TextPerplexityTests
{
    [Fact]
    public void Unknown_tokens_are_counted_and_left_out()
    {
        var text = new RandomText(51, TextMode.Sentences);
        NGramModel model = text.Train(new NGramOptions { Order = 3 });
        TextPerplexity found = Measure(model, "a b  new\n\n<unk> c\n");
        double sum = 0, unknown = 0;
        NGramSession session = model.Start();
        foreach ((int token, bool counts) in ((int, bool)[])[(3, true), (4, true), (0, false), (2, true), (0, true), (5, true), (2, true)])
        {
            double value = session.LogProbability(token) / Math.Log(10);
            (sum, unknown) = counts ? (sum + value, unknown) : (sum, unknown + value);
            session.Feed(token);
        }

        Assert.Equal((2, 7, 1, 1), (found.Sentences, found.Tokens, found.Unknown, found.WrittenUnknown));
        Close.Equal(sum, found.LogProbability10, 1e-12, 0, "sum of log10 p");
        Close.Equal(Math.Pow(10, -sum / 6), found.Perplexity, 1e-12, 0, "ppl");
        Close.Equal(Math.Pow(10, -sum / 4), found.PerplexityWithoutEnds, 1e-12, 0, "ppl1");
        Close.Equal(unknown, found.UnknownLogProbability10, 1e-12, 0, "log10 p(<unk>)");
        Close.Equal(Math.Pow(10, -(sum + unknown) / 7), found.PerplexityWithUnknown, 1e-12, 0, "ppl with unknown");
    }

    [Fact]
    public void Running_text_has_no_ends()
    {
        var vocabulary = new Vocabulary(new Tokenization(TokenKind.Character), ["a", "b", "\n"]);
        NGramModel model = RandomText.Train(TokenStore.FromTokens([3, 4, 5, 3, 3, 4, 5], vocabulary.Count), vocabulary, new NGramOptions { Order = 2 });
        TextPerplexity found = Measure(model, "ab\nx\n");

        Assert.Equal((0, 5, 1), (found.Sentences, found.Tokens, found.Unknown));
        Assert.Equal(found.Perplexity, found.PerplexityWithoutEnds);
    }

    [Fact]
    public void A_text_without_tokens_is_refused_and_one_without_known_ones_has_no_perplexity()
    {
        NGramModel model = new RandomText(51, TextMode.Sentences).Train(new NGramOptions { Order = 2 });

        Assert.Contains("white space", Assert.Throws<UnfoldException>(() => Measure(model, " \n\n ")).Message, StringComparison.Ordinal);
        Assert.True(double.IsNaN(Measure(model, "new").PerplexityWithoutEnds));
    }

    [Fact]
    public void A_closed_model_is_infinitely_surprised_by_an_unknown_word()
    {
        var vocabulary = new Vocabulary(new Tokenization(TokenKind.Space) { Mode = TextMode.Sentences }, ["a", "b"]);
        NGramModel model = RandomText.Train(TokenStore.FromTokens([2, 3, 4, 2, 4, 2], vocabulary.Count), vocabulary, new NGramOptions { Order = 2, UnknownWords = UnknownWords.Closed });

        TextPerplexity found = Measure(model, "a new b");
        Assert.True(double.IsFinite(found.Perplexity));
        Assert.Equal(double.PositiveInfinity, found.PerplexityWithUnknown);
        Assert.Equal(Measure(model, "a b").Perplexity, Measure(model, "a b").PerplexityWithUnknown);
        TextPerplexity written = Measure(model, "a <unk> b");
        Assert.Equal((1, 0, found.LogProbability10), (written.Unknown, written.WrittenUnknown, written.LogProbability10));
    }

    [Fact]
    public void A_known_word_without_probability_is_counted_and_left_out()
    {
        // SRILM writes -99 for no probability, for a word of its list that it never counted.
        NGramModel model = ModelOf("""
            \data\
            ngram 1=5
            ngram 2=1

            \1-grams:
            -99	<s>	-0.25
            -0.5	</s>
            -0.25	a	-0.125
            -0.75	b	-0.5
            -99	c	-0.5

            \2-grams:
            -0.375	<s> a

            \end\
            """);
        TextPerplexity found = Measure(model, "a c b\nx\n");
        const double sum = -0.375 + (-0.5 - 0.75) + (-0.5 - 0.5) - 0.5;

        Assert.Equal((2, 6, 1, 1, 0), (found.Sentences, found.Tokens, found.Unknown, found.ZeroProbabilities, found.WrittenUnknown));
        Close.Equal(sum, found.LogProbability10, 1e-6, 0, "sum of log10 p in single precision");
        Close.Equal(Math.Pow(10, -found.LogProbability10 / 4), found.Perplexity, 1e-12, 0, "ppl");
        Close.Equal(Math.Pow(10, -found.LogProbability10 / 2), found.PerplexityWithoutEnds, 1e-12, 0, "ppl1");
        Assert.Equal(double.PositiveInfinity, found.PerplexityWithUnknown);
        Assert.Equal(double.PositiveInfinity, Measure(model, "a c b").PerplexityWithUnknown);
        Assert.Equal(double.NaN, Measure(model, "c").PerplexityWithoutEnds);
    }

    [Fact]
    public void A_backoff_weight_of_minus_99_leaves_nothing_to_back_off_to()
    {
        // SRILM writes it for a context whose words have all probability there is, and reads it as log 0.
        NGramModel model = ModelOf("""
            \data\
            ngram 1=4
            ngram 2=1

            \1-grams:
            -99	<s>	-99
            -0.5	</s>
            -0.25	a	-0.125
            -0.75	b	-99

            \2-grams:
            0	<s> a

            \end\
            """);
        TextPerplexity found = Measure(model, "a\nb\n");

        Assert.Equal((2, 4, 0, 2), (found.Sentences, found.Tokens, found.Unknown, found.ZeroProbabilities));
        Close.Equal(-0.625, found.LogProbability10, 1e-12, 0, "p(a | <s>) p(</s> | a), both exact in binary");
        Close.Equal(Math.Pow(10, 0.3125), found.Perplexity, 1e-12, 0, "ppl");
        NGramSession session = model.Start();
        float[] all = [.. session.Logits];
        Assert.All(Enumerable.Range(0, all.Length), token => Assert.Equal((float)session.LogProbability(token), all[token]));

        // After b nothing can come; the other half of a mixture goes on.
        NextTokenSession mixed = new MixtureModel(model, RandomText.Train(TokenStore.FromTokens([2, 3, 4, 3, 2, 4, 2], model.Vocabulary.Count), model.Vocabulary, new NGramOptions { Order = 2 }), 0.5).Start();
        mixed.Feed(model.Vocabulary.IdOf("b"));
        Assert.All(mixed.Logits.ToArray(), logit => Assert.False(float.IsNaN(logit)));
        Assert.Contains(mixed.Logits.ToArray(), float.IsFinite);
    }

    private static NGramModel ModelOf(string arpa)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["model.arpa"], arpa);
        return NGramFile.Read(folder["model.arpa"], cancellation: TestContext.Current.CancellationToken);
    }

    private static TextPerplexity Measure(NGramModel model, string text) =>
        TextPerplexity.Measure(model, TextSource.FromString(text), cancellation: TestContext.Current.CancellationToken);
}
