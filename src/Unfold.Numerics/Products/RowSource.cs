namespace Unfold.Numerics.Products;

/// <summary>Where a product finds the rows of A: in the matrix itself, or packed as one strip a tile.</summary>
internal readonly unsafe struct RowSource
{
    private readonly bool _strips;

    private RowSource(float* start, nint row, nint column, bool strips)
    {
        Start = start;
        Row = row;
        Column = column;
        _strips = strips;
    }

    /// <summary>The element (0, 0).</summary>
    public float* Start { get; }

    /// <summary>The distance of two rows.</summary>
    public nint Row { get; }

    /// <summary>The distance of two columns.</summary>
    public nint Column { get; }

    /// <summary>The rows lie in a matrix with these strides.</summary>
    public static RowSource Matrix(float* start, nint row, nint column) => new(start, row, column, strips: false);

    /// <summary>The rows were packed by <see cref="RowBlock.PackStrips{S, V}"/>.</summary>
    public static RowSource Strips(float* start) => new(start, 1, 0, strips: true);

    /// <summary>The rows of one tile. A strip of n rows holds n values a column, and the strips before it hold first * k.</summary>
    public RowSource Tile(int first, int count, int k) =>
        _strips ? new(Start + ((nint)first * k), 1, count, strips: false) : new(Start + (first * Row), Row, Column, strips: false);
}
