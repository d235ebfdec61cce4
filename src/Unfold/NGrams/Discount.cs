namespace Unfold.NGrams;

/// <summary>
/// What one order takes from its counts: D1, D2 and D3 from counts of 1, 2 and more, and the count that is added to a context's
/// total for the lower order.
/// </summary>
/// <param name="One">D1, taken from a count of 1.</param>
/// <param name="Two">D2, taken from a count of 2.</param>
/// <param name="Three">D3, taken from counts of 3 and more.</param>
/// <param name="Added">k V of additive smoothing, else 0.</param>
/// <param name="IsFallback">Whether the counts were too few to tell the discounts, so that 0.5, 1 and 1.5 (0.5 for all without modification) are taken.</param>
public readonly record struct Discount(double One, double Two, double Three, double Added, bool IsFallback)
{
    private const double FallbackOne = 0.5, FallbackTwo = 1, FallbackThree = 1.5;

    /// <summary>The discounts of an order of which <paramref name="countsOfCounts"/>[i] n-grams have count i, for i from 1 to 4.</summary>
    internal static Discount Modified(ReadOnlySpan<long> countsOfCounts)
    {
        double n1 = countsOfCounts[1], n2 = countsOfCounts[2], n3 = countsOfCounts[3], n4 = countsOfCounts[4];
        double y = n1 / (n1 + (2 * n2));
        double one = 1 - (2 * y * n2 / n1), two = 2 - (3 * y * n3 / n2), three = 3 - (4 * y * n4 / n3);

        // A zero among the counts gives a discount of nothing, of everything or none at all: that is no estimate. A NaN fails too.
        return one > 0 && one < 1 && two > 0 && two < 2 && three > 0 && three < 3
            ? new Discount(one, two, three, 0, false)
            : new Discount(FallbackOne, FallbackTwo, FallbackThree, 0, true);
    }

    /// <summary>The one discount of plain Kneser-Ney.</summary>
    internal static Discount Single(ReadOnlySpan<long> countsOfCounts)
    {
        double n1 = countsOfCounts[1], n2 = countsOfCounts[2];
        double one = n1 / (n1 + (2 * n2));
        return one > 0 && one < 1 ? new Discount(one, one, one, 0, false) : new Discount(FallbackOne, FallbackOne, FallbackOne, 0, true);
    }

    /// <summary>What is taken from a count.</summary>
    internal double Of(long count) => count switch { 0 => 0, 1 => One, 2 => Two, _ => Three };
}
