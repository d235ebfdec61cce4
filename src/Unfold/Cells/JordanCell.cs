using Unfold.Autograd;
using Unfold.Initialization;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Numerics.Products;
using Unfold.Reference;
using static Unfold.Reference.ReferenceMath;

namespace Unfold.Cells;

/// <summary>
/// The network whose output comes back (Jordan, 1986): k_t = f(x_t U + y_(t-1) W + b), y_t = g(k_t V + c). What it carries is its
/// last output y, (H), and nothing of its hidden layer k, (K).
/// </summary>
/// <remarks>
/// Where the right outputs are known they can take the place of y_(t-1), and no step waits for another: see
/// <see cref="Models.JordanNetwork"/>.
/// </remarks>
public sealed class JordanCell : FusedCell
{
    private readonly PackedWeights _recurrent;
    private readonly PackedWeights _output;

    /// <summary>Creates a cell. U, W and V are Glorot uniform, b and c zero.</summary>
    /// <param name="input">I.</param>
    /// <param name="hidden">K, the width of the hidden layer.</param>
    /// <param name="output">H, the width of the output.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="function">g.</param>
    /// <param name="activation">f.</param>
    /// <param name="name">The name that its parameters' names begin with.</param>
    /// <exception cref="ArgumentException">A size is below 1, or a function is not known.</exception>
    public JordanCell(
        int input, int hidden, int output, SeededRandom random, JordanOutput function = JordanOutput.Tanh, Activation activation = Activation.Tanh, string name = "jordan")
        : base(name, input, output, gatesWidth: RequireHidden(hidden, name))
    {
        Function = Enum.IsDefined(function)
            ? function
            : throw new ArgumentOutOfRangeException(nameof(function), function, $"{name}: this output function is not known.");
        Activation = Enum.IsDefined(activation)
            ? activation
            : throw new ArgumentOutOfRangeException(nameof(activation), activation, $"{name}: this activation is not known.");
        OutputWeights = new Parameter($"{name}.output_weights", new Shape(hidden, output));
        OutputBias = new Parameter($"{name}.output_bias", new Shape(output));
        (_recurrent, _output) = (new PackedWeights(RecurrentWeights!), new PackedWeights(OutputWeights));
        InputWeights.Initialize(Initializer.GlorotUniform, random);
        RecurrentWeights!.Initialize(Initializer.GlorotUniform, random);
        OutputWeights.Initialize(Initializer.GlorotUniform, random);
    }

    /// <summary>K, the width of the hidden layer.</summary>
    public int HiddenLayerSize => GatesWidth;

    /// <summary>g.</summary>
    public JordanOutput Function { get; }

    /// <summary>f.</summary>
    public Activation Activation { get; }

    /// <summary>V, (K, H): from the hidden layer to the output.</summary>
    public Parameter OutputWeights { get; }

    /// <summary>c, (H).</summary>
    public Parameter OutputBias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [.. base.Parameters, OutputWeights, OutputBias];

    private protected override string Options =>
        $" by {HiddenLayerSize}, {Activation.ToString().ToLowerInvariant()} and {Function.ToString().ToLowerInvariant()}";

    /// <summary>For the gradient of V, written on the way back: k, and the gradient of k V + c.</summary>
    internal override int SavedWidth => HiddenLayerSize + HiddenSize;

    /// <summary>The gradient of k.</summary>
    internal override int WorkWidth => HiddenLayerSize;

    /// <inheritdoc/>
    public override ReferenceState ReferenceStep(IReadOnlyDictionary<string, double[]> parameters, double[] x, ReferenceState previous)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(previous);
        double[] U = parameters[InputWeights.Name], W = parameters[RecurrentWeights!.Name], b = parameters[Bias.Name];
        double[] V = parameters[OutputWeights.Name], c = parameters[OutputBias.Name], y = previous.H;
        double[] k = [.. b.Select((bias, j) => Activate(Activation, Column(x, U, j) + Column(y, W, j) + bias))];
        double[] s = [.. c.Select((bias, j) => Column(k, V, j) + bias)];
        double largest = s.Max(), sum = s.Sum(a => Math.Exp(a - largest));
        return new(
            [.. s.Select(a => Function switch
            {
                JordanOutput.Sigmoid => Sigmoid(a),
                JordanOutput.Tanh => Math.Tanh(a),
                JordanOutput.Softmax => Math.Exp(a - largest) / sum,
                _ => a,
            })],
            []);
    }

    internal override void Prepare(Workers workers, bool forBackward)
    {
        _recurrent.Prepare(workers, forBackward);
        _output.Prepare(workers, forBackward);
    }

    internal override void Forward(in Step step)
    {
        _recurrent.AddProduct(step, step.PreviousHidden, step.Gates, HiddenLayerSize);
        ActivationKernels.Forward(Activation, step.Gates, step.Gates);
        for (int row = 0; row < step.Rows; row++)
        {
            OutputBias.Values.CopyTo(step.Hidden[(row * HiddenSize)..]);
        }

        _output.AddProduct(step, step.Gates, step.Hidden, HiddenSize);
        if (Function != JordanOutput.Softmax)
        {
            ActivationKernels.Forward(Elementwise, step.Hidden, step.Hidden);
            return;
        }

        for (int row = 0; row < step.Rows; row++)
        {
            Span<float> y = step.Hidden.Slice(row * HiddenSize, HiddenSize);
            SoftmaxKernels.Probabilities(y, y);
        }
    }

    internal override void Backward(in StepGradient step)
    {
        (int k, int h, int width) = (HiddenLayerSize, HiddenSize, SavedWidth);
        for (int row = 0; row < step.Rows; row++)
        {
            Span<float> saved = step.Saved.Slice(row * width, width);
            step.Gates.Slice(row * k, k).CopyTo(saved);
            OutputGradient(step.Hidden.Slice(row * h, h), step.HiddenGradient.Slice(row * h, h), saved[k..]);
        }

        _output.Transposed.Multiply(step.Saved[k..], width, step.Rows, step.Work, k, Accumulation.Overwrite);
        ActivationKernels.Backward(Activation, step.Gates, step.Work, step.Work);
        step.Work.CopyTo(step.Gates);
        _recurrent.Transposed.Multiply(step.Gates, k, step.Rows, step.HiddenGradient, h, Accumulation.Overwrite);
    }

    internal override void AddRecurrentGradients(in SequenceGradient sequence, Workers workers)
    {
        (int k, int h, int width) = (HiddenLayerSize, HiddenSize, SavedWidth);
        AddProductGradient(sequence, workers);
        MatrixProduct.Multiply(
            workers,
            new MatrixView(sequence.Saved, sequence.Rows, k, width).Transposed,
            new MatrixView(sequence.Saved[k..], sequence.Rows, h, width),
            OutputWeights.Gradient,
            Accumulation.Add);
        Reductions.AddColumnSums(sequence.Saved[k..], sequence.Rows, width, OutputBias.Gradient, workers);
    }

    /// <summary>g, where it is elementwise.</summary>
    private Activation Elementwise => Function switch
    {
        JordanOutput.Sigmoid => Activation.Sigmoid,
        JordanOutput.Tanh => Activation.Tanh,
        _ => Activation.Identity,
    };

    /// <summary>ds of one row, from y = g(s).</summary>
    private void OutputGradient(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> ds)
    {
        if (Function != JordanOutput.Softmax)
        {
            ActivationKernels.Backward(Elementwise, y, dy, ds);
            return;
        }

        // y is a distribution, so the sums move against their mean only: ds_j = y_j (dy_j - sum_i dy_i y_i).
        double mean = 0;
        for (int j = 0; j < y.Length; j++)
        {
            mean += (double)dy[j] * y[j];
        }

        for (int j = 0; j < y.Length; j++)
        {
            ds[j] = (float)(y[j] * (dy[j] - mean));
        }
    }

    private static int RequireHidden(int hidden, string name) =>
        hidden >= 1 ? hidden : throw new ArgumentException($"{name}: the width of the hidden layer must be at least 1; found {hidden}.", nameof(hidden));
}
