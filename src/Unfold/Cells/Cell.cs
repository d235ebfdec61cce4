using Unfold.Autograd;
using Unfold.Numerics;
using Unfold.Numerics.Products;

namespace Unfold.Cells;

/// <summary>
/// A recurrent cell: a pure step from an input and a state to the next state, with its gradient. Walking through time,
/// batches, lengths and truncation live outside, in <see cref="Layers.Recurrent"/>.
/// </summary>
public abstract class Cell
{
    private protected Cell(string name, int input, int hidden, int gates)
    {
        if (input < 1 || hidden < 1)
        {
            throw new ArgumentException($"{name}: input and hidden size must be at least 1; found {input} and {hidden}.");
        }

        Name = name;
        InputSize = input;
        HiddenSize = hidden;
        GatesWidth = checked(gates * hidden);
        InputWeights = new Parameter($"{name}.input_weights", new Shape(input, GatesWidth));
        RecurrentWeights = new Parameter($"{name}.recurrent_weights", new Shape(hidden, GatesWidth));
        Bias = new Parameter($"{name}.bias", new Shape(GatesWidth));
    }

    /// <summary>The name that its parameters' names begin with.</summary>
    public string Name { get; }

    /// <summary>I, the width of the input.</summary>
    public int InputSize { get; }

    /// <summary>H, the width of the output.</summary>
    public int HiddenSize { get; }

    /// <summary>U, (I, G): from the input to the gates, whose columns lie side by side.</summary>
    public Parameter InputWeights { get; }

    /// <summary>W, (H, G): from the output of the step before to the gates.</summary>
    public Parameter RecurrentWeights { get; }

    /// <summary>b, (G).</summary>
    public Parameter Bias { get; }

    /// <summary>Everything that is learned, in the order of the equations.</summary>
    public virtual IReadOnlyList<Parameter> Parameters => [InputWeights, RecurrentWeights, Bias];

    /// <summary>G, the width of all gates together.</summary>
    internal int GatesWidth { get; }

    /// <summary>S, the width of what a step saves beside its gates.</summary>
    internal virtual int SavedWidth => 0;

    /// <summary>M, the width of the state that is not output.</summary>
    internal virtual int MemoryWidth => 0;

    /// <summary>Makes a state from its tensors.</summary>
    /// <param name="hidden">h, (B, H).</param>
    /// <param name="memory">(B, M), or null where M is 0.</param>
    internal abstract RecurrentState State(Tensor hidden, Tensor? memory);

    /// <summary>Brings the copies of the weights that the products read up to date. Safe to call from several threads.</summary>
    internal abstract void Prepare(Workers workers, bool forBackward);

    /// <summary>Computes one step.</summary>
    internal abstract void Forward(in Step step);

    /// <summary>Computes the gradient of one step.</summary>
    internal abstract void Backward(in StepGradient step);

    /// <summary>Adds to the gradients of all parameters but U and b, over a whole sequence.</summary>
    internal abstract void AddRecurrentGradients(in SequenceGradient sequence, Workers workers);

    /// <summary>dW += previousH^T dGates, for a cell whose product is h W.</summary>
    private protected void AddProductGradient(in SequenceGradient sequence, Workers workers) =>
        MatrixProduct.Multiply(
            workers,
            new MatrixView(sequence.PreviousHidden, sequence.Rows, HiddenSize).Transposed,
            new MatrixView(sequence.Gates, sequence.Rows, GatesWidth),
            RecurrentWeights.Gradient,
            Accumulation.Add);

    /// <summary>Writes the constructor with the number of parameters.</summary>
    public override string ToString() =>
        $"{GetType().Name}({InputSize} -> {HiddenSize}{Options}, {Parameters.Sum(parameter => (long)parameter.Shape.Length):N0} parameters)";

    private protected virtual string Options => "";
}
