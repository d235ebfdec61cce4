using Unfold.Numerics;

namespace Unfold.Layers;

/// <summary>The scores of one attention and their gradients, sequence by sequence: each sequence is one thread's work.</summary>
internal abstract class AttentionScores
{
    /// <summary>Whether a gradient flows into queries, keys or parameters.</summary>
    public abstract bool NeedsGradient { get; }

    /// <summary>Makes memory and gradients that several threads will use.</summary>
    /// <param name="workers">The threads.</param>
    public abstract void PrepareBackward(Workers workers);

    /// <summary>scores[t, s] for the queries and the steps of one sequence.</summary>
    /// <param name="place">The sequence and the thread.</param>
    /// <param name="scores">Written; the rows of two queries lie <paramref name="stride"/> apart.</param>
    /// <param name="stride">The distance of two rows.</param>
    public abstract void Compute(AttentionPlace place, Span<float> scores, int stride);

    /// <summary>Adds the gradients that come from those of the scores of one sequence, whose rows lie side by side.</summary>
    public abstract void AddGradients(AttentionPlace place, ReadOnlySpan<float> scoreGradients);

    /// <summary>Adds up what the sequences have left, when all are done.</summary>
    public abstract void EndBackward(Workers workers);
}

/// <summary>One sequence of a batch in an attention.</summary>
/// <param name="Sequence">Its row in the batch.</param>
/// <param name="Queries">The number of its queries.</param>
/// <param name="Steps">The number of steps of its source.</param>
/// <param name="Part">The thread that it falls to.</param>
/// <param name="Alone">That thread as a team of its own, for products.</param>
internal readonly record struct AttentionPlace(int Sequence, int Queries, int Steps, int Part, Workers Alone);
