using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics.Kernels;

namespace Unfold.Models;

/// <summary>
/// Searches the targets of a batch of sources side by side: of each source the best hypotheses are kept after each symbol, and
/// all of all sources are one step of the decoder.
/// </summary>
/// <remarks>A search of one source gives the same numbers whatever else is in the batch.</remarks>
internal sealed class BeamSearch
{
    private readonly TargetDecoder _decoder;
    private readonly DecodingOptions _options;
    private readonly Tape _tape;

    // The sources that are not done, in the order of their rows.
    private List<SourceBeam> _active;
    private AttentionMemory? _memory;

    /// <summary>Starts a search.</summary>
    /// <param name="decoder">The decoder.</param>
    /// <param name="options">How to search.</param>
    /// <param name="tape">Has computed memory and start; the steps get one of their own.</param>
    /// <param name="memory">The sources; null without attention.</param>
    /// <param name="sourceLengths">The number of steps of each source.</param>
    public BeamSearch(TargetDecoder decoder, DecodingOptions options, Tape tape, AttentionMemory? memory, IReadOnlyList<int> sourceLengths)
    {
        (_decoder, _options, _memory) = (decoder, options, memory);
        _tape = new Tape(tape.Workers) { Recording = false };
        _active = [.. sourceLengths.Select((length, row) => new SourceBeam(decoder, options, length, row))];
    }

    /// <summary>Searches, and returns each source's hypotheses, the best first.</summary>
    /// <exception cref="UnfoldException">The hypotheses do not fit into memory, or a logit is not a number.</exception>
    public IReadOnlyList<Hypothesis>[] Run(StackState start)
    {
        SourceBeam[] sources = [.. _active];
        StackState state = start;
        while (_active.Count > 0)
        {
            int rows = _active.Max(source => source.Live.Count), batch = _active.Count;
            MemoryBudget.RequireSearch((long)rows * batch, _decoder.ValuesOfStep + (_memory?.Time ?? 0));
            int[] previous = new int[rows * batch], parents = new int[rows * batch];
            Array.Fill(previous, -1);
            Array.Fill(parents, -1);
            for (int b = 0; b < batch; b++)
            {
                for (int k = 0; k < _active[b].Live.Count; k++)
                {
                    previous[(k * batch) + b] = _active[b].Live[k].Symbol;
                    parents[(k * batch) + b] = _active[b].Live[k].Row;
                }
            }

            StackState gathered = Select(state, parents);
            _tape.Reset();
            (Tensor logits, state, Tensor? weights) = _decoder.Step(_tape, previous, gathered, _memory, [.. _active.Select(source => source.Live.Count)]);
            if (OptimizerKernels.FirstNonFinite(logits.Values) >= 0)
            {
                throw new UnfoldException("What the model writes is no number: its weights are damaged, or a source is far from the training examples.");
            }

            for (int b = 0; b < batch; b++)
            {
                _active[b].Advance(logits, weights, batch, b);
            }

            DropDone();
        }

        return [.. sources.Select(source => source.Hypotheses())];
    }

    /// <summary>Leaves out the sources that are done. Their hypotheses know the rows of their states, so only the memory moves.</summary>
    private void DropDone()
    {
        if (_active.TrueForAll(source => !source.IsDone))
        {
            return;
        }

        int[] kept = [.. Enumerable.Range(0, _active.Count).Where(b => !_active[b].IsDone)];
        if (_memory is not null && kept.Length > 0)
        {
            Tensor values = Sources(_memory.Values, kept);
            Tensor keys = ReferenceEquals(_memory.Keys, _memory.Values) ? values : Sources(_memory.Keys, kept);
            _memory = new AttentionMemory(values, keys, _memory.Lengths is null ? null : [.. kept.Select(b => _memory.Lengths[b])]);
        }

        _active = [.. kept.Select(b => _active[b])];
    }

    private static Tensor Sources(Tensor values, int[] kept)
    {
        (int time, int batch, int width) = (values.Shape[0], values.Shape[1], values.Shape[2]);
        var selected = new Tensor(new Shape(time, kept.Length, width));
        Span<float> to = selected.Edit();
        for (int row = 0; row < time * kept.Length; row++)
        {
            int source = (row / kept.Length * batch) + kept[row % kept.Length];
            values.Values.Slice(source * width, width).CopyTo(to[(row * width)..]);
        }

        return selected;
    }

    private static StackState Select(StackState state, int[] rows) => new([.. state.Layers.Select(layer =>
    {
        var recurrent = (RecurrentState)layer;
        return RecurrentState.Of(Rows(recurrent.Hidden, rows), recurrent.Memory is { } memory ? Rows(memory, rows) : null);
    })]);

    private static Tensor Rows(Tensor values, int[] rows)
    {
        int width = values.Shape.Columns;
        var selected = new Tensor(new Shape(rows.Length, width));
        Span<float> to = selected.Edit();
        for (int row = 0; row < rows.Length; row++)
        {
            if (rows[row] >= 0)
            {
                values.Values.Slice(rows[row] * width, width).CopyTo(to[(row * width)..]);
            }
        }

        return selected;
    }
}
