using Unfold.Autograd;
using Unfold.Initialization;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Numerics.Products;
using Unfold.Reference;

namespace Unfold.Cells;

/// <summary>
/// The simple recurrent network (Elman, 1990): h_t = f(x_t U + h_(t-1) W + b).
/// </summary>
public sealed class RnnCell : FusedCell
{
    private readonly PackedWeights _recurrent;

    /// <summary>Creates a cell. U is Glorot uniform, b zero; W is orthogonal, or the identity where f is relu (Le et al., 2015).</summary>
    /// <param name="input">I.</param>
    /// <param name="hidden">H.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="activation">f.</param>
    /// <param name="name">The name that its parameters' names begin with.</param>
    public RnnCell(int input, int hidden, SeededRandom random, Activation activation = Activation.Tanh, string name = "rnn")
        : base(name, input, hidden, gatesWidth: hidden)
    {
        Activation = Enum.IsDefined(activation)
            ? activation
            : throw new ArgumentOutOfRangeException(nameof(activation), activation, $"{name}: this activation is not known.");
        _recurrent = new PackedWeights(RecurrentWeights!);
        InputWeights.Initialize(Initializer.GlorotUniform, random);
        RecurrentWeights!.Initialize(activation == Activation.Relu ? Initializer.Identity(1) : Initializer.Orthogonal, random);
    }

    /// <summary>f.</summary>
    public Activation Activation { get; }

    private protected override string Options => $", {Activation.ToString().ToLowerInvariant()}";

    /// <inheritdoc/>
    public override ReferenceState ReferenceStep(IReadOnlyDictionary<string, double[]> parameters, double[] x, ReferenceState previous)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(previous);
        double[] U = parameters[InputWeights.Name], W = parameters[RecurrentWeights!.Name], b = parameters[Bias.Name];
        return new(ReferenceRnn.Step(x, previous.H, U, W, b, Activation), []);
    }

    internal override void Prepare(Workers workers, bool forBackward) => _recurrent.Prepare(workers, forBackward);

    internal override void Forward(in Step step)
    {
        _recurrent.AddProduct(step, step.PreviousHidden, step.Gates, HiddenSize);
        ActivationKernels.Forward(Activation, step.Gates, step.Hidden);
    }

    internal override void Backward(in StepGradient step)
    {
        ActivationKernels.Backward(Activation, step.Hidden, step.HiddenGradient, step.Gates);
        _recurrent.Transposed.Multiply(step.Gates, HiddenSize, step.Rows, step.HiddenGradient, HiddenSize, Accumulation.Overwrite);
    }

    internal override void AddRecurrentGradients(in SequenceGradient sequence, Workers workers) => AddProductGradient(sequence, workers);
}
