namespace Unfold.NGrams;

/// <summary>An n-gram and how often it was counted.</summary>
internal readonly record struct CountedNGram(NGramKey Key, long Count) : IComparable<CountedNGram>
{
    /// <summary>The size of one in a buffer or a file.</summary>
    public const int Bytes = 4 * sizeof(ulong);

    /// <inheritdoc/>
    public int CompareTo(CountedNGram other) => Key.CompareTo(other.Key);
}
