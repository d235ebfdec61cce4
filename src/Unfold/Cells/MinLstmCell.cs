using Unfold.Autograd;
using Unfold.Initialization;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Reference;

namespace Unfold.Cells;

/// <summary>
/// The minimal long short-term memory (Feng et al., 2024, arXiv 2410.01201): i_t, f_t = sigmoid of x_t U + b in their columns;
/// n_t = g(x_t U_n + b_n); h_t = f_t / (f_t + i_t) * h_(t-1) + i_t / (f_t + i_t) * n_t, where g(s) = s + 0.5 for s >= 0 and
/// sigmoid(s) below.
/// </summary>
/// <remarks>
/// <para>The columns of U and b hold i, f and n in this order, each H wide. There is no W: see <see cref="ScanCell"/>.</para>
/// <para>
/// The two gates are shares of one, so that the size of the state does not depend on time; the state is a
/// <see cref="HiddenState"/>, as there is no output gate.
/// </para>
/// </remarks>
public sealed class MinLstmCell : ScanCell
{
    /// <summary>Creates a cell. U is Glorot uniform, b zero but for the forget gate.</summary>
    /// <param name="input">I.</param>
    /// <param name="hidden">H.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="forgetBias">The initial bias of f; a larger one makes the memory longer from the start.</param>
    /// <param name="name">The name that its parameters' names begin with.</param>
    public MinLstmCell(int input, int hidden, SeededRandom random, float forgetBias = 1, string name = "minlstm")
        : base(name, input, hidden, gates: 3)
    {
        InputWeights.Initialize(Initializer.GlorotUniform, random);
        Bias.Edit().Slice(hidden, hidden).Fill(forgetBias);
    }

    /// <inheritdoc/>
    public override ReferenceState ReferenceStep(IReadOnlyDictionary<string, double[]> parameters, double[] x, ReferenceState previous)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(previous);
        double[] U = parameters[InputWeights.Name], b = parameters[Bias.Name];
        int H = HiddenSize;
        var next = new double[H];
        for (int j = 0; j < H; j++)
        {
            double i = ReferenceMath.Sigmoid(ReferenceMath.Column(x, U, j) + b[j]);
            double f = ReferenceMath.Sigmoid(ReferenceMath.Column(x, U, H + j) + b[H + j]);
            double n = ReferenceMath.PositiveCandidate(ReferenceMath.Column(x, U, (2 * H) + j) + b[(2 * H) + j]);
            next[j] = (f / (f + i) * previous.H[j]) + (i / (f + i) * n);
        }

        return new(next, []);
    }

    internal override void Scan(in ScanBlock block, Span<float> gates, ReadOnlySpan<float> previous, Span<float> hidden) =>
        ScanKernels.MinLstmForward(block, gates, previous, hidden);

    internal override void ScanBackward(in ScanBlock block, Span<float> gates, ReadOnlySpan<float> previous, ReadOnlySpan<float> hidden, ReadOnlySpan<float> outputGradient, Span<float> gradient) =>
        ScanKernels.MinLstmBackward(block, gates, previous, hidden, outputGradient, gradient);
}
