namespace Unfold.Autograd;

/// <summary>The sizes of a tensor of one to four dimensions, outermost first; row-major, so the last one is contiguous.</summary>
public readonly record struct Shape
{
    private readonly int _d0, _d1, _d2, _d3;

    /// <summary>A vector, or with 1 a single value.</summary>
    public Shape(int size)
        : this(1, size, 1, 1, 1)
    {
    }

    /// <summary>A matrix.</summary>
    public Shape(int rows, int columns)
        : this(2, rows, columns, 1, 1)
    {
    }

    /// <summary>A sequence batch: time, batch, features.</summary>
    public Shape(int time, int batch, int features)
        : this(3, time, batch, features, 1)
    {
    }

    /// <summary>Four dimensions.</summary>
    public Shape(int first, int second, int third, int fourth)
        : this(4, first, second, third, fourth)
    {
    }

    private Shape(int rank, int d0, int d1, int d2, int d3)
    {
        if (d0 < 0 || d1 < 0 || d2 < 0 || d3 < 0 || (Int128)d0 * d1 * d2 * d3 > Array.MaxLength)
        {
            throw new ArgumentException($"A tensor has sizes of at least 0 and at most {Array.MaxLength} values in all; found {d0} x {d1} x {d2} x {d3}.");
        }

        Rank = rank;
        (_d0, _d1, _d2, _d3) = (d0, d1, d2, d3);
    }

    /// <summary>The number of dimensions.</summary>
    public int Rank { get; }

    /// <summary>The number of values.</summary>
    public int Length => _d0 * _d1 * _d2 * _d3;

    /// <summary>The size of the innermost dimension.</summary>
    public int Columns => Rank == 0 ? 0 : this[Rank - 1];

    /// <summary>The number of values over the size of the innermost dimension: the rows, when the outer dimensions are one.</summary>
    public int Rows => Columns == 0 ? 0 : Length / Columns;

    /// <summary>The size of dimension <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public int this[int index] => (uint)index >= (uint)Rank
        ? throw new ArgumentOutOfRangeException(nameof(index), index, $"The shape {this} has {Rank} dimensions.")
        : index switch { 0 => _d0, 1 => _d1, 2 => _d2, _ => _d3 };

    /// <summary>The same outer dimensions over another innermost one.</summary>
    /// <param name="columns">The size of the innermost dimension.</param>
    /// <exception cref="ArgumentException">The size is negative, the values are too many, or there is no dimension.</exception>
    public Shape WithColumns(int columns) => Rank switch
    {
        0 => throw new ArgumentException("A shape without dimensions has no innermost one."),
        1 => new Shape(columns),
        2 => new Shape(_d0, columns),
        3 => new Shape(_d0, _d1, columns),
        _ => new Shape(_d0, _d1, _d2, columns),
    };

    /// <summary>The sizes, outermost first.</summary>
    public int[] ToArray()
    {
        ReadOnlySpan<int> sizes = [_d0, _d1, _d2, _d3];
        return sizes[..Rank].ToArray();
    }

    /// <summary>Writes the sizes as in (40, 50, 256).</summary>
    public override string ToString() => $"({string.Join(", ", ToArray())})";

    /// <summary>Throws unless <paramref name="found"/> is this shape.</summary>
    /// <param name="found">The shape that came.</param>
    /// <param name="owner">The layer that wants this shape, for the message.</param>
    /// <param name="name">What has the shape.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void Require(Shape found, object owner, string name)
    {
        if (found != this)
        {
            throw new ArgumentException($"{owner}: {name} must have the shape {this}, but has {found}.");
        }
    }
}
