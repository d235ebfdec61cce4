namespace Unfold.NGrams;

/// <summary>How an n-gram model is estimated.</summary>
public sealed record NGramOptions
{
    private const double LeastAdded = 1e-30, MostAdded = 1e30;

    /// <summary>N, the length of the longest n-gram: 1 to 7.</summary>
    public int Order { get; init; } = 3;

    /// <summary>The smoothing of all orders.</summary>
    public Smoothing Smoothing { get; init; } = Smoothing.ModifiedKneserNey;

    /// <summary>k of <see cref="Smoothing.Additive"/>, from 1e-30 to 1e30; unused elsewhere.</summary>
    public double AddedCount { get; init; } = 0.01;

    /// <summary>
    /// How often an n-gram must have been counted to stay, one number for each order from 1 on; the last one holds for all orders above.
    /// The counts are those that are estimated from: for Kneser-Ney below the highest order the number of contexts. Discounts are told
    /// from all counts. The first number is 1: words are left out by the vocabulary.
    /// </summary>
    public IReadOnlyList<long> MinimumCounts { get; init; } = [1];

    /// <summary>
    /// Leaves out n-grams without which the perplexity, measured by the model itself, grows by less than this share (Stolcke, 1998): 1e-8 is
    /// little, 1e-6 much; 0 leaves out none.
    /// </summary>
    public double PruningThreshold { get; init; }

    /// <summary>What becomes of words that are not in the vocabulary.</summary>
    public UnknownWords UnknownWords { get; init; } = UnknownWords.Open;

    /// <summary>Counted n-grams above this many bytes go to a file in the system's temporary folder.</summary>
    public long MemoryLimit { get; init; } = 1L << 28;

    /// <summary>Whether a count can be added: its probabilities must be neither lost in the sums nor beyond what a model can hold, 1e-30 to 1e30.</summary>
    public static bool IsAddedCount(double count) => count is >= LeastAdded and <= MostAdded;

    internal long MinimumCount(int order) => MinimumCounts[Math.Min(order, MinimumCounts.Count) - 1];

    /// <exception cref="ArgumentException">A setting is outside of its range.</exception>
    internal void Require()
    {
        Require(Order is >= 1 and <= NGramKey.MaximumOrder, $"The order is {Order}, but must be from 1 to {NGramKey.MaximumOrder}.");
        Require(Enum.IsDefined(Smoothing) && Enum.IsDefined(UnknownWords), "The smoothing or the way with unknown words is none of the named ones.");
        Require(IsAddedCount(AddedCount), FormattableString.Invariant($"The added count is {AddedCount}, but must be from {LeastAdded} to {MostAdded}."));
        Require(PruningThreshold >= 0 && double.IsFinite(PruningThreshold), FormattableString.Invariant($"The pruning threshold is {PruningThreshold}, but must be at least 0."));
        Require(MinimumCounts is [1, ..] && MinimumCounts.All(count => count >= 1), "The minimum counts must be at least 1, and that of order 1 exactly 1: words are left out by the vocabulary.");
    }

    private static void Require(bool good, string message)
    {
        if (!good)
        {
            throw new ArgumentException(message);
        }
    }
}
