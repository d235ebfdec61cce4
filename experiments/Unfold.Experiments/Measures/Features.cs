namespace Unfold.Experiments.Measures;

/// <summary>What a text is made of, for models that count.</summary>
internal static class Features
{
    /// <summary>All runs of 1 to <paramref name="longest"/> words.</summary>
    public static IEnumerable<string> WordGrams(IReadOnlyList<string> words, int longest)
    {
        for (int length = 1; length <= longest; length++)
        {
            for (int first = 0; first + length <= words.Count; first++)
            {
                yield return string.Join(' ', words.Skip(first).Take(length));
            }
        }
    }

    /// <summary>All runs of <paramref name="shortest"/> to <paramref name="longest"/> letters, the beginning (^) and the end ($) among them.</summary>
    public static IEnumerable<string> LetterGrams(string text, int shortest, int longest)
    {
        string whole = $"^{text}$";
        for (int length = shortest; length <= longest; length++)
        {
            for (int first = 0; first + length <= whole.Length; first++)
            {
                yield return whole.Substring(first, length);
            }
        }
    }
}
