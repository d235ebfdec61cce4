namespace Unfold.Text;

/// <summary>
/// Cuts a store of tokens into batches of B sequences of T steps. Both spans are time-major: the token of step t in
/// sequence b lies at t * B + b, and the target is the token that follows it. Allocates nothing after construction.
/// </summary>
public abstract class Batcher
{
    private readonly int[] _window;

    private protected Batcher(TokenStore store, int batchSize, int sequenceLength, long wanted, string advice)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequenceLength);
        if (store.Count < wanted)
        {
            throw new UnfoldException($"The training part has {store.Count} tokens, but {advice}.");
        }

        Store = store;
        BatchSize = batchSize;
        SequenceLength = sequenceLength;
        StepsPerEpoch = Math.Max(1, (store.Count - 1) / batchSize / sequenceLength);
        _window = new int[sequenceLength + 1];
    }

    /// <summary>B, the sequences side by side.</summary>
    public int BatchSize { get; }

    /// <summary>T, the steps of one batch.</summary>
    public int SequenceLength { get; }

    /// <summary>How many batches consume as many tokens as the store has.</summary>
    public long StepsPerEpoch { get; }

    /// <summary>How many batches of the running epoch were given, in [0, <see cref="StepsPerEpoch"/>].</summary>
    public long Position { get; private protected set; }

    /// <summary>The number of bytes of <see cref="WriteState"/>.</summary>
    public abstract int StateBytes { get; }

    internal TokenStore Store { get; }

    /// <summary>
    /// Fills the next batch. Returns true when it is the first of an epoch, the very first included: a carried hidden state
    /// must be zero then. Only <see cref="StreamBatcher"/>'s batches go on where the batch before ended.
    /// </summary>
    /// <param name="inputs">T * B token ids.</param>
    /// <param name="targets">T * B token ids, each the successor of its input.</param>
    /// <exception cref="ArgumentException">A span is not T * B long.</exception>
    public bool Next(Span<int> inputs, Span<int> targets)
    {
        if (inputs.Length != (long)BatchSize * SequenceLength || targets.Length != inputs.Length)
        {
            throw new ArgumentException($"A batch has {SequenceLength} * {BatchSize} inputs and as many targets; found {inputs.Length} and {targets.Length}.", nameof(inputs));
        }

        if (Position == StepsPerEpoch)
        {
            Position = 0;
        }

        for (int b = 0; b < BatchSize; b++)
        {
            Store.Read(StartOf(b), _window);
            for (int t = 0; t < SequenceLength; t++)
            {
                inputs[(t * BatchSize) + b] = _window[t];
                targets[(t * BatchSize) + b] = _window[t + 1];
            }
        }

        Position++;
        return Position == 1;
    }

    /// <summary>Writes the cursor, so that a batcher of the same store and sizes goes on with the same batches.</summary>
    /// <param name="destination">At least <see cref="StateBytes"/> long.</param>
    public abstract void WriteState(Span<byte> destination);

    /// <summary>Restores a cursor that <see cref="WriteState"/> wrote.</summary>
    /// <exception cref="UnfoldException">The bytes are no cursor of this store and these sizes.</exception>
    public abstract void ReadState(ReadOnlySpan<byte> state);

    /// <summary>Where the window of sequence b begins; asked once for each b of a batch, in order.</summary>
    private protected abstract long StartOf(int b);

    private protected long CheckedPosition(long position) => position >= 0 && position <= StepsPerEpoch
        ? position
        : throw new UnfoldException($"The saved data cursor stands at batch {position}, but an epoch of this text has {StepsPerEpoch} batches; the checkpoint belongs to another text or other sizes.");

    private protected void RequireState(ReadOnlySpan<byte> state)
    {
        if (state.Length != StateBytes)
        {
            throw new UnfoldException($"The saved data cursor has {state.Length} bytes, but {StateBytes} were wanted; the checkpoint is damaged or uses another way of batching.");
        }
    }
}
