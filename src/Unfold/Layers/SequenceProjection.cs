using System.Runtime.InteropServices;
using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Numerics.Products;

namespace Unfold.Layers;

/// <summary>The part of a recurrent layer that does not wait for the step before: x U + b (b where it belongs to the sums) and its gradients, over packed rows.</summary>
internal sealed class SequenceProjection
{
    private readonly FusedCell _cell;
    private readonly PackedWeights _weights;
    private readonly Tape _tape;
    private readonly SequenceInput _input;
    private readonly SequencePacking _packing;

    // The rows of the input in packed order: vectors, or tokens as whole numbers.
    private readonly Memory<float> _gathered;

    public SequenceProjection(FusedCell cell, PackedWeights weights, Tape tape, SequenceInput input, SequencePacking packing)
    {
        (_cell, _weights, _tape, _input, _packing) = (cell, weights, tape, input, packing);
        _gathered = packing.IsIdentity ? default : tape.Scratch(checked(packing.Rows * (input.Dense is null ? 1 : cell.InputSize)));
    }

    private ReadOnlySpan<float> Vectors => _packing.IsIdentity ? _input.Dense!.Values : _gathered.Span;

    private ReadOnlySpan<int> Tokens => _packing.IsIdentity ? _input.Tokens.Span : MemoryMarshal.Cast<float, int>(_gathered.Span);

    /// <summary>Packs weights and input.</summary>
    public void Prepare()
    {
        if (_input.Dense is { } dense)
        {
            _weights.Prepare(_tape.Workers, _tape.Recording);
            if (!_packing.IsIdentity)
            {
                Gather(_tape.Workers, dense.Memory, _gathered, _packing, _cell.InputSize);
            }
        }
        else if (!_packing.IsIdentity)
        {
            Span<int> gathered = MemoryMarshal.Cast<float, int>(_gathered.Span);
            ReadOnlySpan<int> source = _packing.Source, tokens = _input.Tokens.Span;
            for (int row = 0; row < source.Length; row++)
            {
                gathered[row] = tokens[source[row]];
            }
        }
    }

    /// <summary>Gates = x U + b for a range of packed rows.</summary>
    public void Compute(int firstRow, int rows, Span<float> gates)
    {
        int width = _cell.GatesWidth;
        if (_input.Dense is not null)
        {
            for (int row = 0; row < rows; row++)
            {
                FillBias(_cell, gates.Slice(row * width, width));
            }

            int input = _cell.InputSize;
            _weights.Forward.Multiply(Vectors.Slice(firstRow * input, rows * input), input, rows, gates, width, Accumulation.Add);
            return;
        }

        ReadOnlySpan<int> tokens = Tokens.Slice(firstRow, rows);
        for (int row = 0; row < rows; row++)
        {
            LookUp(_cell, tokens[row], gates.Slice(row * width, width));
        }
    }

    /// <summary>x U + b of one row for a one-hot x: a row of U; a negative token stands for a vector of zeros.</summary>
    public static void LookUp(FusedCell cell, int token, Span<float> gates)
    {
        if (token < 0)
        {
            FillBias(cell, gates);
            return;
        }

        ReadOnlySpan<float> row = cell.InputWeights.Values.Slice(token * gates.Length, gates.Length);
        if (cell.SumsBias is { } bias)
        {
            RowKernels.Sum(row, bias.Values, gates);
        }
        else
        {
            row.CopyTo(gates);
        }
    }

    /// <summary>What x U is added to.</summary>
    public static void FillBias(FusedCell cell, Span<float> gates)
    {
        if (cell.SumsBias is { } bias)
        {
            bias.Values.CopyTo(gates);
        }
        else
        {
            gates.Clear();
        }
    }

    /// <summary>Adds to the gradients of U, b and the input from those of the gates.</summary>
    public void AddGradients(ReadOnlySpan<float> gates)
    {
        Workers workers = _tape.Workers;
        int rows = _packing.Rows, width = _cell.GatesWidth, input = _cell.InputSize;
        if (_cell.SumsBias is { } bias)
        {
            Reductions.AddColumnSums(gates, rows, width, bias.Gradient, workers);
        }

        if (_input.Dense is not { } dense)
        {
            Reductions.AddRowsAt(gates, Tokens, width, width, _cell.InputWeights.Gradient, workers);
            return;
        }

        var view = new MatrixView(gates, rows, width);
        MatrixProduct.Multiply(workers, new MatrixView(Vectors, rows, input).Transposed, view, _cell.InputWeights.Gradient, Accumulation.Add);
        if (!dense.NeedsGradient)
        {
            return;
        }

        MatrixView weights = new MatrixView(_cell.InputWeights.Values, input, width).Transposed;
        if (_packing.IsIdentity)
        {
            MatrixProduct.Multiply(workers, view, weights, dense.Gradient, Accumulation.Add);
            return;
        }

        // The gathered input is not needed any more.
        MatrixProduct.Multiply(workers, view, weights, _gathered.Span, Accumulation.Overwrite);
        ReadOnlySpan<int> source = _packing.Source;
        for (int row = 0; row < rows; row++)
        {
            RowKernels.Add(_gathered.Span.Slice(row * input, input), dense.Gradient.Slice(source[row] * input, input));
        }
    }

    /// <summary>Copies rows of the batch into packed order.</summary>
    private static void Gather(Workers workers, ReadOnlyMemory<float> from, Memory<float> to, SequencePacking packing, int width) => workers.Run(part =>
    {
        (int first, int end) = workers.Share(packing.Rows, part);
        ReadOnlySpan<int> source = packing.Source;
        for (int row = first; row < end; row++)
        {
            from.Span.Slice(source[row] * width, width).CopyTo(to.Span.Slice(row * width, width));
        }
    });
}
