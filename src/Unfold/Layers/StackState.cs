using Unfold.Autograd;
using Unfold.Cells;

namespace Unfold.Layers;

/// <summary>The state of a stack: one state a layer.</summary>
/// <param name="Layers">The states, from the layer nearest to the input.</param>
public sealed record StackState(IReadOnlyList<SequenceState> Layers) : SequenceState
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, Tensor Values)> Parts =>
    [
        .. Layers.SelectMany((layer, index) => layer.Parts.Select(part => ($"layers.{index}.{part.Name}", part.Values))),
    ];

    /// <inheritdoc/>
    public override StackState Copy() => Map(tensor => tensor.Copy());

    internal override StackState Map(Func<Tensor, Tensor> change) => new([.. Layers.Select(layer => layer.Map(change))]);
}
