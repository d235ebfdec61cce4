namespace Unfold.Text;

/// <summary>An encoded text: token ids that are read at any position, from memory or from a temporary file. Immutable and thread-safe.</summary>
public abstract class TokenStore
{
    private protected TokenStore(long count) => Count = count;

    /// <summary>The number of tokens.</summary>
    public long Count { get; }

    /// <summary>Whether the tokens lie in memory rather than in a temporary file.</summary>
    public abstract bool IsInMemory { get; }

    /// <summary>Fills <paramref name="destination"/> with the tokens from <paramref name="position"/> on. Allocates nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie within the store.</exception>
    public void Read(long position, Span<int> destination)
    {
        if (position < 0 || destination.Length > Count - position)
        {
            throw new ArgumentOutOfRangeException(nameof(position), position, $"{destination.Length} tokens were wanted there, but the store has {Count}.");
        }

        if (!destination.IsEmpty)
        {
            ReadCore(position, destination);
        }
    }

    /// <summary>Returns a part as a store of its own; the tokens are shared, not copied.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie within the store.</exception>
    public TokenStore Slice(long start, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Count - start);
        return SliceCore(start, length);
    }

    /// <summary>Creates a store in memory from ids, each in [0, <paramref name="vocabularySize"/>).</summary>
    public static TokenStore FromTokens(ReadOnlySpan<int> tokens, int vocabularySize)
    {
        TokenStoreBuilder builder = new(vocabularySize, tokens.Length);
        foreach (int token in tokens)
        {
            builder.Add(token);
        }

        return builder.Build();
    }

    private protected abstract void ReadCore(long position, Span<int> destination);

    private protected abstract TokenStore SliceCore(long start, long length);
}
