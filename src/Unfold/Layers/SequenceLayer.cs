using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Numerics;

namespace Unfold.Layers;

/// <summary>A layer from a batch of sequences to a batch of sequences: recurrent, bidirectional, or a stack of such.</summary>
public abstract class SequenceLayer
{
    private protected SequenceLayer()
    {
    }

    /// <summary>I, the width of the input.</summary>
    public abstract int InputSize { get; }

    /// <summary>F, the width of the output.</summary>
    public abstract int OutputSize { get; }

    /// <summary>Everything that is learned.</summary>
    public abstract IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>A state of zeros for a batch of sequences.</summary>
    public abstract SequenceState ZeroState(int batch);

    /// <summary>Runs the layer over a batch of sequences.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">(T, B, I), or tokens (T, B).</param>
    /// <param name="initial">The state before the first step; zeros where it is not given. A gradient flows into it where it needs one.</param>
    /// <param name="lengths">
    /// For each sequence of the batch its number of steps, 1 .. T; T where they are not given. What the input holds past a sequence's
    /// end is not read, and costs no time. The way back reads the lengths again: leave them as they are until then.
    /// </param>
    /// <param name="random">Where chance comes from in training (dropout, zoneout); none where the layer is used.</param>
    /// <exception cref="ArgumentException">A shape, a token or a length does not fit; the message names the layer.</exception>
    public abstract SequenceOutput Forward(
        Tape tape, SequenceInput input, SequenceState? initial = null, IReadOnlyList<int>? lengths = null, SeededRandom? random = null);
}
