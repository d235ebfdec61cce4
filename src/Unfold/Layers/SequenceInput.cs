using Unfold.Autograd;

namespace Unfold.Layers;

/// <summary>
/// The input of a recurrent layer: a tensor (T, B, I), or tokens (T, B) that stand for one-hot vectors of width I and cost
/// no more than a look-up.
/// </summary>
public readonly struct SequenceInput
{
    private SequenceInput(Tensor? dense, ReadOnlyMemory<int> tokens, int time, int batch)
    {
        Dense = dense;
        Tokens = tokens;
        Time = time;
        Batch = batch;
    }

    /// <summary>T.</summary>
    public int Time { get; }

    /// <summary>B.</summary>
    public int Batch { get; }

    internal Tensor? Dense { get; }

    internal ReadOnlyMemory<int> Tokens { get; }

    /// <summary>Takes a tensor (T, B, I).</summary>
    /// <exception cref="ArgumentException">The tensor has not three dimensions.</exception>
    public static SequenceInput Of(Tensor dense)
    {
        ArgumentNullException.ThrowIfNull(dense);
        return dense.Shape.Rank == 3
            ? new(dense, default, dense.Shape[0], dense.Shape[1])
            : throw new ArgumentException($"The input of a recurrent layer has the shape (T, B, I); found {dense.Shape}.", nameof(dense));
    }

    /// <summary>Takes tokens in order of time: token [t * B + b] is that of row b at step t. A negative one stands for zeros.</summary>
    /// <exception cref="ArgumentException">The tokens do not fill whole time steps.</exception>
    public static SequenceInput Of(ReadOnlyMemory<int> tokens, int batch) =>
        batch > 0 && tokens.Length % batch == 0
            ? new(null, tokens, tokens.Length / batch, batch)
            : throw new ArgumentException($"{tokens.Length} tokens are not whole time steps of a batch of {batch}.", nameof(batch));
}
