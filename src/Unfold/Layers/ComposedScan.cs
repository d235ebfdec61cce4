using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Layers;

/// <summary>One run of a composed cell over a batch of sequences: the time loop on the tape.</summary>
internal static class ComposedScan
{
    public static RecurrentOutput Run(
        ComposedCell cell, Direction direction, Tape tape, SequenceInput input, RecurrentState? initial, IReadOnlyList<int>? lengths, SeededRandom? random)
    {
        (int time, int batch) = (input.Time, input.Batch);
        RecurrentState state = initial ?? cell.ZeroState(batch);
        Tensor outputs = tape.Result(new Shape(time, batch, cell.HiddenSize), needsGradient: true);
        outputs.Edit().Clear();
        StateTrace? trace = tape.Probe?.Begin(cell.Name, time, batch, cell.MemorySize);
        for (int step = 0; step < time; step++)
        {
            int t = direction == Direction.Forward ? step : time - 1 - step;
            RecurrentState fresh = cell.Step(tape, StepInput(cell, tape, input, t, lengths), state, random);
            Check(cell, fresh, batch);
            if (trace is not null)
            {
                NoteGradients(tape, trace, fresh, t, direction, lengths);
            }

            WriteOutput(tape, outputs, t, fresh.Hidden, lengths);
            state = lengths is null ? fresh : RecurrentState.Of(
                Keep(tape, fresh.Hidden, state.Hidden, t, lengths),
                fresh.Memory is null ? null : Keep(tape, fresh.Memory, state.Memory!, t, lengths));
        }

        return new RecurrentOutput(outputs, state);
    }

    /// <summary>On the way back this comes before the cell's own operations, when all that read the state have added their gradients.</summary>
    private static void NoteGradients(Tape tape, StateTrace trace, RecurrentState state, int t, Direction direction, IReadOnlyList<int>? lengths) => tape.OnBackward(state.Hidden, () =>
    {
        int batch = state.Hidden.Shape[0], width = state.Hidden.Shape[1], memoryWidth = state.Memory?.Shape[1] ?? 0;
        for (int row = 0; row < batch; row++)
        {
            int length = lengths?[row] ?? trace.Steps;
            if (t < length)
            {
                trace.Note(
                    direction == Direction.Forward ? length - 1 - t : t,
                    row,
                    state.Hidden.Gradient.Slice(row * width, width),
                    state.Memory is { NeedsGradient: true } memory ? memory.Gradient.Slice(row * memoryWidth, memoryWidth) : []);
            }
        }
    });

    /// <summary>x_t, (B, I). Rows of sequences that are over are zeros: what stands there is not read, so no NaN of it comes into a gradient.</summary>
    private static Tensor StepInput(ComposedCell cell, Tape tape, SequenceInput input, int t, IReadOnlyList<int>? lengths)
    {
        (int batch, int width) = (input.Batch, cell.InputSize);
        if (input.Dense is { } sequence && lengths is null)
        {
            return tape.TimeStep(sequence, t);
        }

        Tensor step = tape.Result(new Shape(batch, width), tape.NeedsGradient(input.Dense));
        Span<float> values = step.Edit();
        values.Clear();
        for (int row = 0; row < batch; row++)
        {
            int place = (t * batch) + row;
            if (!IsAlive(lengths, row, t))
            {
                continue;
            }

            if (input.Dense is { } dense)
            {
                dense.Values.Slice(place * width, width).CopyTo(values[(row * width)..]);
            }
            else if (input.Tokens.Span[place] is >= 0 and int token)
            {
                // One-hot: the cell knows of vectors only.
                values[(row * width) + token] = 1;
            }
        }

        tape.OnBackward(step, () =>
        {
            for (int row = 0; row < batch; row++)
            {
                if (IsAlive(lengths, row, t))
                {
                    RowKernels.Add(step.Gradient.Slice(row * width, width), input.Dense!.Gradient.Slice(((t * batch) + row) * width, width));
                }
            }
        });
        return step;
    }

    private static bool IsAlive(IReadOnlyList<int>? lengths, int row, int t) => lengths is null || t < lengths[row];

    private static void Check(ComposedCell cell, RecurrentState state, int batch)
    {
        if (state is null || (state.Memory is null) != (cell.MemorySize == 0))
        {
            string expected = cell.MemorySize == 0 ? nameof(HiddenState) : nameof(LstmState);
            throw new InvalidOperationException($"{cell}: a step must return a {expected}; it returned {state?.GetType().Name ?? "null"}.");
        }

        new Shape(batch, cell.HiddenSize).Require(state.Hidden.Shape, cell, "the output of a step");
        if (state.Memory is { } memory)
        {
            new Shape(batch, cell.MemorySize).Require(memory.Shape, cell, "the memory that a step returns");
        }
    }

    /// <summary>outputs[t] = hidden, but for the sequences that are over.</summary>
    private static void WriteOutput(Tape tape, Tensor outputs, int t, Tensor hidden, IReadOnlyList<int>? lengths)
    {
        (int batch, int width) = (hidden.Shape[0], hidden.Shape[1]);
        for (int row = 0; row < batch; row++)
        {
            if (IsAlive(lengths, row, t))
            {
                hidden.Values.Slice(row * width, width).CopyTo(outputs.Edit()[(((t * batch) + row) * width)..]);
            }
        }

        tape.OnBackward(outputs, () =>
        {
            for (int row = 0; outputs.HasGradient && hidden.NeedsGradient && row < batch; row++)
            {
                if (IsAlive(lengths, row, t))
                {
                    RowKernels.Add(outputs.Gradient.Slice(((t * batch) + row) * width, width), hidden.Gradient.Slice(row * width, width));
                }
            }
        });
    }

    /// <summary>The fresh state, but for the sequences that are over the one that they ended with.</summary>
    private static Tensor Keep(Tape tape, Tensor fresh, Tensor kept, int t, IReadOnlyList<int> lengths)
    {
        int width = fresh.Shape[1];
        Tensor result = tape.Result(fresh.Shape, tape.NeedsGradient(fresh, kept));
        for (int row = 0; row < lengths.Count; row++)
        {
            Tensor from = IsAlive(lengths, row, t) ? fresh : kept;
            from.Values.Slice(row * width, width).CopyTo(result.Edit()[(row * width)..]);
        }

        tape.OnBackward(result, () =>
        {
            for (int row = 0; row < lengths.Count; row++)
            {
                Tensor to = IsAlive(lengths, row, t) ? fresh : kept;
                if (to.NeedsGradient)
                {
                    RowKernels.Add(result.Gradient.Slice(row * width, width), to.Gradient.Slice(row * width, width));
                }
            }
        });
        return result;
    }
}
