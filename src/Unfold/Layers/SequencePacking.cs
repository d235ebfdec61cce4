using System.Runtime.InteropServices;
using Unfold.Autograd;
using Unfold.Numerics;

namespace Unfold.Layers;

/// <summary>
/// The order in which the steps of a batch are computed, so that the padding of shorter sequences costs nothing: sequences
/// from the longest to the shortest, and of each step the rows of those that have it.
/// </summary>
/// <remarks>
/// Row <c>First(t) + i</c> is step t, counted along the direction, of the sequence with place i in this order, and comes from
/// row <c>Source</c> of the batch. With equal lengths, forward, that is the same row: the packing is the identity and holds nothing.
/// </remarks>
internal sealed class SequencePacking
{
    // For each step a thread reads all weights, which takes about the time of so many rows.
    private const int RowsOfWeights = 2;

    private readonly int _time;
    private readonly IReadOnlyList<int>? _lengths;

    // Whole numbers in the tape's scratch memory, which is taken back with the step.
    private readonly Memory<float> _order, _first, _source;

    public SequencePacking(Tape tape, int time, int batch, IReadOnlyList<int>? lengths, Direction direction)
    {
        (_time, Batch, _lengths) = (time, batch, lengths);
        Rows = lengths?.Sum() ?? checked(time * batch);
        IsIdentity = lengths is null && direction == Direction.Forward;
        if (IsIdentity)
        {
            return;
        }

        _order = tape.Scratch(batch);
        _first = tape.Scratch(time + 1);
        _source = tape.Scratch(Rows);
        FillOrder();
        FillFirst();
        FillSource(direction);
    }

    /// <summary>T.</summary>
    public int Steps => _time;

    /// <summary>B.</summary>
    public int Batch { get; }

    /// <summary>The number of rows: all steps of all sequences.</summary>
    public int Rows { get; }

    /// <summary>Whether each row stays in its place.</summary>
    public bool IsIdentity { get; }

    /// <summary>For each row its place t * B + b in the batch.</summary>
    public ReadOnlySpan<int> Source => Integers(_source);

    /// <summary>The first row of a step.</summary>
    public int First(int step) => IsIdentity ? step * Batch : Integers(_first)[step];

    /// <summary>The number of sequences that have a step.</summary>
    public int Active(int step) => IsIdentity ? Batch : Integers(_first)[step + 1] - Integers(_first)[step];

    /// <summary>The number of steps, from the first one on, that at least so many sequences have.</summary>
    public int StepsWith(int sequences)
    {
        int steps = Batch < sequences ? 0 : _time;
        while (!IsIdentity && steps > 0 && Active(steps - 1) < sequences)
        {
            steps--;
        }

        return steps;
    }

    /// <summary>The end of the run of steps from this one on that as many sequences have.</summary>
    public int SameActiveUntil(int step)
    {
        int end = step + 1;
        while (!IsIdentity && end < _time && Active(end) == Active(step))
        {
            end++;
        }

        return IsIdentity ? _time : end;
    }

    /// <summary>The start of the run of steps up to this one that as many sequences have.</summary>
    public int SameActiveFrom(int step)
    {
        int start = step;
        while (!IsIdentity && start > 0 && Active(start - 1) == Active(step))
        {
            start--;
        }

        return IsIdentity ? 0 : start;
    }

    /// <summary>The row of the batch that has a place in the order.</summary>
    public int Sequence(int place) => IsIdentity ? place : Integers(_order)[place];

    /// <summary>The number of steps of the sequence with a place in the order.</summary>
    public int Length(int place) => _lengths?[Sequence(place)] ?? _time;

    /// <summary>The places that fall to a part of a job: as much work to each part, or nearly so.</summary>
    public (int Start, int End) Share(int parts, int part) => (Boundary(parts, part), Boundary(parts, part + 1));

    /// <summary>Copies rows of the batch into packed order.</summary>
    public void Gather(Workers workers, ReadOnlyMemory<float> from, Memory<float> to, int width) => workers.Run(part =>
    {
        (int first, int end) = workers.Share(Rows, part);
        ReadOnlySpan<int> source = Source;
        for (int row = first; row < end; row++)
        {
            from.Span.Slice(source[row] * width, width).CopyTo(to.Span.Slice(row * width, width));
        }
    });

    /// <summary>Copies packed rows to their places in the batch.</summary>
    public void Scatter(Workers workers, ReadOnlyMemory<float> from, Memory<float> to, int width) => workers.Run(part =>
    {
        (int first, int end) = workers.Share(Rows, part);
        ReadOnlySpan<int> source = Source;
        for (int row = first; row < end; row++)
        {
            from.Span.Slice(row * width, width).CopyTo(to.Span.Slice(source[row] * width, width));
        }
    });

    private int Boundary(int parts, int part)
    {
        if (_lengths is null)
        {
            return (int)((long)Batch * part / parts);
        }

        // The smallest cost that all parts can keep to.
        long low = 0, high = Rows + (RowsOfWeights * (long)Length(0));
        while (low < high)
        {
            long middle = (low + high) / 2;
            (low, high) = Fill(parts, middle) == Batch ? (low, middle) : (middle + 1, high);
        }

        return Fill(part, low);
    }

    /// <summary>The first place that is left when so many parts have each taken what they can for a cost.</summary>
    private int Fill(int parts, long most)
    {
        int place = 0;
        for (int part = 0; part < parts && place < Batch; part++)
        {
            long cost = RowsOfWeights * (long)Length(place);
            while (place < Batch && cost + Length(place) <= most)
            {
                cost += Length(place++);
            }
        }

        return place;
    }

    private static Span<int> Integers(Memory<float> memory) => MemoryMarshal.Cast<float, int>(memory.Span);

    /// <summary>Sorts by length, the longest first and equal ones in the order of the batch, by counting.</summary>
    private void FillOrder()
    {
        Span<int> order = Integers(_order);
        if (_lengths is null)
        {
            for (int place = 0; place < Batch; place++)
            {
                order[place] = place;
            }

            return;
        }

        Span<int> next = Integers(_first);
        next.Clear();
        foreach (int length in _lengths)
        {
            next[_time - length + 1]++;
        }

        for (int i = 1; i <= _time; i++)
        {
            next[i] += next[i - 1];
        }

        for (int sequence = 0; sequence < Batch; sequence++)
        {
            order[next[_time - _lengths[sequence]]++] = sequence;
        }
    }

    private void FillFirst()
    {
        Span<int> first = Integers(_first);
        int active = Batch;
        first[0] = 0;
        for (int step = 0; step < _time; step++)
        {
            while (active > 0 && Length(active - 1) <= step)
            {
                active--;
            }

            first[step + 1] = first[step] + active;
        }
    }

    private void FillSource(Direction direction)
    {
        Span<int> source = Integers(_source);
        int row = 0;
        for (int step = 0; step < _time; step++)
        {
            int active = Active(step);
            for (int place = 0; place < active; place++)
            {
                int time = direction == Direction.Forward ? step : Length(place) - 1 - step;
                source[row++] = (time * Batch) + Sequence(place);
            }
        }
    }
}
