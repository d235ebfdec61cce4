using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Numerics;
using Unfold.Numerics.Products;

namespace Unfold.Layers;

/// <summary>
/// Streams one sequence through a layer, a step at a time, without a tape: the cell's own pure step on buffers that are
/// made once. On one thread a step of a fused cell allocates nothing.
/// </summary>
internal sealed class RecurrentStepper
{
    private readonly Recurrent _layer;
    private readonly Workers _workers;
    private readonly float[] _gates;
    private readonly float[] _saved;
    private readonly Tape? _tape;

    public RecurrentStepper(Recurrent layer, Workers workers)
    {
        _layer = layer;
        _workers = workers;
        State = layer.Cell.ZeroState(1);
        var fused = layer.Cell as FusedCell;
        _gates = new float[fused?.GatesWidth ?? 0];
        _saved = new float[fused?.SavedWidth ?? 0];
        _tape = fused is null ? new Tape(workers) { Recording = false } : null;
    }

    /// <summary>The state after the steps so far; the steps write it in place.</summary>
    public RecurrentState State { get; }

    /// <summary>Steps with a one-hot input and returns h.</summary>
    public ReadOnlySpan<float> Step(int token)
    {
        if (_layer.Cell is not FusedCell cell)
        {
            return AdvanceComposed(SequenceInput.Of(new[] { token }, batch: 1));
        }

        SequenceProjection.LookUp(cell, token, _gates);
        return Advance(cell);
    }

    /// <summary>Steps with a dense input and returns h.</summary>
    public ReadOnlySpan<float> Step(ReadOnlySpan<float> input)
    {
        if (_layer.Cell is not FusedCell cell)
        {
            return AdvanceComposed(SequenceInput.Of(new Tensor(new Shape(1, 1, input.Length), input)));
        }

        SequenceProjection.FillBias(cell, _gates);
        _layer.InputProjection!.Prepare(_workers, forBackward: false);
        _layer.InputProjection.Forward.MultiplyRow(input, _gates, Accumulation.Add, _workers);
        return Advance(cell);
    }

    // The state is read and written in place: a cell reads all of h in its products before it writes h, and the rest of a
    // step is elementwise.
    private ReadOnlySpan<float> Advance(FusedCell cell)
    {
        Span<float> hidden = State.Hidden.Edit();
        Span<float> memory = State.Memory is { } tensor ? tensor.Edit() : [];
        cell.Prepare(_workers, forBackward: false);
        cell.Forward(new Step
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

    private ReadOnlySpan<float> AdvanceComposed(SequenceInput input)
    {
        _tape!.Reset();
        State.CopyFrom(_layer.Forward(_tape, input, State).Final);
        return State.Hidden.Values;
    }
}
