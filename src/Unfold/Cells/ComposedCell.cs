using Unfold.Autograd;
using Unfold.Numerics;

namespace Unfold.Cells;

/// <summary>
/// A cell written from small operations of the tape: the gradients come by themselves. It works wherever a built-in cell
/// does, a few times slower.
/// </summary>
/// <remarks>
/// <para>
/// Derive from it, make the parameters in the constructor, list them in <see cref="Cell.Parameters"/>, and write one step.
/// </para>
/// <para>
/// A cell with a memory beside its output, as an LSTM has, tells its width to the constructor; its state is then an
/// <see cref="LstmState"/> and not a <see cref="HiddenState"/>.
/// </para>
/// </remarks>
public abstract class ComposedCell : Cell
{
    /// <summary>Creates a cell.</summary>
    /// <param name="name">The name that its parameters' names begin with.</param>
    /// <param name="input">I.</param>
    /// <param name="hidden">H, the width of the output.</param>
    /// <param name="memory">M, the width of the state that is not output; 0 where all of it is.</param>
    /// <exception cref="ArgumentException">A size is out of range.</exception>
    protected ComposedCell(string name, int input, int hidden, int memory = 0)
        : base(name, input, hidden, memory)
    {
    }

    /// <summary>Computes one step with the operations of the tape.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="input">x_t, (B, I).</param>
    /// <param name="previous">The state of the step before: (B, H), and where M is not 0 (B, M).</param>
    /// <param name="random">
    /// Where chance comes from in training, such as dropout within the step; null where the model is used, and what is drawn has no place. It
    /// goes on from step to step, so each step draws anew.
    /// </param>
    /// <returns>The state of this step, of the same kind and shape; its hidden part is the output.</returns>
    public abstract RecurrentState Step(Tape tape, Tensor input, RecurrentState previous, SeededRandom? random);
}
