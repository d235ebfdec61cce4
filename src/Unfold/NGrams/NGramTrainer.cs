using Unfold.Text;

namespace Unfold.NGrams;

/// <summary>Counts a text and estimates a model of its n-grams.</summary>
public static class NGramTrainer
{
    private const int BlockTokens = 1 << 14;

    /// <summary>The shares of the work after which the tokens are counted, the counts of all orders told, and the probabilities estimated where some are pruned then.</summary>
    private const double CountedAt = 0.2, ToldAt = 0.4, EstimatedAt = 0.8;

    /// <summary>Estimates a model.</summary>
    /// <param name="tokens">The text; in sentence mode <see cref="Vocabulary.EndId"/> stands after each sentence.</param>
    /// <param name="vocabulary">Its tokens, at most 2,097,152.</param>
    /// <param name="options">Order, smoothing and what is left out.</param>
    /// <param name="progress">Called now and then with the share of the work done, in [0, 1].</param>
    /// <param name="cancellation">Stops the counting, the estimating and the pruning.</param>
    /// <exception cref="UnfoldException">The text is too short for the order, the vocabulary too large, or there is no temporary space.</exception>
    /// <exception cref="ArgumentException">An option is outside of its range, or a token is none of the vocabulary.</exception>
    public static NGramTraining Train(
        TokenStore tokens, Vocabulary vocabulary, NGramOptions options, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(options);
        options.Require();
        if (vocabulary.Count > NGramKey.MaximumVocabulary)
        {
            throw new UnfoldException($"The vocabulary has {vocabulary.Count} tokens, but n-grams are counted over at most {NGramKey.MaximumVocabulary}: keep only the most frequent.");
        }

        // One sorter takes the windows, and while they are merged there is one more for each order.
        long bytes = options.MemoryLimit / (options.Order + 1);
        NGramSorter NewSorter() => new(bytes, options.TemporaryFolder);
        NGramSorter windows = NewSorter();
        bool prunes = options.PruningThreshold > 0;
        Action<double> Between(double start, double end) => share => progress?.Invoke(start + ((end - start) * share));
        Count(tokens, vocabulary, new NGramCounter(options.Order, windows), Between(0, CountedAt), cancellation);
        LowerCounts lower = options.Smoothing == Smoothing.Additive ? LowerCounts.Occurrences : LowerCounts.Contexts;
        OrderCounts counts = OrderCounts.Of(windows.Sorted().Watched(window => window.Count, tokens.Count, Between(CountedAt, ToldAt), cancellation), options.Order, lower, NewSorter);
        var estimator = new NGramEstimator(vocabulary, options, counts);
        NGramTable table = estimator.Estimate(Between(ToldAt, prunes ? EstimatedAt : 1), cancellation);
        if (prunes)
        {
            table = EntropyPruning.Prune(table, options.PruningThreshold, Between(EstimatedAt, 1), cancellation);
        }

        return new NGramTraining(NGramModel.Of(vocabulary, table), estimator.Discounts);
    }

    private static void Count(TokenStore tokens, Vocabulary vocabulary, NGramCounter counter, Action<double> progress, CancellationToken cancellation)
    {
        int[] block = new int[BlockTokens];
        for (long start = 0; start < tokens.Count; start += BlockTokens)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<int> part = block.AsSpan(0, (int)Math.Min(BlockTokens, tokens.Count - start));
            tokens.Read(start, part);
            for (int i = 0; i < part.Length; i++)
            {
                int token = part[i];
                if ((uint)token >= (uint)vocabulary.Count)
                {
                    throw new ArgumentException(FormattableString.Invariant($"The tokens must be those of the vocabulary, 0 to {vocabulary.Count - 1}; found {token} at place {start + i}."), nameof(tokens));
                }

                counter.Add(token);
            }

            progress((double)(start + part.Length) / tokens.Count);
        }
    }
}
