using System.Buffers.Binary;

namespace Unfold.Text;

/// <summary>
/// Cuts the text into B contiguous streams and walks all of them side by side, T steps a batch, so that the hidden state can be
/// carried from batch to batch. An epoch gives each token as an input once, but for fewer than T at the end of each stream.
/// </summary>
public sealed class StreamBatcher : Batcher
{
    private readonly long _streamLength;

    /// <summary>Creates the batcher at the beginning of the text.</summary>
    /// <param name="store">The tokens.</param>
    /// <param name="batchSize">B, the number of streams.</param>
    /// <param name="sequenceLength">T, the steps of one batch.</param>
    /// <exception cref="UnfoldException">The store has fewer than B * T + 1 tokens.</exception>
    public StreamBatcher(TokenStore store, int batchSize, int sequenceLength)
        : base(store, batchSize, sequenceLength, Wanted(batchSize, sequenceLength),
            $"a batch of {batchSize} streams of {sequenceLength} steps needs at least {Wanted(batchSize, sequenceLength)}; lower the batch size or the sequence length") =>
        _streamLength = (store.Count - 1) / batchSize;

    /// <summary>8: the number of batches given in this epoch.</summary>
    public override int StateBytes => sizeof(long);

    /// <summary>Writes the number of batches given in this epoch.</summary>
    public override void WriteState(Span<byte> destination) => BinaryPrimitives.WriteInt64LittleEndian(destination, Position);

    /// <summary>Restores a cursor that <see cref="WriteState"/> wrote.</summary>
    public override void ReadState(ReadOnlySpan<byte> state)
    {
        RequireState(state);
        Position = CheckedPosition(BinaryPrimitives.ReadInt64LittleEndian(state));
    }

    private static long Wanted(int batchSize, int sequenceLength) => ((long)batchSize * sequenceLength) + 1;

    private protected override long StartOf(int b) => (b * _streamLength) + (Position * SequenceLength);
}
