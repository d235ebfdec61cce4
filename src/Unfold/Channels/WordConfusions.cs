namespace Unfold.Channels;

/// <summary>
/// Words that may be heard for each other. Words of letters are where they are spelt alike: one letter apart, or two letters apart with the same skeleton of
/// consonants or where both are long. Words of Chinese characters are where they sound alike but for their tones: with the same pinyin, of which the
/// ICU library of the system knows the commonest reading of each character. Words of more than 64 letters and words with anything else are never confused.
/// </summary>
public static class WordConfusions
{
    /// <summary>For each word at most eight that it may be taken for: the nearest, and of equally near ones the most frequent.</summary>
    /// <param name="counts">The words of the vocabulary, with how often each occurs.</param>
    /// <param name="progress">Called on the way with the share of the words of letters that are done, in [0, 1].</param>
    /// <param name="cancellation">Stops between two words of letters.</param>
    /// <exception cref="UnfoldException">There are Chinese words, but this system has no ICU library that knows how they sound.</exception>
    public static IEnumerable<(string Symbol, string Observed, double Weight)> Of(
        IReadOnlyDictionary<string, long> counts, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return SpellingConfusions.Of(counts, progress, cancellation).Concat(PinyinConfusions.Of(counts));
    }
}
