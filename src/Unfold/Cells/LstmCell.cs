using Unfold.Autograd;
using Unfold.Initialization;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Numerics.Products;
using Unfold.Reference;

namespace Unfold.Cells;

/// <summary>
/// Long short-term memory (Hochreiter and Schmidhuber, 1997) with a forget gate (Gers et al., 2000):
/// i, f, g, o = the four gates' sums x_t U + h_(t-1) W + b; c_t = sigmoid(f) c_(t-1) + sigmoid(i) tanh(g);
/// h_t = sigmoid(o) tanh(c_t).
/// </summary>
/// <remarks>The columns of U, W and b hold the gates in the order i, f, g, o, each H wide.</remarks>
public sealed class LstmCell : FusedCell
{
    private readonly PackedWeights _recurrent;

    /// <summary>Creates a cell. U is Glorot uniform, W orthogonal, b zero but for the forget gate.</summary>
    /// <param name="input">I.</param>
    /// <param name="hidden">H.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="forgetBias">
    /// The initial bias of the forget gate; 1 lets the gradient through from the start (Gers et al., 2000; Jozefowicz et al., 2015).
    /// </param>
    /// <param name="name">The name that its parameters' names begin with.</param>
    public LstmCell(int input, int hidden, SeededRandom random, float forgetBias = 1, string name = "lstm")
        : base(name, input, hidden, gatesWidth: checked(4 * hidden), memory: hidden)
    {
        _recurrent = new PackedWeights(RecurrentWeights!);
        InputWeights.Initialize(Initializer.GlorotUniform, random);
        RecurrentWeights!.Initialize(Initializer.Orthogonal, random);
        Bias.Edit().Slice(hidden, hidden).Fill(forgetBias);
    }

    /// <inheritdoc/>
    public override ReferenceState ReferenceStep(IReadOnlyDictionary<string, double[]> parameters, double[] x, ReferenceState previous)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(previous);
        double[] U = parameters[InputWeights.Name], W = parameters[RecurrentWeights!.Name], b = parameters[Bias.Name];
        (double[] h, double[] c) = ReferenceLstm.Step(x, previous.H, previous.C, U, W, b);
        return new(h, c);
    }

    internal override void Prepare(Workers workers, bool forBackward) => _recurrent.Prepare(workers, forBackward);

    internal override void Forward(in Step step)
    {
        _recurrent.AddProduct(step, step.PreviousHidden, step.Gates, GatesWidth);
        LstmKernels.Forward(step.Gates, step.PreviousMemory, step.Memory, step.Hidden, step.Rows, HiddenSize);
    }

    internal override void Backward(in StepGradient step)
    {
        LstmKernels.Backward(step.Gates, step.PreviousMemory, step.Memory, step.HiddenGradient, step.MemoryGradient, step.Rows, HiddenSize);
        _recurrent.Transposed.Multiply(step.Gates, GatesWidth, step.Rows, step.HiddenGradient, HiddenSize, Accumulation.Overwrite);
    }

    internal override void AddRecurrentGradients(in SequenceGradient sequence, Workers workers) => AddProductGradient(sequence, workers);
}
