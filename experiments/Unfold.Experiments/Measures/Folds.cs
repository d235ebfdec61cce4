using Unfold.Experiments.Data;
using Unfold.Numerics;

namespace Unfold.Experiments.Measures;

/// <summary>The places of what is learned from, and of what is tested on.</summary>
internal sealed record Fold(int[] Train, int[] Test);

/// <summary>Cross-validation.</summary>
internal static class Folds
{
    /// <summary>
    /// Deals the places 0 .. count-1 in a random order into parts whose sizes differ by one at most; each part is tested on once. The same
    /// seed gives the same folds, so that models can be compared on them.
    /// </summary>
    /// <param name="random">The source of chance.</param>
    /// <param name="count">How many items there are, at least <paramref name="folds"/>.</param>
    /// <param name="folds">How many parts, at least 2.</param>
    public static IReadOnlyList<Fold> Of(SeededRandom random, int count, int folds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, folds);
        int[] order = Chance.Permutation(random, count);
        return [.. Enumerable.Range(0, folds).Select(part => new Fold(
            [.. order.Where((_, i) => i % folds != part)],
            [.. order.Where((_, i) => i % folds == part)]))];
    }
}
