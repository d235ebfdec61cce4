namespace Unfold.Autograd.Operations;

/// <summary>What operations want of the shapes of their tensors.</summary>
internal static class Shapes
{
    /// <summary>Throws unless <paramref name="found"/> is one value for each row: the outer sizes of <paramref name="matrix"/>, with a last 1 or without, or all rows in one.</summary>
    public static void RequireColumn(Shape matrix, Shape found, string operation, string name)
    {
        if (found != matrix.WithColumns(1) && !IsOuter(matrix, found) && !(found.Rank == 1 && found.Length == matrix.Rows))
        {
            throw new ArgumentException($"{operation}: {name} must hold one value for each of the {matrix.Rows} rows of {matrix}, as {matrix.WithColumns(1)} or without the last 1; found {found}.");
        }
    }

    /// <summary>The sizes of a sequence of shape (T, B, F) that goes into an operation.</summary>
    public static (int Time, int Batch, int Width) RequireSequence(Tape tape, Tensor input, string operation)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        Shape shape = input.Shape;
        return shape.Rank == 3 && shape.Length > 0
            ? (shape[0], shape[1], shape[2])
            : throw new ArgumentException($"{operation}: the tensor must have the shape (T, B, F) with at least one value; found {shape}.", nameof(input));
    }

    private static bool IsOuter(Shape matrix, Shape found)
    {
        bool fits = found.Rank == matrix.Rank - 1;
        for (int i = 0; fits && i < found.Rank; i++)
        {
            fits = found[i] == matrix[i];
        }

        return fits;
    }
}
