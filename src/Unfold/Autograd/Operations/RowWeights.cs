namespace Unfold.Autograd.Operations;

/// <summary>How much each row of a loss counts, kept in the scratch memory of the tape: its copy of a mask, or nothing where all count.</summary>
internal readonly struct RowWeights
{
    private readonly Memory<float> _weights;

    private RowWeights(Memory<float> weights, double total) => (_weights, Total) = (weights, total);

    /// <summary>The sum of the weights, above 0.</summary>
    public double Total { get; }

    /// <summary>The weight of a row; at 0 the row is not to be read.</summary>
    public float this[int row] => _weights.IsEmpty ? 1 : _weights.Span[row];

    /// <summary>Copies a mask.</summary>
    /// <exception cref="ArgumentException">There is not one weight a row, one is negative or no number, or none is above 0.</exception>
    public static RowWeights Keep(Tape tape, ReadOnlySpan<float> mask, Shape shape, string operation)
    {
        int rows = shape.Rows;
        if (rows == 0)
        {
            throw new ArgumentException($"{operation}: there must be at least one value; found the shape {shape}.");
        }

        if (mask.IsEmpty)
        {
            return new RowWeights(Memory<float>.Empty, rows);
        }

        if (mask.Length != rows)
        {
            throw new ArgumentException($"{operation}: the mask must hold one weight for each of the {rows} rows of {shape}; found {mask.Length}.", nameof(mask));
        }

        double total = 0;
        for (int row = 0; row < rows; row++)
        {
            total += mask[row] >= 0 && mask[row] < float.PositiveInfinity
                ? mask[row]
                : throw new ArgumentException(FormattableString.Invariant($"{operation}: the weight of a row must be a number of at least 0; found {mask[row]} for row {row}."), nameof(mask));
        }

        if (total == 0)
        {
            throw new ArgumentException($"{operation}: no row counts: the mask of {shape} is all zeros.", nameof(mask));
        }

        Memory<float> kept = tape.Scratch(rows);
        mask.CopyTo(kept.Span);
        return new RowWeights(kept, total);
    }
}
