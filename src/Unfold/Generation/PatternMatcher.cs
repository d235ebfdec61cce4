namespace Unfold.Generation;

/// <summary>How much of a pattern the end of a growing text matches, one step for each further part (Knuth, Morris and Pratt, 1977).</summary>
internal sealed class PatternMatcher<T>
    where T : IEquatable<T>
{
    private readonly T[] _pattern;
    private readonly int[] _borders;

    public PatternMatcher(ReadOnlySpan<T> pattern)
    {
        _pattern = pattern.ToArray();
        _borders = new int[_pattern.Length];
        for (int i = 1; i < _pattern.Length; i++)
        {
            _borders[i] = After(_borders[i - 1], _pattern[i]);
        }
    }

    /// <summary>The number of parts.</summary>
    public int Length => _pattern.Length;

    /// <summary>The length of the longest beginning of the pattern that ends the text once <paramref name="next"/> is added.</summary>
    /// <param name="matched">The same before it was added, less than the whole pattern.</param>
    /// <param name="next">The next part of the text.</param>
    public int After(int matched, T next)
    {
        while (matched > 0 && !_pattern[matched].Equals(next))
        {
            matched = _borders[matched - 1];
        }

        return _pattern[matched].Equals(next) ? matched + 1 : 0;
    }
}
