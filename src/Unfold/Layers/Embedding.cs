using Unfold.Autograd;
using Unfold.Initialization;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Layers;

/// <summary>A table of vectors, one a token: y = E[token], the product of a one-hot vector with E.</summary>
public sealed class Embedding
{
    /// <summary>Creates a table with values uniform in [-0.1, 0.1].</summary>
    /// <param name="tokens">V, the number of tokens.</param>
    /// <param name="width">The width of a vector.</param>
    /// <param name="random">Where the values come from.</param>
    /// <param name="name">The name that its parameter's name begins with.</param>
    public Embedding(int tokens, int width, SeededRandom random, string name = "embedding")
    {
        if (tokens < 1 || width < 1)
        {
            throw new ArgumentException($"{name}: the number of tokens and the width must be at least 1; found {tokens} and {width}.");
        }

        Weights = new Parameter($"{name}.weights", new Shape(tokens, width));
        Weights.Initialize(Initializer.Uniform(0.1f), random);
    }

    /// <summary>E, (V, width).</summary>
    public Parameter Weights { get; }

    /// <summary>Looks up tokens in order of time.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="tokens">T * B tokens: [t * B + b] is that of row b at step t. -1 stands for zeros. The way back reads them again: leave them as they are until then.</param>
    /// <param name="batch">B.</param>
    /// <returns>(T, B, width).</returns>
    /// <exception cref="ArgumentException">The tokens are not whole time steps, or one is not in the table.</exception>
    public Tensor Forward(Tape tape, ReadOnlyMemory<int> tokens, int batch)
    {
        ArgumentNullException.ThrowIfNull(tape);
        if (batch < 1 || tokens.Length == 0 || tokens.Length % batch != 0)
        {
            throw new ArgumentException($"{this}: {tokens.Length} tokens are not whole time steps of a batch of {batch}.", nameof(batch));
        }

        int width = Weights.Shape[1];
        Tensor output = tape.Result(new Shape(tokens.Length / batch, batch, width), needsGradient: true);
        Span<float> rows = output.Edit();
        for (int row = 0; row < tokens.Length; row++)
        {
            int token = tokens.Span[row];
            if (token >= Weights.Shape[0] || token < -1)
            {
                throw new ArgumentException($"{this}: a token must be below {Weights.Shape[0]} and not negative, but for -1, which stands for zeros; found {token}.", nameof(tokens));
            }

            Span<float> destination = rows.Slice(row * width, width);
            if (token < 0)
            {
                destination.Clear();
            }
            else
            {
                Weights.Values.Slice(token * width, width).CopyTo(destination);
            }
        }

        tape.OnBackward(output, () =>
        {
            // A layer that knows of the table has given it its gradient already.
            if (output.HasGradient)
            {
                Reductions.AddRowsAt(output.Gradient, tokens.Span, width, width, Weights.Gradient, tape.Workers);
            }
        });
        return output;
    }

    /// <summary>Looks up tokens for a recurrent layer to read, by choice with dropout of words and of values.</summary>
    internal SequenceInput Read(
        Tape tape, ReadOnlyMemory<int> tokens, int batch, double dropout, SeededRandom? random, double wordDropout = 0, DropoutMask mask = DropoutMask.Independent)
    {
        Tensor vectors = Forward(tape, tokens, batch);
        if (random is null || (dropout == 0 && wordDropout == 0))
        {
            return SequenceInput.Of(vectors, this, tokens);
        }

        Tensor words = Dropout.OfWords(tape, vectors, tokens, wordDropout, random);
        return SequenceInput.Of(Dropout.Forward(tape, words, dropout, random, mask));
    }

    /// <summary>The vector of one token.</summary>
    internal ReadOnlySpan<float> Row(int token) => Weights.Values.Slice(token * Weights.Shape[1], Weights.Shape[1]);

    /// <summary>Writes the constructor with the number of parameters.</summary>
    public override string ToString() => FormattableString.Invariant($"Embedding({Weights.Shape[0]} -> {Weights.Shape[1]}, {Weights.Shape.Length:N0} parameters)");
}
