using Unfold.Autograd;
using Unfold.Cells;

namespace Unfold.Layers;

/// <summary>What a layer returns for a batch of sequences.</summary>
/// <param name="Outputs">(T, B, F); zero past the end of a shorter sequence.</param>
/// <param name="Final">The state after each sequence's own last step.</param>
public record SequenceOutput(Tensor Outputs, SequenceState Final);
