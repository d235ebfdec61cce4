using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Numerics;
using Unfold.Numerics.Products;

namespace Unfold.Cells;

/// <summary>
/// Columns of a weight matrix in the order in which the product reads them, forward and transposed; packed again when the
/// parameter has been written since.
/// </summary>
internal sealed class PackedWeights(Parameter parameter, int firstColumn, int columns, Transposition transposition = Transposition.None)
{
    private readonly Lock _lock = new();
    private readonly PackedMatrix _forward = new();
    private readonly PackedMatrix _transposed = new();
    private long _forwardVersion = -1;
    private long _transposedVersion = -1;

    public PackedWeights(Parameter parameter)
        : this(parameter, 0, parameter.Shape.Columns)
    {
    }

    /// <summary>All columns, or all rows as columns where the parameter is the right factor of a product transposed.</summary>
    public PackedWeights(Parameter parameter, Transposition transposition)
        : this(parameter, 0, parameter.Shape.Columns, transposition)
    {
    }

    /// <summary>The columns as they are: for the way forward.</summary>
    public PackedMatrix Forward => _forward;

    /// <summary>The transposed columns: for the way back.</summary>
    public PackedMatrix Transposed => _transposed;

    /// <summary>c (rows x columns) += a times the columns, for one step.</summary>
    public void AddProduct(in Step step, ReadOnlySpan<float> a, Span<float> c, int cStride)
    {
        if (step.Team is { } team)
        {
            _forward.MultiplyRow(a, c, Accumulation.Add, team);
        }
        else
        {
            _forward.Multiply(a, _forward.Rows, step.Rows, c, cStride, Accumulation.Add);
        }
    }

    /// <summary>c (rows x columns) = a times the columns, for one step, where the rows of a and of c lie strides apart.</summary>
    public void Multiply(in Step step, ReadOnlySpan<float> a, int aStride, Span<float> c, int cStride)
    {
        if (step.Team is { } team)
        {
            _forward.MultiplyRow(a, c, Accumulation.Overwrite, team);
        }
        else
        {
            _forward.Multiply(a, aStride, step.Rows, c, cStride, Accumulation.Overwrite);
        }
    }

    public void Prepare(Workers workers, bool forBackward)
    {
        long version = parameter.Version;
        if (Volatile.Read(ref _forwardVersion) == version && (!forBackward || Volatile.Read(ref _transposedVersion) == version))
        {
            return;
        }

        lock (_lock)
        {
            var view = new MatrixView(parameter.Values[firstColumn..], parameter.Shape[0], columns, parameter.Shape.Columns);
            view = transposition == Transposition.Right ? view.Transposed : view;
            if (_forwardVersion != version)
            {
                _forward.Pack(view, workers);
                Volatile.Write(ref _forwardVersion, version);
            }

            if (forBackward && _transposedVersion != version)
            {
                _transposed.Pack(view.Transposed, workers);
                Volatile.Write(ref _transposedVersion, version);
            }
        }
    }
}
