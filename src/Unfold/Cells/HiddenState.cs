using Unfold.Autograd;

namespace Unfold.Cells;

/// <summary>The state of a cell that carries nothing but its output: simple RNN and GRU.</summary>
/// <param name="Hidden">h, (B, H).</param>
public sealed record HiddenState(Tensor Hidden) : RecurrentState(Hidden)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, Tensor Values)> Parts => [("hidden", Hidden)];

    /// <inheritdoc/>
    public override HiddenState Copy() => Map(tensor => tensor.Copy());

    internal override HiddenState Map(Func<Tensor, Tensor> change) => new(change(Hidden));
}
