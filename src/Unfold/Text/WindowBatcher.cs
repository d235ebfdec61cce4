using System.Buffers.Binary;
using Unfold.Numerics;

namespace Unfold.Text;

/// <summary>
/// Draws B windows of T tokens from anywhere in the text, uniformly and with replacement. Every window stands alone: the hidden
/// state is zero at the start of each batch. A caller that trains on the last step alone uses the last B targets.
/// </summary>
public sealed class WindowBatcher : Batcher
{
    private SeededRandom _random;

    /// <summary>Creates the batcher.</summary>
    /// <param name="store">The tokens.</param>
    /// <param name="batchSize">B, the windows of one batch.</param>
    /// <param name="sequenceLength">T, the tokens of one window.</param>
    /// <param name="random">Draws the windows, and belongs to the batcher from now on: its state is part of the cursor.</param>
    /// <exception cref="UnfoldException">The store has fewer than T + 1 tokens.</exception>
    public WindowBatcher(TokenStore store, int batchSize, int sequenceLength, SeededRandom random)
        : base(store, batchSize, sequenceLength, sequenceLength + 1L,
            $"a window of {sequenceLength} steps needs at least {sequenceLength + 1L}; lower the sequence length")
    {
        ArgumentNullException.ThrowIfNull(random);
        _random = random;
    }

    /// <summary>40: the number of batches given in this epoch and the generator's state.</summary>
    public override int StateBytes => sizeof(long) + SeededRandom.StateBytes;

    /// <summary>Writes the number of batches given in this epoch and the generator's state.</summary>
    public override void WriteState(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination, Position);
        _random.WriteState(destination[sizeof(long)..]);
    }

    /// <summary>Restores a cursor that <see cref="WriteState"/> wrote.</summary>
    public override void ReadState(ReadOnlySpan<byte> state)
    {
        RequireState(state);
        long position = CheckedPosition(BinaryPrimitives.ReadInt64LittleEndian(state));
        if (state[sizeof(long)..].IndexOfAnyExcept((byte)0) < 0)
        {
            throw new UnfoldException("The saved data cursor holds an empty generator state; the checkpoint is damaged.");
        }

        _random = new SeededRandom(state[sizeof(long)..]);
        Position = position;
    }

    private protected override long StartOf(int b) => _random.NextInt64(Store.Count - SequenceLength);
}
