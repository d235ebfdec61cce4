using Unfold.Autograd;
using Unfold.Initialization;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Numerics.Products;
using Unfold.Reference;

namespace Unfold.Cells;

/// <summary>
/// The gated recurrent unit (Cho et al., 2014): r, z = sigmoid of x_t U + h_(t-1) W + b in their columns;
/// n = tanh(x_t U_n + b_n + r * (h_(t-1) W_n + b_q)), or with the reset before the product
/// n = tanh(x_t U_n + b_n + (r * h_(t-1)) W_n); h_t = (1 - z) * n + z * h_(t-1).
/// </summary>
/// <remarks>The columns of U, W and b hold r, z and n in this order, each H wide.</remarks>
public sealed class GruCell : FusedCell
{
    private readonly PackedWeights _gates;
    private readonly PackedWeights _candidate;

    /// <summary>Creates a cell. U is Glorot uniform, W orthogonal, the biases zero.</summary>
    /// <param name="input">I.</param>
    /// <param name="hidden">H.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="reset">Where the reset gate acts.</param>
    /// <param name="name">The name that its parameters' names begin with.</param>
    public GruCell(int input, int hidden, SeededRandom random, GruReset reset = GruReset.AfterProduct, string name = "gru")
        : base(name, input, hidden, gatesWidth: checked(3 * hidden))
    {
        Reset = reset;
        _gates = new PackedWeights(RecurrentWeights!, 0, 2 * hidden);
        _candidate = new PackedWeights(RecurrentWeights!, 2 * hidden, hidden);
        RecurrentBias = reset == GruReset.AfterProduct ? new Parameter($"{name}.recurrent_bias", new Shape(hidden)) : null;
        InputWeights.Initialize(Initializer.GlorotUniform, random);
        RecurrentWeights!.Initialize(Initializer.Orthogonal, random);
    }

    /// <summary>Where the reset gate acts.</summary>
    public GruReset Reset { get; }

    /// <summary>b_q, (H), where the reset gate acts after the product.</summary>
    public Parameter? RecurrentBias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
        RecurrentBias is null ? base.Parameters : [.. base.Parameters, RecurrentBias];

    private protected override string Options => Reset == GruReset.AfterProduct ? "" : ", reset before the product";

    /// <summary>q = h W_n + b_q, or r * h.</summary>
    internal override int SavedWidth => HiddenSize;

    /// <inheritdoc/>
    public override ReferenceState ReferenceStep(IReadOnlyDictionary<string, double[]> parameters, double[] x, ReferenceState previous)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(previous);
        double[] U = parameters[InputWeights.Name], W = parameters[RecurrentWeights!.Name], b = parameters[Bias.Name];
        return new(
            RecurrentBias is null
                ? ReferenceGru.StepResetBeforeProduct(x, previous.H, U, W, b)
                : ReferenceGru.StepResetAfterProduct(x, previous.H, U, W, b, parameters[RecurrentBias.Name]),
            []);
    }

    internal override void Prepare(Workers workers, bool forBackward)
    {
        _gates.Prepare(workers, forBackward);
        _candidate.Prepare(workers, forBackward);
    }

    internal override void Forward(in Step step)
    {
        int h = HiddenSize;
        _gates.AddProduct(step, step.PreviousHidden, step.Gates, 3 * h);
        if (RecurrentBias is null)
        {
            GruKernels.Gates(step.Gates, step.PreviousHidden, step.Saved, step.Rows, h);
            _candidate.AddProduct(step, step.Saved, step.Gates[(2 * h)..], 3 * h);
            GruKernels.Candidate(step.Gates, [], step.PreviousHidden, step.Hidden, step.Rows, h);
            return;
        }

        for (int row = 0; row < step.Rows; row++)
        {
            RecurrentBias.Values.CopyTo(step.Saved[(row * h)..]);
        }

        _candidate.AddProduct(step, step.PreviousHidden, step.Saved, h);
        GruKernels.Gates(step.Gates, step.PreviousHidden, [], step.Rows, h);
        GruKernels.Candidate(step.Gates, step.Saved, step.PreviousHidden, step.Hidden, step.Rows, h);
    }

    internal override void Backward(in StepGradient step)
    {
        int h = HiddenSize;
        if (RecurrentBias is null)
        {
            GruKernels.CandidateBackward(step.Gates, [], step.PreviousHidden, step.HiddenGradient, step.Rows, h);
            _candidate.Transposed.Multiply(step.Gates[(2 * h)..], 3 * h, step.Rows, step.Work, h, Accumulation.Overwrite);
            GruKernels.ResetBackward(step.Gates, step.Work, step.PreviousHidden, step.HiddenGradient, step.Rows, h);
        }
        else
        {
            GruKernels.CandidateBackward(step.Gates, step.Saved, step.PreviousHidden, step.HiddenGradient, step.Rows, h);
            _candidate.Transposed.Multiply(step.Saved, h, step.Rows, step.HiddenGradient, h, Accumulation.Add);
        }

        _gates.Transposed.Multiply(step.Gates, 3 * h, step.Rows, step.HiddenGradient, h, Accumulation.Add);
    }

    internal override void AddRecurrentGradients(in SequenceGradient sequence, Workers workers)
    {
        int h = HiddenSize;
        var previous = new MatrixView(sequence.PreviousHidden, sequence.Rows, h);
        var gates = new MatrixView(sequence.Gates, sequence.Rows, 2 * h, 3 * h);
        var saved = new MatrixView(sequence.Saved, sequence.Rows, h);
        Span<float> gradient = RecurrentWeights!.Gradient;
        MatrixProduct.Multiply(workers, previous.Transposed, gates, gradient, Accumulation.Add, 3 * h);
        if (RecurrentBias is null)
        {
            var candidate = new MatrixView(sequence.Gates[(2 * h)..], sequence.Rows, h, 3 * h);
            MatrixProduct.Multiply(workers, saved.Transposed, candidate, gradient[(2 * h)..], Accumulation.Add, 3 * h);
            return;
        }

        MatrixProduct.Multiply(workers, previous.Transposed, saved, gradient[(2 * h)..], Accumulation.Add, 3 * h);
        Reductions.AddColumnSums(sequence.Saved, sequence.Rows, h, RecurrentBias.Gradient, workers);
    }
}
