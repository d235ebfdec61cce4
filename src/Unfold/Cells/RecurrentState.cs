using Unfold.Autograd;

namespace Unfold.Cells;

/// <summary>
/// What a recurrent layer carries from one time step to the next: a value that the caller holds, so it can be inspected,
/// saved, restored, and given to two continuations. No state stands for zeros.
/// </summary>
/// <param name="Hidden">h, (B, H).</param>
public abstract record RecurrentState(Tensor Hidden)
{
    /// <summary>The tensors of the state with their names.</summary>
    public abstract IReadOnlyList<(string Name, Tensor Values)> Parts { get; }

    /// <summary>The same state in memory of its own, which outlives the tape that computed it.</summary>
    public abstract RecurrentState Copy();

    internal virtual Tensor? Memory => null;
}

/// <summary>The state of a cell that carries nothing but its output: simple RNN and GRU.</summary>
/// <param name="Hidden">h, (B, H).</param>
public sealed record HiddenState(Tensor Hidden) : RecurrentState(Hidden)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, Tensor Values)> Parts => [("hidden", Hidden)];

    /// <inheritdoc/>
    public override HiddenState Copy() => new(Hidden.Copy());
}

/// <summary>The state of an LSTM.</summary>
/// <param name="Hidden">h, (B, H): the output.</param>
/// <param name="Cell">c, (B, H): the cell state.</param>
public sealed record LstmState(Tensor Hidden, Tensor Cell) : RecurrentState(Hidden)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, Tensor Values)> Parts => [("hidden", Hidden), ("cell", Cell)];

    internal override Tensor Memory => Cell;

    /// <inheritdoc/>
    public override LstmState Copy() => new(Hidden.Copy(), Cell.Copy());
}
