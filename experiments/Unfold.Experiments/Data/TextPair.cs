using Unfold.Numerics;

namespace Unfold.Experiments.Data;

/// <summary>A text and what it is to become.</summary>
internal sealed record TextPair(string Source, string Target)
{
    /// <summary>
    /// Holds a part of the pairs out, so that no source of that part is among the others: pairs of the same source stay together.
    /// </summary>
    /// <param name="pairs">All pairs.</param>
    /// <param name="random">The source of chance.</param>
    /// <param name="fraction">The share of the sources that is held out, in (0, 1); at least one source.</param>
    public static (TextPair[] Kept, TextPair[] HeldOut) HoldOut(IReadOnlyList<TextPair> pairs, SeededRandom random, double fraction)
    {
        string[] sources = Chance.Shuffle(random, [.. pairs.Select(pair => pair.Source).Distinct(StringComparer.Ordinal)]);
        var held = sources.Take(Math.Max(1, (int)Math.Round(sources.Length * fraction))).ToHashSet(StringComparer.Ordinal);
        return ([.. pairs.Where(pair => !held.Contains(pair.Source))], [.. pairs.Where(pair => held.Contains(pair.Source))]);
    }
}
