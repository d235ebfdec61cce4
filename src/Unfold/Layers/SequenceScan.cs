using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Numerics.Products;

namespace Unfold.Layers;

/// <summary>
/// One run of a cell over a batch of sequences as a single operation: forward through time, back through time, then the
/// gradients of the weights as one product over all T * B rows.
/// </summary>
/// <remarks>Each thread takes rows of the batch of its own and runs all time steps without meeting the others.</remarks>
internal sealed class SequenceScan
{
    // With fewer rows than this a thread's products are too thin, so all steps are projected before the loop.
    private const int RowsForProjectionInLoop = 4;

    private readonly Recurrent _layer;
    private readonly Cell _cell;
    private readonly Tape _tape;
    private readonly SequenceInput _input;
    private readonly RecurrentState? _initial;
    private readonly IReadOnlyList<int>? _lengths;
    private readonly int _time, _batch, _hidden, _gatesWidth, _savedWidth, _memoryWidth;

    // Step t lies at t * B rows; the states have one step more, with the initial state first.
    private readonly Memory<float> _gates, _saved, _hiddens, _memories;

    public SequenceScan(Recurrent layer, Tape tape, SequenceInput input, RecurrentState? initial, IReadOnlyList<int>? lengths)
    {
        (_layer, _cell, _tape, _input, _initial, _lengths) = (layer, layer.Cell, tape, input, initial, lengths);
        (_time, _batch) = (input.Time, input.Batch);
        (_hidden, _gatesWidth, _savedWidth, _memoryWidth) = (_cell.HiddenSize, _cell.GatesWidth, _cell.SavedWidth, _cell.MemoryWidth);
        int rows = checked(_time * _batch);
        _gates = tape.Scratch(checked(rows * _gatesWidth));
        _saved = tape.Scratch(checked(rows * _savedWidth));
        _hiddens = tape.Scratch(checked((rows + _batch) * _hidden));
        _memories = tape.Scratch(checked((rows + _batch) * _memoryWidth));
        Outputs = tape.View(new Shape(_time, _batch, _hidden), _hiddens[(_batch * _hidden)..], needsGradient: true);
        Final = FinalState();
    }

    /// <summary>(T, B, H).</summary>
    public Tensor Outputs { get; }

    public RecurrentState Final { get; }

    private bool InLoop => _batch >= RowsForProjectionInLoop * _tape.Workers.Count;

    public void Forward()
    {
        _cell.Prepare(_tape.Workers, _tape.Recording);
        if (_input.Dense is not null)
        {
            _layer.InputProjection.Prepare(_tape.Workers, _tape.Recording);
        }

        StartFrom(_initial?.Hidden, _hiddens, _hidden);
        StartFrom(_initial?.Memory, _memories, _memoryWidth);
        if (!InLoop)
        {
            _tape.Workers.Run(part =>
            {
                (int first, int end) = _tape.Workers.Share(_time * _batch, part);
                Project(first, end - first);
            });
        }

        _tape.Workers.Run(part =>
        {
            (int first, int end) = _tape.Workers.Share(_batch, part);
            for (int t = 0; t < _time && first < end; t++)
            {
                ForwardStep(t, first, end - first);
            }
        });
        CopyFinalRows();
    }

    public void Backward()
    {
        Workers workers = _tape.Workers;
        Memory<float> hiddenGradient = _tape.Scratch(_batch * _hidden);
        Memory<float> memoryGradient = _tape.Scratch(_batch * _memoryWidth);
        Memory<float> work = _tape.Scratch(_batch * _hidden);
        hiddenGradient.Span.Clear();
        memoryGradient.Span.Clear();
        workers.Run(part =>
        {
            (int first, int end) = workers.Share(_batch, part);
            for (int t = _time - 1; t >= 0 && first < end; t--)
            {
                BackwardStep(t, first, end - first, hiddenGradient.Span, memoryGradient.Span, work.Span);
            }
        });
        AddTo(_initial?.Hidden, hiddenGradient.Span);
        AddTo(_initial?.Memory, memoryGradient.Span);
        AddWeightGradients(workers);
    }

    private void AddWeightGradients(Workers workers)
    {
        int rows = _time * _batch;
        ReadOnlySpan<float> gates = _gates.Span;
        _cell.AddRecurrentGradients(
            new SequenceGradient
            {
                Rows = rows,
                Gates = gates,
                Saved = _saved.Span,
                PreviousHidden = _hiddens.Span[..(rows * _hidden)],
            },
            workers);
        Reductions.AddColumnSums(gates, rows, _gatesWidth, _cell.Bias.Gradient, workers);
        if (_input.Dense is not { } dense)
        {
            Reductions.AddRowsAt(gates, _input.Tokens.Span, _gatesWidth, _gatesWidth, _cell.InputWeights.Gradient, workers);
            return;
        }

        var gatesView = new MatrixView(gates, rows, _gatesWidth);
        MatrixProduct.Multiply(workers, new MatrixView(dense.Values, rows, _cell.InputSize).Transposed, gatesView, _cell.InputWeights.Gradient, Accumulation.Add);
        if (dense.NeedsGradient)
        {
            var weights = new MatrixView(_cell.InputWeights.Values, _cell.InputSize, _gatesWidth);
            MatrixProduct.Multiply(workers, gatesView, weights.Transposed, dense.Gradient, Accumulation.Add);
        }
    }

    private void ForwardStep(int t, int first, int rows)
    {
        int row = (t * _batch) + first;
        if (InLoop)
        {
            Project(row, rows);
        }

        Span<float> hidden = Rows(_hiddens, row + _batch, rows, _hidden);
        Span<float> memory = Rows(_memories, row + _batch, rows, _memoryWidth);
        _cell.Forward(new Step
        {
            Rows = rows,
            Gates = Rows(_gates, row, rows, _gatesWidth),
            Saved = Rows(_saved, row, rows, _savedWidth),
            PreviousHidden = Rows(_hiddens, row, rows, _hidden),
            Hidden = hidden,
            PreviousMemory = Rows(_memories, row, rows, _memoryWidth),
            Memory = memory,
        });
        for (int i = 0; _lengths is not null && i < rows; i++)
        {
            if (t >= _lengths[first + i])
            {
                hidden.Slice(i * _hidden, _hidden).Clear();
                memory.Slice(i * _memoryWidth, _memoryWidth).Clear();
            }
        }
    }

    private void BackwardStep(int t, int first, int rows, Span<float> hiddenGradient, Span<float> memoryGradient, Span<float> work)
    {
        int row = (t * _batch) + first;
        Span<float> dHidden = hiddenGradient.Slice(first * _hidden, rows * _hidden);
        Span<float> dMemory = memoryGradient.Slice(first * _memoryWidth, rows * _memoryWidth);
        if (Outputs.HasGradient)
        {
            RowKernels.Add(Outputs.Gradient.Slice(row * _hidden, rows * _hidden), dHidden);
        }

        AddFinalGradient(Final.Hidden, t, first, rows, dHidden, _hidden);
        AddFinalGradient(Final.Memory, t, first, rows, dMemory, _memoryWidth);
        Span<float> gates = Rows(_gates, row, rows, _gatesWidth);
        Span<float> saved = Rows(_saved, row, rows, _savedWidth);
        for (int i = 0; _lengths is not null && i < rows; i++)
        {
            // A step past the end passes nothing on: not even what a caller put into the gradient of its zero output.
            if (t >= _lengths[first + i])
            {
                dHidden.Slice(i * _hidden, _hidden).Clear();
                dMemory.Slice(i * _memoryWidth, _memoryWidth).Clear();
            }
        }

        _cell.Backward(new StepGradient
        {
            Rows = rows,
            Gates = gates,
            Saved = saved,
            PreviousHidden = Rows(_hiddens, row, rows, _hidden),
            Hidden = Rows(_hiddens, row + _batch, rows, _hidden),
            PreviousMemory = Rows(_memories, row, rows, _memoryWidth),
            Memory = Rows(_memories, row + _batch, rows, _memoryWidth),
            HiddenGradient = dHidden,
            MemoryGradient = dMemory,
            Work = work.Slice(first * _hidden, rows * _hidden),
        });
        ClearPastEnd(t, first, rows, dHidden, dMemory, gates, saved);
    }

    /// <summary>
    /// A step past the end passes nothing on and adds nothing to the weights, even where padding that is not a number has made
    /// its gates and so zero times them not a number either.
    /// </summary>
    private void ClearPastEnd(int t, int first, int rows, Span<float> dHidden, Span<float> dMemory, Span<float> gates, Span<float> saved)
    {
        for (int i = 0; _lengths is not null && i < rows; i++)
        {
            if (t >= _lengths[first + i])
            {
                dHidden.Slice(i * _hidden, _hidden).Clear();
                dMemory.Slice(i * _memoryWidth, _memoryWidth).Clear();
                gates.Slice(i * _gatesWidth, _gatesWidth).Clear();
                saved.Slice(i * _savedWidth, _savedWidth).Clear();
            }
        }
    }

    /// <summary>Gates = x U + b for rows of T * B.</summary>
    private void Project(int firstRow, int rows)
    {
        Span<float> gates = Rows(_gates, firstRow, rows, _gatesWidth);
        ReadOnlySpan<float> bias = _cell.Bias.Values;
        if (_input.Dense is { } dense)
        {
            for (int row = 0; row < rows; row++)
            {
                bias.CopyTo(gates.Slice(row * _gatesWidth, _gatesWidth));
            }

            int width = _cell.InputSize;
            _layer.InputProjection.Forward.Multiply(dense.Values.Slice(firstRow * width, rows * width), width, rows, gates, _gatesWidth, Accumulation.Add);
            return;
        }

        ReadOnlySpan<int> tokens = _input.Tokens.Span.Slice(firstRow, rows);
        ReadOnlySpan<float> table = _cell.InputWeights.Values;
        for (int row = 0; row < rows; row++)
        {
            Span<float> destination = gates.Slice(row * _gatesWidth, _gatesWidth);
            if (tokens[row] < 0)
            {
                bias.CopyTo(destination);
            }
            else
            {
                RowKernels.Sum(table.Slice(tokens[row] * _gatesWidth, _gatesWidth), bias, destination);
            }
        }
    }

    /// <summary>The state after each row's own last step. With full lengths it is the last step's memory itself.</summary>
    private RecurrentState FinalState()
    {
        int last = _time * _batch;
        Memory<float> hidden = _lengths is null ? _hiddens[(last * _hidden)..] : _tape.Scratch(_batch * _hidden);
        Memory<float> memory = _lengths is null ? _memories[(last * _memoryWidth)..] : _tape.Scratch(_batch * _memoryWidth);
        return _cell.State(
            _tape.View(new Shape(_batch, _hidden), hidden, needsGradient: true),
            _memoryWidth == 0 ? null : _tape.View(new Shape(_batch, _memoryWidth), memory, needsGradient: true));
    }

    private void CopyFinalRows()
    {
        for (int row = 0; _lengths is not null && row < _batch; row++)
        {
            int source = (_lengths[row] * _batch) + row;
            Rows(_hiddens, source, 1, _hidden).CopyTo(Final.Hidden.Edit()[(row * _hidden)..]);
            if (Final.Memory is { } memory)
            {
                Rows(_memories, source, 1, _memoryWidth).CopyTo(memory.Edit()[(row * _memoryWidth)..]);
            }
        }
    }

    private void AddFinalGradient(Tensor? final, int t, int first, int rows, Span<float> gradient, int width)
    {
        if (final is null || !final.HasGradient)
        {
            return;
        }

        for (int i = 0; i < rows; i++)
        {
            if (t == (_lengths?[first + i] ?? _time) - 1)
            {
                RowKernels.Add(final.Gradient.Slice((first + i) * width, width), gradient.Slice(i * width, width));
            }
        }
    }

    private void StartFrom(Tensor? initial, Memory<float> states, int width)
    {
        Span<float> destination = states.Span[..(_batch * width)];
        if (initial is null)
        {
            destination.Clear();
        }
        else
        {
            initial.Values.CopyTo(destination);
        }
    }

    private static void AddTo(Tensor? initial, ReadOnlySpan<float> gradient)
    {
        if (initial is { NeedsGradient: true })
        {
            RowKernels.Add(gradient, initial.Gradient);
        }
    }

    private static Span<float> Rows(Memory<float> memory, int row, int rows, int width) => memory.Span.Slice(row * width, rows * width);
}
