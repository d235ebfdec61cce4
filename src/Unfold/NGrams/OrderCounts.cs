using Unfold.Text;

namespace Unfold.NGrams;

/// <summary>Which counts the lower orders have.</summary>
internal enum LowerCounts
{
    /// <summary>How often an n-gram stands in the text.</summary>
    Occurrences,

    /// <summary>After how many different tokens it stands; at the beginning of a sentence, where only one stands before it, how often.</summary>
    Contexts,
}

/// <summary>Tells the counts of all orders from the sorted windows of the highest.</summary>
internal sealed class OrderCounts
{
    private const int LargestCounted = 4;

    private readonly int _order;
    private readonly LowerCounts _lower;
    private readonly NGramSorter[] _sorters;
    private readonly long[][] _countsOfCounts;
    private readonly long[] _different;
    private readonly long[] _occurrences;
    private readonly long[] _contexts;

    private OrderCounts(int order, LowerCounts lower, Func<NGramSorter> sorter)
    {
        _order = order;
        _lower = lower;
        _sorters = [.. Enumerable.Range(0, order).Select(_ => sorter())];
        _countsOfCounts = [.. Enumerable.Range(0, order).Select(_ => new long[LargestCounted + 1])];
        _different = new long[order];
        _occurrences = new long[order + 1];
        _contexts = new long[order + 1];
    }

    /// <summary>Counts a text.</summary>
    /// <param name="tokens">The text.</param>
    /// <param name="vocabulary">Its tokens.</param>
    /// <param name="options">The order, and how much memory is taken.</param>
    /// <param name="lower">Which counts the orders below have.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="UnfoldException">The vocabulary is too large, or there is no temporary space.</exception>
    /// <exception cref="ArgumentException">A token is none of the vocabulary.</exception>
    public static OrderCounts Of(TokenStore tokens, Vocabulary vocabulary, NGramOptions options, LowerCounts lower, Action<double> progress, CancellationToken cancellation)
    {
        if (vocabulary.Count > NGramKey.MaximumVocabulary)
        {
            throw new UnfoldException($"The vocabulary has {vocabulary.Count} tokens, but n-grams are counted over at most {NGramKey.MaximumVocabulary}: keep only the most frequent.");
        }

        // One sorter takes the windows, and while they are merged there is one more for each order.
        long bytes = options.MemoryLimit / (options.Order + 1);
        NGramSorter NewSorter() => new(bytes);
        NGramSorter windows = NewSorter();
        new NGramCounter(options.Order, windows).Add(tokens, vocabulary, share => progress(0.5 * share), cancellation);
        return Of(windows.Sorted().Watched(window => window.Count, tokens.Count, share => progress(0.5 + (0.5 * share)), cancellation), options.Order, lower, NewSorter);
    }

    /// <summary>Walks once over the windows.</summary>
    /// <param name="windows">Windows of <paramref name="order"/> tokens, last token first, ascending.</param>
    /// <param name="order">N.</param>
    /// <param name="lower">Which counts the orders below N have.</param>
    /// <param name="sorter">Makes the sorter of an order.</param>
    private static OrderCounts Of(IEnumerable<CountedNGram> windows, int order, LowerCounts lower, Func<NGramSorter> sorter)
    {
        var counts = new OrderCounts(order, lower, sorter);
        NGramKey last = default;
        int open = 0;
        foreach (CountedNGram window in windows)
        {
            int same = open == 0 ? 0 : last.CommonPrefix(window.Key);
            counts.Close(last, open, same);
            for (int length = same + 1; length <= order; length++)
            {
                counts._contexts[length - 1]++;
            }

            for (int length = 1; length <= order; length++)
            {
                counts._occurrences[length] += window.Count;
            }

            last = window.Key;
            open = order;
        }

        counts.Close(last, open, 0);
        return counts;
    }

    /// <summary>The n-grams of an order with their counts, in the order of their tokens from the first on. Call it once for each order.</summary>
    public IEnumerable<CountedNGram> Sorted(int order) => _sorters[order - 1].Sorted();

    /// <summary>How many different n-grams of an order there are.</summary>
    public long Different(int order) => _different[order - 1];

    /// <summary>How many n-grams of an order have count 1, 2, 3 and 4, at these indices.</summary>
    public ReadOnlySpan<long> CountsOfCounts(int order) => _countsOfCounts[order - 1];

    /// <summary>Ends the n-grams that do not go on in the next window: those longer than <paramref name="same"/>.</summary>
    private void Close(in NGramKey window, int open, int same)
    {
        for (int length = open; length > same; length--)
        {
            Emit(window, length);
            _occurrences[length] = 0;
            _contexts[length] = 0;
        }
    }

    private void Emit(in NGramKey window, int length)
    {
        for (int place = 1; place < length - 1; place++)
        {
            if (window[place] == Vocabulary.BeginId)
            {
                // More than one begin symbol stands before the sentence: this is padding, not an n-gram.
                return;
            }
        }

        bool begins = length > 1 && window[length - 1] == Vocabulary.BeginId;
        long count = length == _order || begins || _lower == LowerCounts.Occurrences ? _occurrences[length] : _contexts[length];
        _sorters[length - 1].Add(window.Reversed(length), count);
        _different[length - 1]++;
        if (count <= LargestCounted)
        {
            _countsOfCounts[length - 1][count]++;
        }
    }
}
