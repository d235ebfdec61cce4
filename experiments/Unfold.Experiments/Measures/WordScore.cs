namespace Unfold.Experiments.Measures;

/// <summary>How well a text was cut into words: a word is found where its beginning and its end are both right.</summary>
internal static class WordScore
{
    /// <summary>Compares lines that are cut in two ways.</summary>
    /// <param name="wanted">The words of each line.</param>
    /// <param name="answered">Other words of the same lines.</param>
    /// <exception cref="ArgumentException">The lines have not the same characters.</exception>
    public static ChunkScore Of(IReadOnlyList<IReadOnlyList<string>> wanted, IReadOnlyList<IReadOnlyList<string>> answered)
    {
        if (!wanted.Select(line => string.Concat(line)).SequenceEqual(answered.Select(line => string.Concat(line))))
        {
            throw new ArgumentException("Both ways to cut the lines want the same characters.", nameof(answered));
        }

        int right = wanted.Zip(answered).Sum(pair => Borders(pair.First).Intersect(Borders(pair.Second)).Count());
        return new ChunkScore(wanted.Sum(line => line.Count), answered.Sum(line => line.Count), right);
    }

    private static IEnumerable<(int Start, int End)> Borders(IEnumerable<string> words)
    {
        int end = 0;
        return words.Select(word => (end, end += word.Length));
    }
}
