using Unfold.Autograd;
using Unfold.Cells;

namespace Unfold.Layers;

/// <summary>The state of a bidirectional layer.</summary>
/// <param name="Forward">Of the forward direction: after a sequence, what has been seen up to its last step.</param>
/// <param name="Backward">Of the backward direction: after a sequence, what has been seen from its end to its first step.</param>
public sealed record BidirectionalState(RecurrentState Forward, RecurrentState Backward) : SequenceState
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, Tensor Values)> Parts =>
    [
        .. Forward.Parts.Select(part => ($"forward.{part.Name}", part.Values)),
        .. Backward.Parts.Select(part => ($"backward.{part.Name}", part.Values)),
    ];

    /// <inheritdoc/>
    public override BidirectionalState Copy() => Map(tensor => tensor.Copy());

    internal override BidirectionalState Map(Func<Tensor, Tensor> change) => new(Forward.Map(change), Backward.Map(change));
}
