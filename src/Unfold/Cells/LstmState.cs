using Unfold.Autograd;

namespace Unfold.Cells;

/// <summary>The state of an LSTM.</summary>
/// <param name="Hidden">h, (B, H): the output.</param>
/// <param name="Cell">c, (B, M): the cell state.</param>
public sealed record LstmState(Tensor Hidden, Tensor Cell) : RecurrentState(Hidden)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, Tensor Values)> Parts => [("hidden", Hidden), ("cell", Cell)];

    internal override Tensor Memory => Cell;

    /// <inheritdoc/>
    public override LstmState Copy() => Map(tensor => tensor.Copy());

    internal override LstmState Map(Func<Tensor, Tensor> change) => new(change(Hidden), change(Cell));
}
