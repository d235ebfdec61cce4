namespace Unfold.Experiments.Measures;

/// <summary>All or nothing.</summary>
internal static class ExactMatch
{
    /// <summary>The share of answers that are the wanted text, character by character, in [0, 1].</summary>
    /// <exception cref="ArgumentException">There are not as many answers, or none.</exception>
    public static double Share(IReadOnlyList<string> wanted, IReadOnlyList<string> answered) =>
        wanted.Count == answered.Count && wanted.Count > 0
            ? (double)wanted.Zip(answered).Count(pair => string.Equals(pair.First, pair.Second, StringComparison.Ordinal)) / wanted.Count
            : throw new ArgumentException($"One answer for each of at least one wanted text was expected; found {answered.Count} for {wanted.Count}.", nameof(answered));
}
