namespace Unfold.Generation;

/// <summary>Texts that must stand in what is written, and how far a written text has come with each of them.</summary>
/// <remarks>
/// For each forced text a written one is known by the number of its tokens that the end of the text matches, or by all of them once it stands there.
/// These counts follow from the text alone, so that no text is found twice because a forced one stands in it twice.
/// </remarks>
internal sealed class ForcedTexts
{
    private readonly PatternMatcher<int>[] _texts;
    private readonly HashSet<int> _tokens;

    public ForcedTexts(IReadOnlyList<int[]> texts)
    {
        _texts = [.. texts.Select(text => new PatternMatcher<int>(text))];
        _tokens = [.. texts.SelectMany(text => text)];
        Longest = texts.Select(text => text.Length).DefaultIfEmpty(0).Max();
        Total = texts.Sum(text => text.Length);
    }

    /// <summary>The tokens of all.</summary>
    public int Total { get; }

    /// <summary>The tokens of the longest, fewer than which no text can hold all of them.</summary>
    public int Longest { get; }

    /// <summary>The counts of the empty text.</summary>
    public int[] None => new int[_texts.Length];

    /// <summary>The counts once a token is added.</summary>
    public int[] After(int[] counts, int token)
    {
        int[] after = new int[counts.Length];
        for (int i = 0; i < after.Length; i++)
        {
            after[i] = counts[i] == _texts[i].Length ? counts[i] : _texts[i].After(counts[i], token);
        }

        return after;
    }

    /// <summary>The sum of the counts of those texts that stand there as a whole: what is left of it when any other token is added.</summary>
    public int Whole(int[] counts)
    {
        int sum = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            sum += counts[i] == _texts[i].Length ? counts[i] : 0;
        }

        return sum;
    }

    /// <summary>Whether the token stands in any of the forced texts.</summary>
    public bool Mentions(int token) => _tokens.Contains(token);
}
