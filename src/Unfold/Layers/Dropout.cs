using Unfold.Autograd;
using Unfold.Numerics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Unfold.Layers;

/// <summary>
/// Dropout (Srivastava et al., 2014): in training each value is set to zero with probability p and else divided by 1 - p,
/// so that nothing has to change when the model is used.
/// </summary>
public static class Dropout
{
    // Takes the seeds of rows far apart.
    private const ulong RowStride = 0x9E3779B97F4A7C15UL;

    /// <summary>Drops values at random.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">Any shape; for a locked mask the first of three dimensions or more is time.</param>
    /// <param name="probability">p, in [0, 1).</param>
    /// <param name="random">Where the choice comes from; one number is drawn a call, whatever the shape and the threads.</param>
    /// <param name="mask">Whether all steps of time drop the same.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1).</exception>
    public static Tensor Forward(Tape tape, Tensor input, double probability, SeededRandom random, DropoutMask mask = DropoutMask.Independent)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(random);
        Require(probability);
        if (probability == 0)
        {
            return input;
        }

        ulong seed = random.NextUInt64();
        Tensor output = tape.Result(input.Shape, tape.NeedsGradient(input));
        int columns = input.Shape.Columns;
        int rows = mask == DropoutMask.Locked && input.Shape.Rank > 2 ? input.Shape.Rows / input.Shape[0] : input.Shape.Rows;
        Memory<float> kept = tape.Scratch(rows * columns);
        DrawMask(tape.Workers, kept, rows, columns, probability, seed);
        ReadOnlySpan<float> values = input.Values;
        Span<float> copy = output.Edit();
        for (int start = 0; start < values.Length; start += kept.Length)
        {
            TensorPrimitives.Multiply(values.Slice(start, kept.Length), kept.Span, copy.Slice(start, kept.Length));
        }

        tape.OnBackward(output, () =>
        {
            Span<float> gradient = input.Gradient;
            for (int start = 0; start < gradient.Length; start += kept.Length)
            {
                Span<float> part = gradient.Slice(start, kept.Length);
                TensorPrimitives.MultiplyAdd(output.Gradient.Slice(start, kept.Length), kept.Span, part, part);
            }
        });
        return output;
    }

    /// <summary>
    /// Drops whole words (Gal and Ghahramani, 2016): all vectors of a token of the window are set to zero with probability p and else divided
    /// by 1 - p.
    /// </summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="vectors">A row for each token.</param>
    /// <param name="tokens">The tokens; the same are dropped together.</param>
    /// <param name="probability">p, in [0, 1).</param>
    /// <param name="random">Where the choice comes from; one number is drawn a call.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1).</exception>
    /// <exception cref="ArgumentException">There is not one row a token.</exception>
    public static Tensor OfWords(Tape tape, Tensor vectors, ReadOnlyMemory<int> tokens, double probability, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(random);
        Require(probability);
        if (vectors.Shape.Rows != tokens.Length)
        {
            throw new ArgumentException($"Dropout of words: {tokens.Length} tokens want as many rows; found the shape {vectors.Shape}.", nameof(vectors));
        }

        if (probability == 0)
        {
            return vectors;
        }

        int columns = vectors.Shape.Columns;
        Memory<float> kept = tape.Scratch(tokens.Length);
        ulong seed = random.NextUInt64();
        var own = new SeededRandom(seed);
        for (int row = 0; row < tokens.Length; row++)
        {
            own.Restart(seed ^ ((ulong)tokens.Span[row] * RowStride));
            kept.Span[row] = own.NextDouble() < probability ? 0 : (float)(1 / (1 - probability));
        }

        Tensor output = tape.Result(vectors.Shape, tape.NeedsGradient(vectors));
        ReadOnlySpan<float> values = vectors.Values;
        Span<float> copy = output.Edit();
        for (int row = 0; row < tokens.Length; row++)
        {
            TensorPrimitives.Multiply(values.Slice(row * columns, columns), kept.Span[row], copy.Slice(row * columns, columns));
        }

        tape.OnBackward(output, () =>
        {
            for (int row = 0; row < tokens.Length; row++)
            {
                Span<float> part = vectors.Gradient.Slice(row * columns, columns);
                TensorPrimitives.MultiplyAdd(output.Gradient.Slice(row * columns, columns), kept.Span[row], part, part);
            }
        });
        return output;
    }

    /// <summary>Writes 0 or 1 / (1 - p) for each value. Each row has a generator of its own, so that threads do not matter.</summary>
    internal static void DrawMask(Workers workers, Memory<float> mask, int rows, int columns, double probability, ulong seed)
    {
        ulong threshold = (ulong)(probability * (1UL << 32));
        float scale = (float)(1 / (1 - probability));
        workers.Run(part =>
        {
            (int first, int end) = workers.Share(rows, part);
            var random = new SeededRandom(seed);
            for (int row = first; row < end; row++)
            {
                random.Restart(seed ^ ((ulong)row * RowStride));
                Span<float> values = mask.Span.Slice(row * columns, columns);
                for (int i = 0; i < columns; i += 2)
                {
                    ulong bits = random.NextUInt64();
                    values[i] = (bits >> 32) < threshold ? 0 : scale;
                    if (i + 1 < columns)
                    {
                        values[i + 1] = (bits & 0xFFFFFFFF) < threshold ? 0 : scale;
                    }
                }
            }
        });
    }

    internal static void Require(double probability)
    {
        if (!(probability >= 0 && probability < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), FormattableString.Invariant($"Dropout: the probability must be at least 0 and below 1; found {probability}."));
        }
    }
}
