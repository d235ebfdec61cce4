using Unfold.Text;

namespace Unfold.NGrams;

/// <summary>Counts a text and estimates a model of its n-grams.</summary>
public static class NGramTrainer
{
    /// <summary>The shares of the work after which the n-grams are counted, and the probabilities estimated where some are pruned then.</summary>
    private const double CountedAt = 0.4, EstimatedAt = 0.8;

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
        bool prunes = options.PruningThreshold > 0;
        Action<double> Between(double start, double end) => share => progress?.Invoke(start + ((end - start) * share));
        LowerCounts lower = options.Smoothing == Smoothing.Additive ? LowerCounts.Occurrences : LowerCounts.Contexts;
        OrderCounts counts = OrderCounts.Of(tokens, vocabulary, options, lower, Between(0, CountedAt), cancellation);
        var estimator = new NGramEstimator(vocabulary, options, counts);
        NGramTable table = estimator.Estimate(Between(CountedAt, prunes ? EstimatedAt : 1), cancellation);
        if (prunes)
        {
            table = EntropyPruning.Prune(table, options.PruningThreshold, Between(EstimatedAt, 1), cancellation);
        }

        return new NGramTraining(NGramModel.Of(vocabulary, table), estimator.Discounts);
    }
}
