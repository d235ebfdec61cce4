using Unfold.Autograd;
using Unfold.Initialization;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Reference;

namespace Unfold.Cells;

/// <summary>
/// The minimal gated recurrent unit (Feng et al., 2024, arXiv 2410.01201): z_t = sigmoid(x_t U_z + b_z);
/// n_t = g(x_t U_n + b_n); h_t = (1 - z_t) * h_(t-1) + z_t * n_t, where g(s) = s + 0.5 for s >= 0 and sigmoid(s) below.
/// </summary>
/// <remarks>
/// <para>The columns of U and b hold z and n in this order, each H wide. There is no W: see <see cref="ScanCell"/>.</para>
/// <para>
/// These are the equations of the paper's log-space form, whose g keeps a state positive that starts from zeros; the
/// multiply-adds of this one need no logarithm.
/// </para>
/// </remarks>
public sealed class MinGruCell : ScanCell
{
    /// <summary>Creates a cell. U is Glorot uniform, b zero but for the update gate where it is wanted otherwise.</summary>
    /// <param name="input">I.</param>
    /// <param name="hidden">H.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="updateBias">The initial bias of z; a negative one makes the memory long from the start: about e^-bias steps.</param>
    /// <param name="name">The name that its parameters' names begin with.</param>
    public MinGruCell(int input, int hidden, SeededRandom random, float updateBias = 0, string name = "mingru")
        : base(name, input, hidden, gates: 2)
    {
        InputWeights.Initialize(Initializer.GlorotUniform, random);
        Bias.Edit()[..hidden].Fill(updateBias);
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
            double z = ReferenceMath.Sigmoid(ReferenceMath.Column(x, U, j) + b[j]);
            double n = ReferenceMath.PositiveCandidate(ReferenceMath.Column(x, U, H + j) + b[H + j]);
            next[j] = ((1 - z) * previous.H[j]) + (z * n);
        }

        return new(next, []);
    }

    internal override void Scan(in ScanBlock block, Span<float> gates, ReadOnlySpan<float> previous, Span<float> hidden) =>
        ScanKernels.MinGruForward(block, gates, previous, hidden);

    internal override void ScanBackward(in ScanBlock block, Span<float> gates, ReadOnlySpan<float> previous, ReadOnlySpan<float> hidden, ReadOnlySpan<float> outputGradient, Span<float> gradient) =>
        ScanKernels.MinGruBackward(block, gates, previous, hidden, outputGradient, gradient);
}
