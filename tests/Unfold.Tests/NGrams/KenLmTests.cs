using System.Globalization;
using Unfold.NGrams;
using Unfold.Persistence;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.NGrams;

/// <summary>KenLM's models of a text, read by us and estimated by us.</summary>
public sealed class KenLmTests
{
    // Both write log10 p in single precision, and KenLM also computes in it.
    private const double Relative = 1e-6, Absolute = 1e-6;

    /// <summary>What KenLM's query says of kenlm-test.txt, in which words stand that kenlm-train.txt has not.</summary>
    [Theory]
    [InlineData("kenlm.arpa", 4.095271986208308, 3.719016926475038, 9)]
    [InlineData("kenlm-fallback.arpa", 5.350196449978539, 4.384775578282635, 20)]
    public void A_model_of_KenLM_foretells_a_text_as_KenLM_says(string model, double withUnknown, double withoutUnknown, int unknown)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        TextPerplexity found = TextPerplexity.Measure(NGramFile.Read(Golden(model), cancellation: cancellation), TextSource.FromFiles(Golden("kenlm-test.txt")), cancellation: cancellation);

        Assert.Equal((32, 595, unknown), (found.Sentences, found.Tokens, found.Unknown));
        Close.Equal(withUnknown, found.PerplexityWithUnknown, Relative, 0, "perplexity including OOVs");
        Close.Equal(withoutUnknown, found.Perplexity, Relative, 0, "perplexity excluding OOVs");
    }

    /// <summary>KenLM writes the probability 1 for the beginning of a sentence, which nothing foretells.</summary>
    [Theory]
    [InlineData("kenlm.arpa")]
    [InlineData("kenlm-fallback.arpa")]
    public void What_may_come_next_sums_to_one(string golden)
    {
        NGramModel model = NGramFile.Read(Golden(golden), cancellation: TestContext.Current.CancellationToken);
        NGramSession session = model.Start();
        foreach (int token in (int[])[.. model.Vocabulary.EncodePrefix(File.ReadLines(Golden("kenlm-test.txt")).First()), Vocabulary.EndId])
        {
            Close.Equal(1, session.Logits.ToArray().Sum(logit => Math.Exp(logit)), 1e-5, 0, "the sum of all probabilities");
            Assert.Equal(double.NegativeInfinity, session.LogProbability(Vocabulary.BeginId));
            session.Feed(token);
        }
    }

    /// <summary>The fallback model knows the first 100 lines, whose counts tell no discounts for single words.</summary>
    [Theory]
    [InlineData("kenlm.arpa", 150, 0)]
    [InlineData("kenlm-fallback.arpa", 100, 1)]
    public void Every_n_gram_has_the_probability_and_the_backoff_of_KenLM(string golden, int lines, int fallbacks)
    {
        using var folder = new TemporaryFolder();
        var text = TextSource.FromString(string.Concat(File.ReadLines(Golden("kenlm-train.txt")).Take(lines).Select(line => line + "\n")));
        var corpus = Corpus.Load(text, new CorpusOptions { Kind = TokenKind.Space, Mode = TextMode.Sentences, ValidationFraction = 0 }, cancellation: TestContext.Current.CancellationToken);
        NGramTraining training = NGramTrainer.Train(corpus.Train, corpus.Vocabulary, new NGramOptions { Order = 3 }, cancellation: TestContext.Current.CancellationToken);
        NGramFile.Write(folder["own.arpa"], training.Model, cancellation: TestContext.Current.CancellationToken);
        Dictionary<string, (double Probability, double Backoff)> expected = Entries(Golden(golden)), found = Entries(folder["own.arpa"]);

        Assert.Equal(fallbacks, training.Discounts.Count(discount => discount.IsFallback));
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
        foreach ((string ngram, (double probability, double backoff)) in expected)
        {
            // A sentence's beginning is never foretold: KenLM writes 0 for it, others -99.
            if (ngram != "<s>")
            {
                Close.Equal(probability, found[ngram].Probability, Relative, Absolute, $"log10 p of {ngram}");
            }

            Close.Equal(backoff, found[ngram].Backoff, Relative, Absolute, $"log10 b of {ngram}");
        }
    }

    /// <summary>The numbers of ARPA text, read as plainly as can be; a backoff weight that is not there is 1.</summary>
    private static Dictionary<string, (double Probability, double Backoff)> Entries(string path)
    {
        var entries = new Dictionary<string, (double, double)>(StringComparer.Ordinal);
        foreach (string[] fields in File.ReadLines(path).Select(line => line.Split('\t')).Where(fields => fields.Length > 1))
        {
            entries.Add(fields[1], (Number(fields[0]), fields.Length > 2 ? Number(fields[2]) : 0));
        }

        return entries;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Goldens", name);
}
