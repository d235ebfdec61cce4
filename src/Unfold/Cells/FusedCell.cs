using Unfold.Autograd;
using Unfold.Numerics;
using Unfold.Numerics.Products;
using Unfold.Reference;

namespace Unfold.Cells;

/// <summary>
/// A cell whose whole sequence is one operation: its step and its gradient are worked out by hand and run over blocks of
/// rows without a tape.
/// </summary>
public abstract class FusedCell : Cell
{
    private protected FusedCell(string name, int input, int hidden, int gatesWidth, int memory = 0, Recurrence recurrence = Recurrence.Product)
        : base(name, input, hidden, memory)
    {
        GatesWidth = gatesWidth;
        InputWeights = new Parameter($"{name}.input_weights", new Shape(input, gatesWidth));
        RecurrentWeights = recurrence == Recurrence.Product ? new Parameter($"{name}.recurrent_weights", new Shape(hidden, gatesWidth)) : null;
        Bias = new Parameter($"{name}.bias", new Shape(gatesWidth));
    }

    /// <summary>U, (I, G): from the input to the gates, whose columns lie side by side.</summary>
    public Parameter InputWeights { get; }

    /// <summary>W, (H, G): from the output of the step before to the gates; null for a cell whose gates do not see it.</summary>
    public Parameter? RecurrentWeights { get; }

    /// <summary>b, (G).</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
        RecurrentWeights is null ? [InputWeights, Bias] : [InputWeights, RecurrentWeights, Bias];

    /// <summary>The step of one sequence in plain double precision: the equations, to be read and to check against.</summary>
    /// <param name="parameters">The values by parameter name; the cell's own single-precision values are not read.</param>
    /// <param name="x">x_t, (I).</param>
    /// <param name="previous">The state of the step before.</param>
    public abstract ReferenceState ReferenceStep(IReadOnlyDictionary<string, double[]> parameters, double[] x, ReferenceState previous);

    /// <summary>What is added to x U before the step sees it: b, or nothing for a cell that adds b itself at a later place.</summary>
    internal virtual Parameter? SumsBias => Bias;

    /// <summary>G, the width of all gates together.</summary>
    internal int GatesWidth { get; }

    /// <summary>S, the width of what a step saves beside its gates.</summary>
    internal virtual int SavedWidth => 0;

    /// <summary>The width of the chance that a step of training is given; see <see cref="DrawNoise"/>.</summary>
    internal virtual int NoiseWidth => 0;

    /// <summary>The width of the scratch memory of a backward step.</summary>
    internal virtual int WorkWidth => HiddenSize;

    /// <summary>Draws the chance of one row and one step of training: masks of dropped and kept values.</summary>
    internal virtual void DrawNoise(Span<float> noise, SeededRandom random)
    {
    }

    /// <summary>Brings the copies of the weights that the products read up to date. Safe to call from several threads.</summary>
    internal abstract void Prepare(Workers workers, bool forBackward);

    /// <summary>Computes one step.</summary>
    internal abstract void Forward(in Step step);

    /// <summary>Computes the gradient of one step.</summary>
    internal abstract void Backward(in StepGradient step);

    /// <summary>Adds to the gradients of all parameters but U and the bias of the sums, over a whole sequence.</summary>
    internal abstract void AddRecurrentGradients(in SequenceGradient sequence, Workers workers);

    /// <summary>dW += previousH^T dGates, for a cell whose product is h W.</summary>
    private protected void AddProductGradient(in SequenceGradient sequence, Workers workers) =>
        MatrixProduct.Multiply(
            workers,
            new MatrixView(sequence.PreviousHidden, sequence.Rows, HiddenSize).Transposed,
            new MatrixView(sequence.Gates, sequence.Rows, GatesWidth),
            RecurrentWeights!.Gradient,
            Accumulation.Add);

    /// <summary>Whether the gates of a step see the output of the step before.</summary>
    private protected enum Recurrence
    {
        /// <summary>By way of h W.</summary>
        Product,

        /// <summary>Not at all, so all of them can be computed before the first step.</summary>
        None,
    }
}
