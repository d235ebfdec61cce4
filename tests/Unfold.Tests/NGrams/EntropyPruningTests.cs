using Unfold.NGrams;
using Unfold.Persistence;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.NGrams;

/// <summary>Pruning by entropy against the relative entropy itself, summed over the vocabulary.</summary>
public sealed class EntropyPruningTests
{
    [Theory]
    [InlineData(1e-5)]
    [InlineData(1e-4)]
    [InlineData(1e-3)]
    public void Bigrams_go_whose_absence_the_model_hardly_feels(double threshold)
    {
        var text = new RandomText(21, TextMode.Sentences, sentences: 60);
        var options = new NGramOptions { Order = 2 };
        var naive = new NaiveNGrams(text.Sentences, text.Vocabulary.Count, TextMode.Sentences, options);
        int expected = naive.Kept(2).Count(bigram => Growth(naive, bigram) >= threshold);
        NGramModel pruned = text.Train(options with { PruningThreshold = threshold });

        Assert.InRange(expected, 1, naive.Kept(2).Count - 1);
        Assert.Equal(expected, pruned.Count(2));
        RequireSums(text, pruned);
    }

    [Fact]
    public void Higher_orders_are_pruned_and_still_sum_to_one()
    {
        var text = new RandomText(22, TextMode.Sentences, sentences: 200);
        NGramModel whole = text.Train(new NGramOptions { Order = 4 });
        NGramModel pruned = text.Train(new NGramOptions { Order = 4, PruningThreshold = 1e-4 });
        NGramModel bare = text.Train(new NGramOptions { Order = 4, PruningThreshold = 10 });

        Assert.InRange(pruned.Count(4), 1, whole.Count(4) - 1);
        Assert.InRange(pruned.Count(3), 1, whole.Count(3) - 1);
        RequireSums(text, pruned);
        Assert.Equal([0, 0, 0], Enumerable.Range(2, 3).Select(bare.Count));
        RequireSums(text, bare);
    }

    [Theory]
    [InlineData(1e-5, 2)]
    [InlineData(1e-4, 4)]
    [InlineData(10, 3)]
    public void A_model_is_pruned_later_as_it_would_have_been_at_once(double threshold, int order)
    {
        var text = new RandomText(23, TextMode.Sentences, sentences: 150);
        var options = new NGramOptions { Order = order };
        NGramModel atOnce = text.Train(options with { PruningThreshold = threshold });
        NGramModel whole = text.Train(options);
        NGramModel later = whole.Prune(threshold, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(1, order).Select(atOnce.Count), Enumerable.Range(1, order).Select(later.Count));
        for (int level = 1; level <= order; level++)
        {
            Close.Equal([.. atOnce.LogProbabilities(level)], [.. later.LogProbabilities(level)], 1e-6, 1e-6, $"log10 p of {level}-grams");
            if (level < order)
            {
                Close.Equal([.. atOnce.Backoffs(level)], [.. later.Backoffs(level)], 1e-5, 1e-5, $"log10 b of {level}-grams");
            }
        }

        RequireSums(text, later);
        Assert.Equal(Enumerable.Range(1, order).Select(whole.Count), Enumerable.Range(1, order).Select(whole.Prune(0, cancellation: TestContext.Current.CancellationToken).Count));
        Assert.Throws<ArgumentOutOfRangeException>(() => whole.Prune(double.NaN, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void What_contexts_hardly_leave_over_is_still_there()
    {
        var text = new RandomText(31, TextMode.Sentences, sentences: 3000);
        NGramModel model = text.TrainWithLittleLeft();
        text.RequireNearlySame(model, model.Prune(0, cancellation: TestContext.Current.CancellationToken));
        NGramModel atOnce = text.Train(new NGramOptions { Order = 3, Smoothing = Smoothing.Additive, AddedCount = 1e-4, PruningThreshold = 1e-4 });
        NGramModel later = model.Prune(1e-4, cancellation: TestContext.Current.CancellationToken);
        Assert.InRange(later.Count(3), 1, model.Count(3) - 1);
        Assert.Equal(atOnce.Count(3), later.Count(3));
        text.RequireNearlySame(atOnce, later);
    }

    [Fact]
    public void An_impossible_word_stays_impossible_where_the_model_feels_it()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["model.arpa"], "\\data\\\nngram 1=4\nngram 2=2\n\n\\1-grams:\n-99 <s> 0\n-0.477 </s>\n-0.477 a -0.1\n-0.477 b\n\n\\2-grams:\n-99 a a\n-0.3 a b\n\n\\end\\\n");
        NGramModel model = NGramFile.Read(folder["model.arpa"], cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(2, model.Prune(1e-9, cancellation: TestContext.Current.CancellationToken).Count(2));
        Assert.Equal(0, model.Prune(100, cancellation: TestContext.Current.CancellationToken).Count(2));
        NGramSession session = model.Prune(1e-9, cancellation: TestContext.Current.CancellationToken).Start();
        session.Feed(model.Vocabulary.IdOf("a"));
        Assert.Equal(double.NegativeInfinity, session.LogProbability(model.Vocabulary.IdOf("a")));
    }

    /// <summary>By how much perplexity grows where one bigram backs off: e^D - 1, D = sum over w of p(h, w) ln(p(w | h) / p'(w | h)).</summary>
    private static double Growth(NaiveNGrams naive, string bigram)
    {
        int[] tokens = [.. bigram.Split(' ').Select(int.Parse)];
        int history = tokens[0], gone = tokens[1];
        int[] words = [.. naive.Kept(2).Where(other => other.StartsWith($"{history} ", StringComparison.Ordinal) && other != bigram).Select(other => int.Parse(other.Split(' ')[1], null))];
        double weight = (1 - words.Sum(word => naive.Probability([history], word))) / (1 - words.Sum(word => naive.Probability([], word)));
        double divergence = 0;
        foreach (int word in naive.Possible)
        {
            double before = naive.Probability([history], word);
            double after = words.Contains(word) ? before : weight * naive.Probability([], word);
            divergence += before * Math.Log(before / after);
        }

        Assert.DoesNotContain(gone, words);
        return Math.Exp(naive.Probability([], history == Vocabulary.BeginId ? Vocabulary.EndId : history) * divergence) - 1;
    }

    private static void RequireSums(RandomText text, NGramModel model)
    {
        foreach (int[] beginning in text.Beginnings(40, 3))
        {
            NGramSession session = model.Start();
            foreach (int token in beginning)
            {
                session.Feed(token);
            }

            Close.Equal(1, Enumerable.Range(0, model.Vocabulary.Count).Sum(token => Math.Exp(session.LogProbability(token))), 1e-5, 0, NaiveNGrams.Key(beginning));
        }
    }
}
