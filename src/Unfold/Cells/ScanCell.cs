using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Cells;

/// <summary>
/// A cell whose gates see the input alone and whose channels do not see each other: h_t = a_t * h_(t-1) + b_t, where a_t and
/// b_t come from x_t.
/// </summary>
/// <remarks>
/// Of all its work only one multiply-add a channel has to wait for the step before. A layer therefore computes the products
/// of all steps at once, on all cores, and then lets each core walk through time with sequences or channels of its own.
/// The numbers are those of one step after the other.
/// </remarks>
public abstract class ScanCell : FusedCell
{
    private protected ScanCell(string name, int input, int hidden, int gates)
        : base(name, input, hidden, checked(gates * hidden), recurrence: Recurrence.None)
    {
    }

    /// <summary>Nothing is read and written but the gates and the state.</summary>
    internal sealed override int WorkWidth => 0;

    /// <summary>Turns the sums of the gates into gates and states.</summary>
    /// <param name="block">The steps, sequences and channels.</param>
    /// <param name="gates">Rows x G: in, x U + b; out, what the way back reads.</param>
    /// <param name="previous">The states before the first step, a row a sequence.</param>
    /// <param name="hidden">Rows x H: h, written.</param>
    internal abstract void Scan(in ScanBlock block, Span<float> gates, ReadOnlySpan<float> previous, Span<float> hidden);

    /// <summary>The gradient of <see cref="Scan"/>.</summary>
    /// <param name="block">The steps, sequences and channels.</param>
    /// <param name="gates">Rows x G: in, what <see cref="Scan"/> left; out, the gradient of x U + b.</param>
    /// <param name="previous">The states before the first step.</param>
    /// <param name="hidden">Rows x H: h.</param>
    /// <param name="outputGradient">Rows x H: dL/dh but by way of later steps; empty where there is none.</param>
    /// <param name="gradient">A row a sequence: in, dL/dh of the last step by way of later ones; out, dL/d(previous).</param>
    internal abstract void ScanBackward(in ScanBlock block, Span<float> gates, ReadOnlySpan<float> previous, ReadOnlySpan<float> hidden, ReadOnlySpan<float> outputGradient, Span<float> gradient);

    internal sealed override void Prepare(Workers workers, bool forBackward)
    {
    }

    internal sealed override void Forward(in Step step) =>
        Scan(ScanBlock.OneStep(step.Rows, HiddenSize), step.Gates, step.PreviousHidden, step.Hidden);

    internal sealed override void Backward(in StepGradient step) =>
        ScanBackward(ScanBlock.OneStep(step.Rows, HiddenSize), step.Gates, step.PreviousHidden, step.Hidden, [], step.HiddenGradient);

    internal sealed override void AddRecurrentGradients(in SequenceGradient sequence, Workers workers)
    {
    }
}
