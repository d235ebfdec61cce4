using Unfold.Autograd;
using Unfold.Cells;

namespace Unfold.Layers;

/// <summary>What a recurrent layer returns for a batch of sequences.</summary>
/// <param name="Outputs">h_1 .. h_T, (T, B, H); zero past the end of a shorter sequence.</param>
/// <param name="Final">The state after each sequence's own last step.</param>
public sealed record RecurrentOutput(Tensor Outputs, RecurrentState Final) : SequenceOutput(Outputs, Final)
{
    /// <summary>The state after each sequence's own last step.</summary>
    public new RecurrentState Final { get; init; } = Final;
}
