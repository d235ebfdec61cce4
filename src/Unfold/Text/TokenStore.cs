namespace Unfold.Text;

/// <summary>An encoded text: token ids that are read at any position, from memory or from a temporary file. Immutable and thread-safe.</summary>
public abstract class TokenStore
{
    private const int BlockTokens = 1 << 10;

    private protected TokenStore(long count) => Count = count;

    /// <summary>The number of tokens.</summary>
    public long Count { get; }

    /// <summary>Whether the tokens lie in memory rather than in a temporary file.</summary>
    public abstract bool IsInMemory { get; }

    /// <summary>Fills <paramref name="destination"/> with the tokens from <paramref name="position"/> on. Allocates nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie within the store.</exception>
    /// <exception cref="UnfoldException">The temporary file ends too early: another program has changed it.</exception>
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

    /// <summary>
    /// Returns the text itself: in sentence mode without the <see cref="Vocabulary.EndId"/> with which an encoded text begins (see <see cref="Corpus"/>). A model that starts
    /// stands behind it already.
    /// </summary>
    public TokenStore WithoutLeadingEnd(TextMode mode)
    {
        bool begins = mode == TextMode.Sentences && Count > 0 && Walk().First() == Vocabulary.EndId;
        return begins ? Slice(1, Count - 1) : this;
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

    /// <summary>Walks over the tokens from the first to the last.</summary>
    /// <param name="progress">Called now and then with the share that was walked, in [0, 1].</param>
    /// <param name="cancellation">Stops the walk.</param>
    internal IEnumerable<int> Walk(Action<double>? progress = null, CancellationToken cancellation = default)
    {
        int[] block = new int[BlockTokens];
        for (long start = 0; start < Count; start += BlockTokens)
        {
            int length = (int)Math.Min(BlockTokens, Count - start);
            Read(start, block.AsSpan(0, length));
            for (int i = 0; i < length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return block[i];
            }

            progress?.Invoke((double)(start + length) / Count);
        }
    }

    private protected abstract void ReadCore(long position, Span<int> destination);

    private protected abstract TokenStore SliceCore(long start, long length);
}
