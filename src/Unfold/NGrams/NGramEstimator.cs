using Unfold.Text;

namespace Unfold.NGrams;

/// <summary>Turns counts into a table of probabilities: p(w | h) = u(h w) + gamma(h) p(w | h'), from the lowest order to the highest.</summary>
internal sealed class NGramEstimator(Vocabulary vocabulary, NGramOptions options, OrderCounts counts)
{
    private readonly int _order = options.Order;

    /// <summary>The discounts of the orders, 1 first.</summary>
    public IReadOnlyList<Discount> Discounts { get; private set; } = [];

    /// <summary>Estimates the table.</summary>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="UnfoldException">Nothing was counted, or there is no n-gram of the highest order.</exception>
    public NGramTable Estimate(Action<double> progress, CancellationToken cancellation)
    {
        CountedNGram[] unigrams = [.. WithAllTokens(counts.Sorted(1))];
        if (Array.TrueForAll(unigrams, unigram => unigram.Count == 0))
        {
            throw new UnfoldException("An n-gram model is estimated from counts, but the text holds no token to count: give it a text with at least one.");
        }

        bool[] predicted = [.. unigrams.Select(Predicted)];
        int possible = predicted.Count(canCome => canCome);
        Discounts = [.. Enumerable.Range(1, _order).Select(order => DiscountOf(order, possible))];
        LevelDraft[] drafts = Drafts(unigrams, share => progress(0.5 * share), cancellation);
        if (drafts[^1].IsEmpty)
        {
            throw new UnfoldException($"No {_order} tokens in a row were found that are counted often enough, but a model of order {_order} wants some: choose a lower order, a lower minimum count or a longer text.");
        }

        NGramTable table = TableOf(drafts);
        double[] first = table.Probabilities(1);
        for (int token = 0; token < first.Length; token++)
        {
            first[token] = predicted[token] ? first[token] + (drafts[0].RootWeight / possible) : 0;
        }

        for (int level = 1; level < _order; level++)
        {
            int below = level - 1;
            Interpolate(table, drafts[below], level, share => progress(0.5 + (0.5 * (below + share) / (_order - 1))), cancellation);
        }

        return table;
    }

    /// <summary>Makes whole the probabilities of level + 1 and the backoff weights of a level, whose own are whole.</summary>
    private static void Interpolate(NGramTable table, LevelDraft contexts, int level, Action<double> progress, CancellationToken cancellation)
    {
        double[] probabilities = table.Probabilities(level + 1);
        double[] backoffs = table.Backoffs(level);
        bool[] cut = contexts.TakeCut();
        table.ForEachParent(level, (node, context) =>
        {
            cancellation.ThrowIfCancellationRequested();
            progress((double)node / backoffs.Length);
            (int start, int end) = table.Trie.Children(level, node);
            ReadOnlySpan<int> words = table.Trie.Words(level + 1);
            for (int child = start; child < end; child++)
            {
                probabilities[child] += backoffs[node] * table.Probability(context, level - 1, words[child]);
            }

            if (cut[node])
            {
                backoffs[node] = table.NormalizingBackoff(level, node, context);
            }
        });
    }

    private LevelDraft[] Drafts(CountedNGram[] unigrams, Action<double> progress, CancellationToken cancellation)
    {
        var drafts = new LevelDraft[_order];
        for (int order = _order; order > 1; order--)
        {
            int above = _order - order;
            cancellation.ThrowIfCancellationRequested();
            IEnumerable<CountedNGram> sorted = counts.Sorted(order).Watched(_ => 1, counts.Different(order), share => progress((above + share) / (_order - 1)), cancellation);
            drafts[order - 1] = LevelDraft.Of(order, sorted, order < _order ? drafts[order] : null, Discounts[order - 1], options.MinimumCount(order));
        }

        // Every token is a node, whether it was counted or not.
        drafts[0] = LevelDraft.Of(1, unigrams, _order > 1 ? drafts[1] : null, Discounts[0], minimumCount: 0);
        return drafts;
    }

    private NGramTable TableOf(LevelDraft[] drafts)
    {
        var words = new ReadOnlyMemory<int>[_order - 1];
        var firstChild = new ReadOnlyMemory<int>[_order - 1];
        var probabilities = new double[_order][];
        var backoffs = new double[_order - 1][];
        for (int level = 1; level <= _order; level++)
        {
            LevelDraft draft = drafts[level - 1];
            probabilities[level - 1] = draft.TakeOwn();
            if (level > 1)
            {
                words[level - 2] = draft.TakeWords();
            }

            if (level < _order)
            {
                firstChild[level - 1] = draft.TakeFirstChild();
                backoffs[level - 1] = draft.TakeWeights();
            }
        }

        return new NGramTable(new NGramTrie(vocabulary.Count, words, firstChild), probabilities, backoffs);
    }

    private Discount DiscountOf(int order, int possible) => options.Smoothing switch
    {
        Smoothing.ModifiedKneserNey => Discount.Modified(counts.CountsOfCounts(order)),
        Smoothing.KneserNey => Discount.Single(counts.CountsOfCounts(order)),
        _ => new Discount(0, 0, 0, options.AddedCount * possible, false),
    };

    /// <summary>Whether a token can come next: the begin symbol never, the end symbol only where lines are sentences.</summary>
    private bool Predicted(CountedNGram unigram) => unigram.Key[0] switch
    {
        Vocabulary.BeginId => false,
        Vocabulary.EndId => vocabulary.Mode == TextMode.Sentences,
        Vocabulary.UnknownId => unigram.Count > 0 || options.UnknownWords == UnknownWords.Open,
        _ => true,
    };

    private IEnumerable<CountedNGram> WithAllTokens(IEnumerable<CountedNGram> sorted)
    {
        int next = 0;
        foreach (CountedNGram unigram in sorted)
        {
            for (; next < unigram.Key[0]; next++)
            {
                yield return new CountedNGram(NGramKey.Of([next]), 0);
            }

            yield return unigram;
            next++;
        }

        for (; next < vocabulary.Count; next++)
        {
            yield return new CountedNGram(NGramKey.Of([next]), 0);
        }
    }
}
