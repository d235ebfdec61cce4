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

    /// <summary>The table whose rows <see cref="Dense"/> holds, and which row at each place; null where the numbers come from elsewhere.</summary>
    internal (Embedding Table, ReadOnlyMemory<int> Tokens)? LookUp { get; private init; }

    /// <summary>Takes a tensor (T, B, I).</summary>
    /// <exception cref="ArgumentException">The tensor has not three dimensions.</exception>
    public static SequenceInput Of(Tensor dense)
    {
        ArgumentNullException.ThrowIfNull(dense);
        return dense.Shape.Rank == 3
            ? new(dense, default, dense.Shape[0], dense.Shape[1])
            : throw new ArgumentException($"The input of a recurrent layer has the shape (T, B, I); found {dense.Shape}.", nameof(dense));
    }

    /// <summary>Takes what was looked up in a table, and the table with it: so a layer need not multiply a row as often as it comes.</summary>
    /// <param name="dense">(T, B, I); a gradient may go to the table past it.</param>
    /// <param name="table">The table.</param>
    /// <param name="tokens">The row of the table at each place; -1 stands for zeros.</param>
    internal static SequenceInput Of(Tensor dense, Embedding table, ReadOnlyMemory<int> tokens) => Of(dense) with { LookUp = (table, tokens) };

    /// <summary>Some steps of this input, without a copy.</summary>
    /// <param name="start">The first step.</param>
    /// <param name="steps">The number of steps.</param>
    /// <exception cref="ArgumentException">The steps are not all in the input, or a gradient flows into it: compute such an input a piece at a time.</exception>
    public SequenceInput Slice(int start, int steps)
    {
        if (start < 0 || steps < 0 || start > Time - steps)
        {
            throw new ArgumentException($"Steps {start} to {start + steps} are not all in an input of {Time} steps.", nameof(start));
        }

        if (Dense is null)
        {
            return new(null, Tokens.Slice(start * Batch, steps * Batch), steps, Batch);
        }

        return Dense.NeedsGradient
            ? throw new ArgumentException("A gradient flows into this input, and would not find back from a slice: compute the input for these steps alone.")
            : new(Dense.Rows(start * Batch, new Shape(steps, Batch, Dense.Shape[2])), default, steps, Batch);
    }

    /// <summary>Takes tokens in order of time: token [t * B + b] is that of row b at step t. -1 stands for zeros; a layer refuses other negative ones within a sequence's length. The way back reads them again: leave them as they are until then.</summary>
    /// <exception cref="ArgumentException">The tokens do not fill whole time steps.</exception>
    public static SequenceInput Of(ReadOnlyMemory<int> tokens, int batch) =>
        batch > 0 && tokens.Length % batch == 0
            ? new(null, tokens, tokens.Length / batch, batch)
            : throw new ArgumentException($"{tokens.Length} tokens are not whole time steps of a batch of {batch}.", nameof(batch));
}
