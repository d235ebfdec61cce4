using Unfold.Autograd;
using Unfold.Numerics;

namespace Unfold.Layers;

/// <summary>
/// Dropout (Srivastava et al., 2014): in training each value is set to zero with probability p and else divided by 1 - p,
/// so that nothing has to change when the model is used.
/// </summary>
public static class Dropout
{
    /// <summary>Drops values at random.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">Any shape.</param>
    /// <param name="probability">p, in [0, 1).</param>
    /// <param name="random">Where the choice comes from; one number is drawn a call, whatever the shape and the threads.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1).</exception>
    public static Tensor Forward(Tape tape, Tensor input, double probability, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(random);
        if (!(probability >= 0 && probability < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "Dropout: the probability must be at least 0 and below 1.");
        }

        if (probability == 0)
        {
            return input;
        }

        ulong seed = random.NextUInt64();
        Tensor output = tape.Result(input.Shape, input.NeedsGradient);
        Span<float> copy = output.Edit();
        input.Values.CopyTo(copy);
        Memory<float> kept = tape.Scratch(input.Shape.Length);
        DrawMask(tape.Workers, kept, input.Shape, probability, seed);
        System.Numerics.Tensors.TensorPrimitives.Multiply(copy, kept.Span, copy);
        tape.OnBackward(output, () =>
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(output.Gradient, kept.Span, input.Gradient, input.Gradient));
        return output;
    }

    /// <summary>Writes 0 or 1 / (1 - p) for each value. Each row has a generator of its own, so that threads do not matter.</summary>
    private static void DrawMask(Workers workers, Memory<float> mask, Shape shape, double probability, ulong seed)
    {
        int columns = shape.Columns;
        ulong threshold = (ulong)(probability * (1UL << 32));
        float scale = (float)(1 / (1 - probability));
        workers.Run(part =>
        {
            (int first, int end) = workers.Share(shape.Rows, part);
            var random = new SeededRandom(seed);
            for (int row = first; row < end; row++)
            {
                random.Restart(seed ^ ((ulong)row * 0x9E3779B97F4A7C15UL));
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
}
