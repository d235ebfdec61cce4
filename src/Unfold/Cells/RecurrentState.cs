using Unfold.Autograd;

namespace Unfold.Cells;

/// <summary>The state of one recurrent layer.</summary>
/// <param name="Hidden">h, (B, H).</param>
public abstract record RecurrentState(Tensor Hidden) : SequenceState
{
    /// <inheritdoc/>
    public abstract override RecurrentState Copy();

    /// <inheritdoc/>
    internal abstract override RecurrentState Map(Func<Tensor, Tensor> change);

    internal virtual Tensor? Memory => null;

    /// <summary>Makes a state from its tensors.</summary>
    /// <param name="hidden">h, (B, H).</param>
    /// <param name="memory">c, (B, M), or null where M is 0.</param>
    internal static RecurrentState Of(Tensor hidden, Tensor? memory) =>
        memory is null ? new HiddenState(hidden) : new LstmState(hidden, memory);
}
