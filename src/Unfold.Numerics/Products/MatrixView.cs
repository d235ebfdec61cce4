namespace Unfold.Numerics.Products;

/// <summary>
/// A read-only matrix inside a span: element (i, j) lies at <c>values[i * RowStride + j * ColumnStride]</c>.
/// A transposed matrix is the same memory with the strides swapped.
/// </summary>
public readonly ref struct MatrixView
{
    /// <summary>Views a row-major matrix.</summary>
    /// <param name="values">The memory; at least (rows - 1) * stride + columns long.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="stride">The distance of two rows, at least <paramref name="columns"/>; 0 stands for that.</param>
    /// <exception cref="ArgumentException">The memory is too short for the shape.</exception>
    public MatrixView(ReadOnlySpan<float> values, int rows, int columns, int stride = 0)
    {
        stride = stride == 0 ? columns : stride;
        if (rows < 0 || columns < 0 || stride < columns || (rows > 0 && values.Length < ((long)(rows - 1) * stride) + columns))
        {
            throw new ArgumentException($"A matrix of {rows} x {columns} with row stride {stride} does not fit into {values.Length} values.", nameof(values));
        }

        Values = values;
        Rows = rows;
        Columns = columns;
        RowStride = stride;
        ColumnStride = 1;
    }

    private MatrixView(ReadOnlySpan<float> values, int rows, int columns, int rowStride, int columnStride)
    {
        Values = values;
        Rows = rows;
        Columns = columns;
        RowStride = rowStride;
        ColumnStride = columnStride;
    }

    /// <summary>The memory.</summary>
    public ReadOnlySpan<float> Values { get; }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of columns.</summary>
    public int Columns { get; }

    /// <summary>The distance of two elements of a column.</summary>
    public int RowStride { get; }

    /// <summary>The distance of two elements of a row.</summary>
    public int ColumnStride { get; }

    /// <summary>The transposed matrix over the same memory.</summary>
    public MatrixView Transposed => new(Values, Columns, Rows, ColumnStride, RowStride);
}
