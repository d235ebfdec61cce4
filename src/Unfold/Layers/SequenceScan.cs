using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Layers;

/// <summary>
/// One run of a fused cell over a batch of sequences as a single operation: forward through time, back through time, then the
/// gradients of the weights as one product over all steps of all sequences.
/// </summary>
/// <remarks>
/// Each thread takes sequences of its own and runs all time steps without meeting the others; how it goes with a cell whose
/// gates do not see the step before, <see cref="ChannelScan"/> tells. Everything inside lies in the
/// order of <see cref="SequencePacking"/>.
/// </remarks>
internal sealed class SequenceScan
{
    // With fewer rows than this a thread's products are too thin, so such steps are projected before the loop.
    private const int RowsForProjectionInLoop = 4;

    private readonly FusedCell _cell;
    private readonly Tape _tape;
    private readonly RecurrentState? _initial;
    private readonly SequencePacking _packing;
    private readonly SequenceProjection _projection;
    private readonly ChannelScan? _channels;
    private readonly StateTrace? _trace;
    private readonly ulong? _noiseSeed;
    private readonly int _time, _batch, _hidden, _gatesWidth, _savedWidth, _memoryWidth, _noiseWidth, _stepsInLoop;

    // One row for each of the packing; the states have B rows more, with the initial state first.
    private readonly Memory<float> _gates, _saved, _noise, _hiddens, _memories, _outputs;

    public SequenceScan(Recurrent layer, FusedCell cell, Tape tape, SequenceInput input, RecurrentState? initial, IReadOnlyList<int>? lengths, SeededRandom? random)
    {
        (_cell, _tape, _initial) = (cell, tape, initial);
        (_time, _batch) = (input.Time, input.Batch);
        (_hidden, _gatesWidth, _savedWidth, _memoryWidth) = (cell.HiddenSize, cell.GatesWidth, cell.SavedWidth, cell.MemorySize);
        _noiseWidth = random is null ? 0 : cell.NoiseWidth;
        _noiseSeed = _noiseWidth == 0 ? null : random!.NextUInt64();
        _packing = new SequencePacking(tape, _time, _batch, lengths, layer.Direction);
        _trace = tape.Probe?.Begin(cell.Name, _time, _batch, _memoryWidth);
        _projection = new SequenceProjection(cell, layer.InputProjection!, tape, input, _packing);
        int rows = _packing.Rows;
        _gates = tape.Scratch(checked(rows * _gatesWidth));
        _saved = tape.Scratch(checked(rows * _savedWidth));
        _noise = tape.Scratch(checked(rows * _noiseWidth));
        _hiddens = tape.Scratch(checked((rows + _batch) * _hidden));
        _memories = tape.Scratch(checked((rows + _batch) * _memoryWidth));
        _stepsInLoop = cell is ScanCell ? 0 : _packing.StepsWith(RowsForProjectionInLoop * tape.Workers.Count);
        _channels = cell is ScanCell scan ? new ChannelScan(scan, tape.Workers, _packing, _gates, _hiddens) : null;
        var shape = new Shape(_time, _batch, _hidden);
        _outputs = _packing.IsIdentity ? _hiddens[(_batch * _hidden)..] : tape.Scratch(shape.Length);
        Outputs = tape.View(shape, _outputs, tape.NeedsGradient(input.Dense, initial?.Hidden, initial?.Memory, cell.InputWeights));
        Final = FinalState();
    }

    /// <summary>(T, B, H).</summary>
    public Tensor Outputs { get; }

    public RecurrentState Final { get; }

    public void Forward()
    {
        Workers workers = _tape.Workers;
        _cell.Prepare(workers, _tape.Recording);
        _projection.Prepare();
        StartFrom(_initial?.Hidden, _hiddens, _hidden);
        StartFrom(_initial?.Memory, _memories, _memoryWidth);
        if (_stepsInLoop < _time)
        {
            workers.Run(part =>
            {
                int thin = _packing.First(_stepsInLoop);
                (int first, int end) = workers.Share(_packing.Rows - thin, part);
                _projection.Compute(thin + first, end - first, Rows(_gates, thin + first, end - first, _gatesWidth));
            });
        }

        if (_channels is null)
        {
            StepForward(workers);
        }
        else
        {
            _channels.Forward();
        }

        CopyOutputs();
        CopyFinalRows(Final.Hidden, _hiddens, _hidden);
        CopyFinalRows(Final.Memory, _memories, _memoryWidth);
    }

    public void Backward()
    {
        Workers workers = _tape.Workers;
        Memory<float> hiddenGradient = _tape.Scratch(_batch * _hidden);
        Memory<float> memoryGradient = _tape.Scratch(_batch * _memoryWidth);
        hiddenGradient.Span.Clear();
        memoryGradient.Span.Clear();
        if (_channels is null || _trace is not null)
        {
            // A probe wants to see the gradient of each step.
            StepBackward(workers, hiddenGradient, memoryGradient);
        }
        else
        {
            _channels.Backward(PackedOutputGradient(), Final.Hidden.HasGradient ? Final.Hidden.GradientMemory : default, hiddenGradient);
        }

        AddTo(_initial?.Hidden, hiddenGradient.Span, _hidden);
        AddTo(_initial?.Memory, memoryGradient.Span, _memoryWidth);
        _cell.AddRecurrentGradients(
            new SequenceGradient
            {
                Rows = _packing.Rows,
                Gates = _gates.Span,
                Saved = _saved.Span,
                PreviousHidden = PreviousHidden(),
            },
            workers);
        _projection.AddGradients(_gates);
    }

    private void StepForward(Workers workers) => workers.Run(part =>
    {
        (int first, int end) = _packing.Share(workers.Count, part);
        SeededRandom? random = _noiseSeed is { } seed ? new SeededRandom(seed) : null;
        for (int t = 0; t < _time && first < Math.Min(end, _packing.Active(t)); t++)
        {
            ForwardStep(t, first, Math.Min(end, _packing.Active(t)) - first, random);
        }
    });

    private void StepBackward(Workers workers, Memory<float> hiddenGradient, Memory<float> memoryGradient)
    {
        Memory<float> work = _tape.Scratch(_batch * _cell.WorkWidth);
        workers.Run(part =>
        {
            (int first, int end) = _packing.Share(workers.Count, part);
            for (int t = _time - 1; t >= 0; t--)
            {
                int rows = Math.Min(end, _packing.Active(t)) - first;
                if (rows > 0)
                {
                    BackwardStep(t, first, rows, hiddenGradient.Span, memoryGradient.Span, work.Span);
                }
            }
        });
    }

    private void ForwardStep(int t, int first, int rows, SeededRandom? random)
    {
        int row = _packing.First(t) + first, previous = PreviousRow(t) + first;
        Span<float> gates = Rows(_gates, row, rows, _gatesWidth);
        if (t < _stepsInLoop)
        {
            _projection.Compute(row, rows, gates);
        }

        Span<float> noise = Rows(_noise, row, rows, _noiseWidth);
        for (int i = 0; random is not null && i < rows; i++)
        {
            // A row's chance does not depend on the thread that draws it.
            random.Restart(_noiseSeed!.Value ^ ((ulong)(row + i) * 0x9E3779B97F4A7C15UL));
            _cell.DrawNoise(noise.Slice(i * _noiseWidth, _noiseWidth), random);
        }

        _cell.Forward(new Step
        {
            Rows = rows,
            Gates = gates,
            Saved = Rows(_saved, row, rows, _savedWidth),
            Noise = noise,
            PreviousHidden = Rows(_hiddens, previous, rows, _hidden),
            Hidden = Rows(_hiddens, _batch + row, rows, _hidden),
            PreviousMemory = Rows(_memories, previous, rows, _memoryWidth),
            Memory = Rows(_memories, _batch + row, rows, _memoryWidth),
        });
    }

    private void BackwardStep(int t, int first, int rows, Span<float> hiddenGradient, Span<float> memoryGradient, Span<float> work)
    {
        int row = _packing.First(t) + first, previous = PreviousRow(t) + first;
        Span<float> dHidden = hiddenGradient.Slice(first * _hidden, rows * _hidden);
        Span<float> dMemory = memoryGradient.Slice(first * _memoryWidth, rows * _memoryWidth);
        AddOutputGradient(row, rows, dHidden);
        AddFinalGradient(Final.Hidden, t, first, rows, dHidden, _hidden);
        AddFinalGradient(Final.Memory, t, first, rows, dMemory, _memoryWidth);
        for (int i = 0; _trace is not null && i < rows; i++)
        {
            _trace.Note(
                _packing.Length(first + i) - 1 - t,
                _packing.Sequence(first + i),
                dHidden.Slice(i * _hidden, _hidden),
                dMemory.Slice(i * _memoryWidth, _memoryWidth));
        }

        _cell.Backward(new StepGradient
        {
            Rows = rows,
            Gates = Rows(_gates, row, rows, _gatesWidth),
            Saved = Rows(_saved, row, rows, _savedWidth),
            Noise = Rows(_noise, row, rows, _noiseWidth),
            PreviousHidden = Rows(_hiddens, previous, rows, _hidden),
            Hidden = Rows(_hiddens, _batch + row, rows, _hidden),
            PreviousMemory = Rows(_memories, previous, rows, _memoryWidth),
            Memory = Rows(_memories, _batch + row, rows, _memoryWidth),
            HiddenGradient = dHidden,
            MemoryGradient = dMemory,
            Work = work.Slice(first * _cell.WorkWidth, rows * _cell.WorkWidth),
        });
    }

    /// <summary>The first row of the states before a step: the initial ones, or those of the step before.</summary>
    private int PreviousRow(int t) => t == 0 ? 0 : _batch + _packing.First(t - 1);

    /// <summary>The output of the step before for each row. Without packing the rows of the states are in that order already.</summary>
    private ReadOnlySpan<float> PreviousHidden()
    {
        if (_packing.IsIdentity || _cell.RecurrentWeights is null)
        {
            return _hiddens.Span[..(_packing.Rows * _hidden)];
        }

        Span<float> gathered = _tape.Scratch(_packing.Rows * _hidden).Span;
        for (int t = 0; t < _time; t++)
        {
            Rows(_hiddens, PreviousRow(t), _packing.Active(t), _hidden).CopyTo(gathered[(_packing.First(t) * _hidden)..]);
        }

        return gathered;
    }

    private void CopyOutputs()
    {
        if (_packing.IsIdentity)
        {
            return;
        }

        if (_packing.Rows < _time * _batch)
        {
            _outputs.Span.Clear();
        }

        _packing.Scatter(_tape.Workers, _hiddens[(_batch * _hidden)..], _outputs, _hidden);
    }

    /// <summary>The gradient of the outputs in the order of the packing; empty where there is none.</summary>
    private ReadOnlyMemory<float> PackedOutputGradient()
    {
        if (!Outputs.HasGradient || _packing.IsIdentity)
        {
            return Outputs.HasGradient ? Outputs.GradientMemory : default;
        }

        Memory<float> packed = _tape.Scratch(_packing.Rows * _hidden);
        _packing.Gather(_tape.Workers, Outputs.GradientMemory, packed, _hidden);
        return packed;
    }

    private void AddOutputGradient(int row, int rows, Span<float> dHidden)
    {
        if (!Outputs.HasGradient)
        {
            return;
        }

        if (_packing.IsIdentity)
        {
            RowKernels.Add(Outputs.Gradient.Slice(row * _hidden, rows * _hidden), dHidden);
            return;
        }

        for (int i = 0; i < rows; i++)
        {
            RowKernels.Add(Outputs.Gradient.Slice(_packing.Source[row + i] * _hidden, _hidden), dHidden.Slice(i * _hidden, _hidden));
        }
    }

    /// <summary>The state after each sequence's own last step. Where all end in the last step forward, it is that step's memory itself.</summary>
    private RecurrentState FinalState()
    {
        int last = _time * _batch;
        Memory<float> hidden = _packing.IsIdentity ? _hiddens[(last * _hidden)..] : _tape.Scratch(_batch * _hidden);
        Memory<float> memory = _packing.IsIdentity ? _memories[(last * _memoryWidth)..] : _tape.Scratch(_batch * _memoryWidth);
        return RecurrentState.Of(
            _tape.View(new Shape(_batch, _hidden), hidden, needsGradient: true),
            _memoryWidth == 0 ? null : _tape.View(new Shape(_batch, _memoryWidth), memory, needsGradient: true));
    }

    private void CopyFinalRows(Tensor? final, Memory<float> states, int width)
    {
        for (int place = 0; final is not null && !_packing.IsIdentity && place < _batch; place++)
        {
            int row = _batch + _packing.First(_packing.Length(place) - 1) + place;
            Rows(states, row, 1, width).CopyTo(final.Edit()[(_packing.Sequence(place) * width)..]);
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
            if (t == _packing.Length(first + i) - 1)
            {
                RowKernels.Add(final.Gradient.Slice(_packing.Sequence(first + i) * width, width), gradient.Slice(i * width, width));
            }
        }
    }

    private void StartFrom(Tensor? initial, Memory<float> states, int width)
    {
        Span<float> destination = states.Span[..(_batch * width)];
        if (initial is null)
        {
            destination.Clear();
            return;
        }

        for (int place = 0; place < _batch; place++)
        {
            initial.Values.Slice(_packing.Sequence(place) * width, width).CopyTo(destination[(place * width)..]);
        }
    }

    private void AddTo(Tensor? initial, ReadOnlySpan<float> gradient, int width)
    {
        for (int place = 0; initial is { NeedsGradient: true } && place < _batch; place++)
        {
            RowKernels.Add(gradient.Slice(place * width, width), initial.Gradient.Slice(_packing.Sequence(place) * width, width));
        }
    }

    private static Span<float> Rows(Memory<float> memory, int row, int rows, int width) => memory.Span.Slice(row * width, rows * width);
}
