using Unfold.Cells;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Layers;

/// <summary>
/// The way of a <see cref="ScanCell"/> through time: the products of all steps first, each thread with rows of its own, then
/// gates and states, each thread with sequences and channels of its own.
/// </summary>
/// <remarks>
/// Time itself is not shared out. A thread could start in the middle with a state of zeros and be put right afterwards, but
/// that is another order of additions, so other bits than those of the step, and what waits for the step before is one
/// multiply-add of dozens.
/// </remarks>
internal sealed class ChannelScan(ScanCell cell, Workers workers, SequencePacking packing, Memory<float> gates, Memory<float> hiddens)
{
    // A cache line of floats: no two threads write into one.
    private const int ChannelsAtOnce = 16;

    private readonly int _hidden = cell.HiddenSize, _gatesWidth = cell.GatesWidth;

    /// <summary>Turns the sums of all rows into gates, and writes all states after the initial ones.</summary>
    public void Forward() => Run(block =>
    {
        for (int step = 0, end; step < packing.Steps && packing.Active(step) > block.FirstSequence; step = end)
        {
            end = packing.SameActiveUntil(step);
            (int row, int previous) = (packing.First(step) + block.FirstSequence, PreviousRow(step) + block.FirstSequence);
            cell.Scan(Shape(block, step, end), From(gates, row, _gatesWidth), From(hiddens, previous, _hidden), From(hiddens, packing.Batch + row, _hidden));
        }
    });

    /// <summary>Turns gates into the gradients of their sums.</summary>
    /// <param name="outputGradient">Rows x H in the order of the packing; empty where there is none.</param>
    /// <param name="finalGradient">B x H in the order of the batch; empty where there is none.</param>
    /// <param name="gradient">B x H in the order of the packing: in, zeros; out, the gradient of the initial states.</param>
    public void Backward(ReadOnlyMemory<float> outputGradient, ReadOnlyMemory<float> finalGradient, Memory<float> gradient) => Run(block =>
    {
        for (int end = packing.Steps, step; end > 0; end = step)
        {
            step = packing.SameActiveFrom(end - 1);
            if (packing.Active(step) <= block.FirstSequence)
            {
                continue;
            }

            AddFinalGradient(block, end, finalGradient, gradient);
            (int row, int previous) = (packing.First(step) + block.FirstSequence, PreviousRow(step) + block.FirstSequence);
            cell.ScanBackward(
                Shape(block, step, end),
                From(gates, row, _gatesWidth),
                From(hiddens, previous, _hidden),
                From(hiddens, packing.Batch + row, _hidden),
                outputGradient.IsEmpty ? [] : outputGradient.Span[(row * _hidden)..],
                From(gradient, block.FirstSequence, _hidden));
        }
    });

    /// <summary>Adds the gradients of the final states of the sequences that end in a step.</summary>
    private void AddFinalGradient(Block block, int end, ReadOnlyMemory<float> finalGradient, Memory<float> gradient)
    {
        for (int place = block.FirstSequence; !finalGradient.IsEmpty && place < Math.Min(block.EndSequence, packing.Active(end - 1)); place++)
        {
            if (packing.Length(place) == end)
            {
                RowKernels.Add(
                    finalGradient.Span.Slice((packing.Sequence(place) * _hidden) + block.FirstChannel, block.Channels),
                    gradient.Span.Slice((place * _hidden) + block.FirstChannel, block.Channels));
            }
        }
    }

    /// <summary>The sequences and channels of one thread.</summary>
    private readonly record struct Block(int FirstSequence, int EndSequence, int FirstChannel, int Channels);

    /// <summary>
    /// Shares sequences and channels out among the threads: as many groups of sequences, times as many of channels, as make
    /// the largest share smallest.
    /// </summary>
    private void Run(Action<Block> body)
    {
        int groups = SequenceGroups();
        int split = workers.Count / groups;
        int lines = (_hidden + ChannelsAtOnce - 1) / ChannelsAtOnce;
        workers.Run(part =>
        {
            (int first, int end) = packing.Share(groups, part / split);
            int firstChannel = Math.Min(lines * (part % split) / split * ChannelsAtOnce, _hidden);
            int endChannel = Math.Min(lines * ((part % split) + 1) / split * ChannelsAtOnce, _hidden);
            if (first < end && firstChannel < endChannel)
            {
                body(new Block(first, end, firstChannel, endChannel - firstChannel));
            }
        });
    }

    private int SequenceGroups()
    {
        int lines = (_hidden + ChannelsAtOnce - 1) / ChannelsAtOnce;
        int best = 1, largest = int.MaxValue;
        for (int groups = 1; groups <= workers.Count; groups++)
        {
            int split = workers.Count / groups;
            int share = ((packing.Batch + groups - 1) / groups) * ((lines + split - 1) / split);
            if (workers.Count % groups == 0 && share < largest)
            {
                (best, largest) = (groups, share);
            }
        }

        return best;
    }

    private ScanBlock Shape(Block block, int step, int end) => new(
        end - step,
        packing.Active(step),
        Math.Min(block.EndSequence, packing.Active(step)) - block.FirstSequence,
        _hidden,
        block.FirstChannel,
        block.Channels);

    /// <summary>The first row of the states before a step: the initial ones, or those of the step before.</summary>
    private int PreviousRow(int step) => step == 0 ? 0 : packing.Batch + packing.First(step - 1);

    private static Span<float> From(Memory<float> memory, int row, int width) => memory.Span[(row * width)..];
}
