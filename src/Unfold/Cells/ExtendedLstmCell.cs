using Unfold.Autograd;
using Unfold.Initialization;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Numerics.Products;
using Unfold.Reference;

namespace Unfold.Cells;

/// <summary>
/// Long short-term memory with <see cref="LstmOptions"/>. The plain one is <see cref="LstmCell"/>, which is faster.
/// </summary>
/// <remarks>
/// <para>
/// s = x_t U + h_(t-1) W; with layer normalization a = n * norm(s) + b for each gate, and else a = s + b;
/// i = p(a_i + k_i * c_(t-1)), f = p(a_f + k_f * c_(t-1)), where the gates are coupled i = 1 - f; g = q(a_g), of which dropout
/// takes a part; c' = f * c_(t-1) + i * g, with layer normalization then n_c * norm(c') + b_c, and then clipped;
/// o = p(a_o + k_o * c'); r = o * u(c'); h' = r, or with a projection the clipped r V; c_t = c', h_t = h' but for the values
/// that zoneout leaves as they were.
/// </para>
/// <para>
/// p, q and u are the activations of gates, cell and output; k the peepholes; norm(a) = (a - mean) / sqrt(variance + 1e-5) over
/// the units of one gate. Places and order are those of TensorFlow 1 (LSTMCell, LayerNormBasicLSTMCell,
/// CoupledInputForgetGateLSTMCell): the normalized and clipped cell state is the one that is carried and that the output gate
/// sees. The columns of U, W, b and n hold the gates in the order i, f, g, o, each H wide; f, g, o where two are coupled.
/// </para>
/// </remarks>
public sealed partial class ExtendedLstmCell : FusedCell
{
    private readonly ExtendedLstmLayout _layout;
    private readonly PackedWeights _recurrent;
    private readonly PackedWeights? _projection;

    /// <summary>
    /// Creates a cell. U and V are Glorot uniform, W orthogonal, the gains 1, all else zero but for the bias of the forget gate.
    /// </summary>
    /// <param name="input">I.</param>
    /// <param name="hidden">H, the width of c, and of h where it is not projected.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="options">What it has beside the plain LSTM.</param>
    /// <param name="name">The name that its parameters' names begin with.</param>
    /// <exception cref="ArgumentException">A size or an option is out of range, or two options contradict each other.</exception>
    public ExtendedLstmCell(int input, int hidden, SeededRandom random, LstmOptions options, string name = "lstm")
        : base(name, input, Checked(options, hidden, name).OutputSize(hidden), checked((options.CoupledInputForget ? 3 : 4) * hidden), hidden)
    {
        LstmOptions = options;
        _layout = new ExtendedLstmLayout(hidden, options);
        _recurrent = new PackedWeights(RecurrentWeights!);
        InputWeights.Initialize(Initializer.GlorotUniform, random);
        RecurrentWeights!.Initialize(Initializer.Orthogonal, random);
        _layout.Forget.Of(Bias.Edit()).Fill((float)options.ForgetBias);
        if (options.Peepholes)
        {
            Peepholes = new Parameter($"{name}.peepholes", new Shape(_layout.Peepholes.Width));
        }

        if (options.LayerNormalization)
        {
            Gains = new Parameter($"{name}.gains", new Shape(GatesWidth));
            CellGain = new Parameter($"{name}.cell_gain", new Shape(hidden));
            CellShift = new Parameter($"{name}.cell_shift", new Shape(hidden));
            Gains.Edit().Fill(1);
            CellGain.Edit().Fill(1);
        }

        if (options.Projection > 0)
        {
            Projection = new Parameter($"{name}.projection", new Shape(hidden, options.Projection));
            Projection.Initialize(Initializer.GlorotUniform, random);
            _projection = new PackedWeights(Projection);
        }
    }

    /// <summary>What it has beside the plain LSTM.</summary>
    public LstmOptions LstmOptions { get; }

    /// <summary>k, (3H) in the order i, f, o, or (2H) in the order f, o where two gates are coupled; null without peepholes.</summary>
    public Parameter? Peepholes { get; }

    /// <summary>n, (G); null without layer normalization.</summary>
    public Parameter? Gains { get; }

    /// <summary>n_c, (H); null without layer normalization.</summary>
    public Parameter? CellGain { get; }

    /// <summary>b_c, (H); null without layer normalization.</summary>
    public Parameter? CellShift { get; }

    /// <summary>V, (H, P); null without a projection.</summary>
    public Parameter? Projection { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
        [.. base.Parameters, .. new[] { Peepholes, Gains, CellGain, CellShift, Projection }.OfType<Parameter>()];

    private protected override string Options => $"{(LstmOptions.Projection > 0 ? $", {MemorySize} units" : "")}{(LstmOptions.IsPlain ? "" : ", ")}{LstmOptions}";

    /// <summary>With layer normalization b comes after it.</summary>
    internal override Parameter? SumsBias => Gains is null ? Bias : null;

    internal override int SavedWidth => _layout.SavedWidth;

    internal override int NoiseWidth => _layout.NoiseWidth;

    // The gradients of r and of c', and room for one gate and for an output.
    internal override int WorkWidth => checked((3 * MemorySize) + Math.Max(MemorySize, HiddenSize));

    /// <inheritdoc/>
    public override ReferenceState ReferenceStep(IReadOnlyDictionary<string, double[]> parameters, double[] x, ReferenceState previous) =>
        ReferenceStep(parameters, x, previous, noise: []);

    /// <summary>The same with the chance of a step of training.</summary>
    /// <param name="parameters">The values by parameter name.</param>
    /// <param name="x">x_t, (I).</param>
    /// <param name="previous">The state of the step before.</param>
    /// <param name="noise">What <see cref="DrawNoise"/> has drawn; empty where the cell is used.</param>
    internal ReferenceState ReferenceStep(IReadOnlyDictionary<string, double[]> parameters, double[] x, ReferenceState previous, ReadOnlySpan<float> noise)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(previous);
        return ExtendedLstmReference.Step(this, _layout, parameters, x, previous, noise);
    }

    internal override void DrawNoise(Span<float> noise, SeededRandom random)
    {
        float kept = (float)(1 / (1 - LstmOptions.RecurrentDropout));
        Draw(_layout.Dropout.Of(noise), LstmOptions.RecurrentDropout, 0, kept);
        Draw(_layout.ZoneoutCell.Of(noise), LstmOptions.ZoneoutCell, 1, 0);
        Draw(_layout.ZoneoutHidden.Of(noise), LstmOptions.ZoneoutHidden, 1, 0);

        void Draw(Span<float> values, double probability, float hit, float other)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = random.NextDouble() < probability ? hit : other;
            }
        }
    }

    internal override void Prepare(Workers workers, bool forBackward)
    {
        _recurrent.Prepare(workers, forBackward);
        _projection?.Prepare(workers, forBackward);
    }

    internal override void AddRecurrentGradients(in SequenceGradient sequence, Workers workers)
    {
        AddProductGradient(sequence, workers);
        int rows = sequence.Rows, stride = SavedWidth;
        AddSums(sequence, _layout.Peepholes, Peepholes, workers);
        if (Gains is not null)
        {
            AddSums(sequence, _layout.GateGradients, Bias, workers);
            AddSums(sequence, _layout.NormalizedGates, Gains, workers);
            AddSums(sequence, _layout.Squashed, CellGain, workers);
            AddSums(sequence, _layout.Cell, CellShift, workers);
        }

        if (Projection is not null)
        {
            var revealed = new MatrixView(sequence.Saved[_layout.Revealed.Start..], rows, MemorySize, stride);
            var slopes = new MatrixView(sequence.Saved[_layout.Projected.Start..], rows, HiddenSize, stride);
            MatrixProduct.Multiply(workers, revealed.Transposed, slopes, Projection.Gradient, Accumulation.Add);
        }
    }

    private void AddSums(in SequenceGradient sequence, ExtendedLstmLayout.Part part, Parameter? parameter, Workers workers)
    {
        if (parameter is not null)
        {
            Reductions.AddColumnSums(sequence.Saved[part.Start..], sequence.Rows, SavedWidth, parameter.Gradient, workers);
        }
    }

    /// <summary>The number of parameters of a cell before it is made.</summary>
    internal static Int128 CountParameters(LstmOptions options, Int128 input, Int128 hidden)
    {
        Int128 blocks = options.CoupledInputForget ? 3 : 4, output = options.Projection == 0 ? hidden : options.Projection;
        return (blocks * hidden * (input + output + 1))
            + (options.Peepholes ? (blocks - 1) * hidden : 0)
            + (options.LayerNormalization ? (blocks + 2) * hidden : 0)
            + (options.Projection * hidden);
    }

    /// <summary>The number of values that a step of training keeps for one row, beside its output.</summary>
    internal static Int128 CountKept(LstmOptions options, int hidden)
    {
        var layout = new ExtendedLstmLayout(hidden, options);
        return (Int128)layout.GatesWidth + layout.SavedWidth + layout.NoiseWidth + hidden;
    }

    private static LstmOptions Checked(LstmOptions options, int hidden, string name)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Problem(hidden) is { } problem ? throw new ArgumentException($"{name}: {problem}", nameof(options)) : options;
    }
}
