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
    // The sums of these rows stay in the second cache level between bias and product.
    private const int RowsAtOnce = 112;

    private readonly FusedCell _cell;
    private readonly PackedWeights _weights;
    private readonly Tape _tape;
    private readonly SequenceInput _input;
    private readonly SequencePacking _packing;

    // The rows of the input in packed order: vectors, or tokens as whole numbers.
    private readonly Memory<float> _gathered;

    // Where rows of a table come again and again; then nothing is gathered.
    private readonly LookUpProjection? _lookUp;

    public SequenceProjection(FusedCell cell, PackedWeights weights, Tape tape, SequenceInput input, SequencePacking packing)
    {
        (_cell, _weights, _tape, _input, _packing) = (cell, weights, tape, input, packing);
        if (input.LookUp is { } lookUp)
        {
            _lookUp = LookUpProjection.Create(cell, weights, tape, lookUp.Table.Weights, Packed(lookUp.Tokens.Span));
        }

        bool gathers = !packing.IsIdentity && _lookUp is null;
        _gathered = gathers ? tape.Scratch(checked(packing.Rows * (input.Dense is null ? 1 : cell.InputSize))) : default;
    }

    private ReadOnlySpan<float> Vectors => _packing.IsIdentity ? _input.Dense!.Values : _gathered.Span;

    private ReadOnlySpan<int> Tokens => _packing.IsIdentity ? _input.Tokens.Span : MemoryMarshal.Cast<float, int>(_gathered.Span);

    /// <summary>Tokens in packed order.</summary>
    private ReadOnlySpan<int> Packed(ReadOnlySpan<int> tokens)
    {
        if (_packing.IsIdentity)
        {
            return tokens;
        }

        Span<int> packed = MemoryMarshal.Cast<float, int>(_tape.Scratch(_packing.Rows).Span);
        ReadOnlySpan<int> source = _packing.Source;
        for (int row = 0; row < source.Length; row++)
        {
            packed[row] = tokens[source[row]];
        }

        return packed;
    }

    /// <summary>Packs weights and input.</summary>
    public void Prepare()
    {
        if (_input.Dense is { } dense)
        {
            _weights.Prepare(_tape.Workers, _tape.Recording);
            _lookUp?.Prepare();
            if (!_packing.IsIdentity && _lookUp is null)
            {
                _packing.Gather(_tape.Workers, dense.Memory, _gathered, _cell.InputSize);
            }
        }
        else if (!_packing.IsIdentity)
        {
            Packed(_input.Tokens.Span).CopyTo(MemoryMarshal.Cast<float, int>(_gathered.Span));
        }
    }

    /// <summary>Gates = x U + b for a range of packed rows.</summary>
    public void Compute(int firstRow, int rows, Span<float> gates)
    {
        int width = _cell.GatesWidth;
        if (_lookUp is not null)
        {
            _lookUp.Compute(firstRow, rows, gates);
            return;
        }

        if (_input.Dense is not null)
        {
            for (int row = 0; row < rows; row += RowsAtOnce)
            {
                ComputeDense(firstRow + row, Math.Min(RowsAtOnce, rows - row), gates[(row * width)..]);
            }

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

    private void ComputeDense(int firstRow, int rows, Span<float> gates)
    {
        int width = _cell.GatesWidth, input = _cell.InputSize;
        for (int row = 0; row < rows; row++)
        {
            FillBias(_cell, gates.Slice(row * width, width));
        }

        _weights.Forward.Multiply(Vectors.Slice(firstRow * input, rows * input), input, rows, gates, width, Accumulation.Add);
    }

    /// <summary>Adds to the gradients of U, b and the input from those of the gates.</summary>
    public void AddGradients(ReadOnlyMemory<float> gates)
    {
        Workers workers = _tape.Workers;
        int rows = _packing.Rows, width = _cell.GatesWidth, input = _cell.InputSize;
        if (_cell.SumsBias is { } bias)
        {
            Reductions.AddColumnSums(gates.Span, rows, width, bias.Gradient, workers);
        }

        if (_lookUp is not null)
        {
            _lookUp.AddGradients(gates);
            return;
        }

        if (_input.Dense is not { } dense)
        {
            Reductions.AddRowsAt(gates.Span, Tokens, width, width, _cell.InputWeights.Gradient, workers);
            return;
        }

        var view = new MatrixView(gates.Span, rows, width);
        MatrixProduct.Multiply(workers, new MatrixView(Vectors, rows, input).Transposed, view, _cell.InputWeights.Gradient, Accumulation.Add);
        if (dense.NeedsGradient)
        {
            AddInputGradient(gates, dense.GradientMemory);
        }
    }

    /// <summary>dx += dGates U^T; each thread takes rows of its own.</summary>
    private void AddInputGradient(ReadOnlyMemory<float> gates, Memory<float> gradient)
    {
        Workers workers = _tape.Workers;
        int width = _cell.GatesWidth, input = _cell.InputSize;
        workers.Run(part =>
        {
            (int first, int end) = workers.Share(_packing.Rows, part);
            ReadOnlySpan<float> slopes = gates.Span[(first * width)..];
            if (_packing.IsIdentity)
            {
                _weights.Transposed.Multiply(slopes, width, end - first, gradient.Span[(first * input)..], input, Accumulation.Add);
                return;
            }

            // The gathered input is not needed any more. No two rows come from the same place.
            Span<float> rows = _gathered.Span.Slice(first * input, (end - first) * input);
            _weights.Transposed.Multiply(slopes, width, end - first, rows, input, Accumulation.Overwrite);
            for (int row = first; row < end; row++)
            {
                RowKernels.Add(rows.Slice((row - first) * input, input), gradient.Span.Slice(_packing.Source[row] * input, input));
            }
        });
    }
}
