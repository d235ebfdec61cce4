using Unfold.Autograd;
using Unfold.Cells;

namespace Unfold.Layers;

/// <summary>What a recurrent layer returns for a batch of sequences.</summary>
/// <param name="Outputs">h_1 .. h_T, (T, B, H); zero past the end of a shorter sequence.</param>
/// <param name="Final">The state after each sequence's own last step.</param>
public sealed record RecurrentOutput(Tensor Outputs, RecurrentState Final) : SequenceOutput(Outputs, Final)
{
    /// <summary>The state after each sequence's own last step.</summary>
    /// <remarks>That of the base, so that a copy with another state has it under both names.</remarks>
    public new RecurrentState Final
    {
        get => (RecurrentState)base.Final;
        init => base.Final = value;
    }
}
