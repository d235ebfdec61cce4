using System.Runtime.InteropServices;
using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Numerics.Products;

namespace Unfold.Layers;

/// <summary>
/// x U + b where x are rows of a table: each row of the table that comes is multiplied once, however often it comes, and the
/// gradients of all its places are added up before the products. Texts say few words again and again.
/// </summary>
internal sealed class LookUpProjection
{
    private readonly FusedCell _cell;
    private readonly PackedWeights _weights;
    private readonly Tape _tape;
    private readonly Parameter _table;
    private readonly int _places, _count;

    // For each place the number of its row among those that come, or -1 for zeros; and for each of those its number in the table.
    private readonly Memory<float> _index, _rows;

    // x U + b, a row for each row of the table that comes.
    private readonly Memory<float> _sums;

    private LookUpProjection(FusedCell cell, PackedWeights weights, Tape tape, Parameter table, Memory<float> index, Memory<float> rows, int count)
    {
        (_cell, _weights, _tape, _table, _index, _rows, _count) = (cell, weights, tape, table, index, rows, count);
        _places = index.Length;
        _sums = tape.Scratch(checked(count * cell.GatesWidth));
    }

    private Span<int> Rows => Integers(_rows);

    /// <summary>Looks for repetitions; null where there are so few that the products by place are as fast.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="weights">Its U.</param>
    /// <param name="tape">Has the scratch memory.</param>
    /// <param name="table">The table.</param>
    /// <param name="tokens">Its row at each place; a negative one stands for zeros.</param>
    public static LookUpProjection? Create(FusedCell cell, PackedWeights weights, Tape tape, Parameter table, ReadOnlySpan<int> tokens)
    {
        Memory<float> index = tape.Scratch(tokens.Length), rows = tape.Scratch(tokens.Length), numbers = tape.Scratch(table.Shape[0]);
        Integers(numbers).Fill(-1);
        int count = 0;
        for (int place = 0; place < tokens.Length; place++)
        {
            if (tokens[place] < 0)
            {
                Integers(index)[place] = -1;
                continue;
            }

            ref int number = ref Integers(numbers)[tokens[place]];
            if (number < 0)
            {
                number = count;
                Integers(rows)[count++] = tokens[place];
            }

            Integers(index)[place] = number;
        }

        return count > tokens.Length / 4 * 3 ? null : new LookUpProjection(cell, weights, tape, table, index, rows[..count], count);
    }

    /// <summary>Computes all sums, when the weights are packed.</summary>
    public void Prepare()
    {
        Memory<float> vectors = Gather();
        int width = _cell.GatesWidth, input = _cell.InputSize;
        _tape.Workers.Run(part =>
        {
            (int first, int end) = _tape.Workers.Share(_count, part);
            for (int row = first; row < end; row++)
            {
                SequenceProjection.FillBias(_cell, _sums.Span.Slice(row * width, width));
            }

            _weights.Forward.Multiply(vectors.Span[(first * input)..], input, end - first, _sums.Span[(first * width)..], width, Accumulation.Add);
        });
    }

    /// <summary>Gates = x U + b for a range of places.</summary>
    public void Compute(int first, int places, Span<float> gates)
    {
        int width = _cell.GatesWidth;
        ReadOnlySpan<int> index = Integers(_index).Slice(first, places);
        for (int place = 0; place < places; place++)
        {
            Span<float> destination = gates.Slice(place * width, width);
            if (index[place] < 0)
            {
                SequenceProjection.FillBias(_cell, destination);
            }
            else
            {
                _sums.Span.Slice(index[place] * width, width).CopyTo(destination);
            }
        }
    }

    /// <summary>Adds to the gradients of U and of the table from those of the gates at all places.</summary>
    public void AddGradients(ReadOnlyMemory<float> gates)
    {
        Workers workers = _tape.Workers;
        int width = _cell.GatesWidth, input = _cell.InputSize;

        // The sums themselves are not needed any more.
        Span<float> gathered = _sums.Span;
        gathered.Clear();
        Reductions.AddRowsAt(gates.Span[..(_places * width)], Integers(_index), width, width, gathered, workers);
        Memory<float> vectors = Gather();
        MatrixProduct.Multiply(workers, new MatrixView(vectors.Span, _count, input).Transposed, new MatrixView(gathered, _count, width), _cell.InputWeights.Gradient, Accumulation.Add);
        Memory<float> table = _table.GradientMemory;
        workers.Run(part =>
        {
            // The vectors are not needed any more. Each row of the table comes once.
            (int first, int end) = workers.Share(_count, part);
            Span<float> slopes = vectors.Span[(first * input)..];
            _weights.Transposed.Multiply(_sums.Span[(first * width)..], width, end - first, slopes, input, Accumulation.Overwrite);
            for (int row = first; row < end; row++)
            {
                RowKernels.Add(slopes.Slice((row - first) * input, input), table.Span.Slice(Rows[row] * input, input));
            }
        });
    }

    private static Span<int> Integers(Memory<float> memory) => MemoryMarshal.Cast<float, int>(memory.Span);

    private Memory<float> Gather()
    {
        int input = _cell.InputSize;
        Memory<float> vectors = _tape.Scratch(_count * input);
        for (int row = 0; row < _count; row++)
        {
            _table.Values.Slice(Rows[row] * input, input).CopyTo(vectors.Span[(row * input)..]);
        }

        return vectors;
    }
}
