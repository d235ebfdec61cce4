using Unfold.Autograd;

namespace Unfold.Cells;

/// <summary>
/// A recurrent cell: a pure step from an input and a state to the next state. Walking through time, batches, lengths,
/// directions and truncation live outside, in <see cref="Layers.Recurrent"/>.
/// </summary>
/// <remarks>
/// A <see cref="FusedCell"/> has its gradient worked out by hand; a <see cref="ComposedCell"/> is written by anybody from
/// small operations, which bring their gradients along.
/// </remarks>
public abstract class Cell
{
    private protected Cell(string name, int input, int hidden, int memory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (input < 1 || hidden < 1 || memory < 0)
        {
            throw new ArgumentException($"{name}: input and hidden size must be at least 1, and the memory at least 0; found {input}, {hidden} and {memory}.");
        }

        (Name, InputSize, HiddenSize, MemorySize) = (name, input, hidden, memory);
    }

    /// <summary>The name that its parameters' names begin with.</summary>
    public string Name { get; }

    /// <summary>I, the width of the input.</summary>
    public int InputSize { get; }

    /// <summary>H, the width of the output.</summary>
    public int HiddenSize { get; }

    /// <summary>M, the width of the state that is not output; 0 where all of the state is output.</summary>
    public int MemorySize { get; }

    /// <summary>Everything that is learned, in the order of the equations.</summary>
    public abstract IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>A state of zeros for a batch of sequences.</summary>
    public RecurrentState ZeroState(int batch) => RecurrentState.Of(
        new Tensor(new Shape(batch, HiddenSize)),
        MemorySize == 0 ? null : new Tensor(new Shape(batch, MemorySize)));

    /// <summary>Writes the constructor with the number of parameters.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{GetType().Name}({InputSize} -> {HiddenSize}{Options}, {Parameters.Sum(parameter => (long)parameter.Shape.Length):N0} parameters)");

    /// <summary>What the constructor was told beside the sizes, to be written, as in ", relu".</summary>
    private protected virtual string Options => "";
}
