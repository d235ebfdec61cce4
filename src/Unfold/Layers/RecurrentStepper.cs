using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Numerics.Products;

namespace Unfold.Layers;

/// <summary>
/// Streams one sequence through a layer, a step at a time, without a tape: the cell's own pure step on buffers that are
/// made once. On one thread a step allocates nothing.
/// </summary>
internal sealed class RecurrentStepper
{
    private readonly Recurrent _layer;
    private readonly Workers _workers;
    private readonly float[] _gates;
    private readonly float[] _saved;

    public RecurrentStepper(Recurrent layer, Workers workers)
    {
        _layer = layer;
        _workers = workers;
        Cell cell = layer.Cell;
        _gates = new float[cell.GatesWidth];
        _saved = new float[cell.SavedWidth];
        State = cell.State(
            new Tensor(new Shape(1, cell.HiddenSize)),
            cell.MemoryWidth == 0 ? null : new Tensor(new Shape(1, cell.MemoryWidth)));
    }

    /// <summary>The state after the steps so far; the steps write it in place.</summary>
    public RecurrentState State { get; }

    /// <summary>Steps with a one-hot input and returns h.</summary>
    public ReadOnlySpan<float> Step(int token)
    {
        int width = _layer.Cell.GatesWidth;
        RowKernels.Sum(_layer.Cell.InputWeights.Values.Slice(token * width, width), _layer.Cell.Bias.Values, _gates);
        return Advance();
    }

    /// <summary>Steps with a dense input and returns h.</summary>
    public ReadOnlySpan<float> Step(ReadOnlySpan<float> input)
    {
        _layer.Cell.Bias.Values.CopyTo(_gates);
        _layer.InputProjection.Prepare(_workers, forBackward: false);
        _layer.InputProjection.Forward.MultiplyRow(input, _gates, Accumulation.Add, _workers);
        return Advance();
    }

    // The state is read and written in place: a cell reads all of h in its products before it writes h, and the rest of a
    // step is elementwise.
    private ReadOnlySpan<float> Advance()
    {
        Span<float> hidden = State.Hidden.Edit();
        Span<float> memory = State.Memory is { } tensor ? tensor.Edit() : [];
        _layer.Cell.Prepare(_workers, forBackward: false);
        _layer.Cell.Forward(new Step
        {
            Rows = 1,
            Team = _workers,
            Gates = _gates,
            Saved = _saved,
            PreviousHidden = hidden,
            Hidden = hidden,
            PreviousMemory = memory,
            Memory = memory,
        });
        return hidden;
    }
}
