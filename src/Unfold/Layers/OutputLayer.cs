using Unfold.Autograd;
using Unfold.Numerics;

namespace Unfold.Layers;

/// <summary>The output of a model of classes: p(class | h), trained with the mean cross-entropy -log p[target] in nats.</summary>
public abstract class OutputLayer
{
    private protected OutputLayer()
    {
    }

    /// <summary>H, the width of the input.</summary>
    public abstract int InputSize { get; }

    /// <summary>V, the number of classes.</summary>
    public abstract int Classes { get; }

    /// <summary>Everything that is learned here.</summary>
    public abstract IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The mean cross-entropy over all rows whose target is not negative.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">h: any shape whose last dimension is H.</param>
    /// <param name="targets">One class for each row of h; a negative one leaves its row out.</param>
    /// <param name="random">Where chance comes from in training, for a layer that draws; the loss is exact where it is not given.</param>
    /// <exception cref="ArgumentException">There is not one target a row, or none that counts, or one is not a class.</exception>
    public abstract Tensor Loss(Tape tape, Tensor input, ReadOnlyMemory<int> targets, SeededRandom? random = null);

    /// <summary>The logits of all classes, for all rows of h: their softmax is p.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">h: any shape whose last dimension is H; the logits have the same outer dimensions.</param>
    public abstract Tensor Logits(Tape tape, Tensor input);

    /// <summary>Writes the layers that it is made of.</summary>
    public abstract override string ToString();

    /// <summary>Computes the logits for rows that threads share out among themselves: prepares what all of them read.</summary>
    internal abstract void Prepare(Workers workers);

    /// <summary>Computes the logits of some rows on the calling thread, after <see cref="Prepare"/>.</summary>
    internal abstract void ComputeShare(ReadOnlySpan<float> input, int rows, Span<float> logits);

    /// <summary>The logits of one row.</summary>
    internal void Compute(Workers workers, ReadOnlySpan<float> input, Span<float> logits)
    {
        Prepare(workers);
        ComputeShare(input, rows: 1, logits);
    }

    /// <summary>The number of targets that count, where there is one for each row.</summary>
    private protected int Count(ReadOnlySpan<int> targets, int rows)
    {
        if (targets.Length != rows)
        {
            throw new ArgumentException($"{this}: there must be one target for each of the {rows} rows; found {targets.Length}.", nameof(targets));
        }

        int counted = 0;
        foreach (int target in targets)
        {
            if (target >= Classes)
            {
                throw new ArgumentException($"{this}: a target must be below {Classes}; found {target}.", nameof(targets));
            }

            counted += target >= 0 ? 1 : 0;
        }

        return counted > 0 ? counted : throw new ArgumentException($"{this}: no target counts: all are negative.", nameof(targets));
    }
}
