using Unfold.Numerics.Kernels;

namespace Unfold.Autograd.Operations;

/// <summary>Operations that take whole rows from one place to another; the gradient of a row goes back to where it came from.</summary>
public static class SequenceOperations
{
    /// <summary>
    /// Row i of the result is row <c>rows[i]</c> of the input: (.., F) gives (n, F). A row may be taken more than once, then it
    /// gathers the gradients of all; a negative number gives a row of zeros.
    /// </summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">(.., F): the outer dimensions are counted as one.</param>
    /// <param name="rows">n row numbers, at least one; they are copied.</param>
    /// <exception cref="ArgumentException">There is no number, or one is past the last row.</exception>
    public static Tensor SelectRows(this Tape tape, Tensor input, ReadOnlySpan<int> rows)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        if (rows.Length == 0)
        {
            throw new ArgumentException($"{nameof(SelectRows)}: at least one row of {input.Shape} must be wanted; found none.", nameof(rows));
        }

        foreach (int row in rows)
        {
            if (row >= input.Shape.Rows)
            {
                throw new ArgumentException($"{nameof(SelectRows)}: the tensor {input.Shape} has the rows 0 to {input.Shape.Rows - 1}; wanted is {row}.", nameof(rows));
            }
        }

        var sources = new KeptIntegers(tape, rows.Length);
        rows.CopyTo(sources.Values);
        return Gather(tape, input, new Shape(rows.Length, input.Shape.Columns), input.Shape.Columns, sources);
    }

    /// <summary>The last step of each sequence: y[b] = x[lengths[b] - 1, b], (T, B, F) gives (B, F).</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">x, (T, B, F).</param>
    /// <param name="lengths">For each of the B sequences its number of steps, 1 .. T; T where they are not given. They are copied.</param>
    /// <exception cref="ArgumentException">The tensor has not three dimensions, or a length does not fit.</exception>
    public static Tensor LastSteps(this Tape tape, Tensor input, IReadOnlyList<int>? lengths = null)
    {
        (int time, int batch, int width) = Shapes.RequireSequence(tape, input, nameof(LastSteps));
        KeptIntegers? kept = lengths is null ? null : KeptIntegers.Lengths(tape, lengths, batch, 1, time, nameof(LastSteps));
        var sources = new KeptIntegers(tape, batch);
        for (int row = 0; row < batch; row++)
        {
            sources.Values[row] = (((kept?.Values[row] ?? time) - 1) * batch) + row;
        }

        return Gather(tape, input, new Shape(batch, width), width, sources);
    }

    /// <summary>
    /// Each sequence backwards in time: y[t, b] = x[lengths[b] - 1 - t, b] for t below the length. What lies past it stays where
    /// it is, so reversing twice gives the input.
    /// </summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">x, (T, B, F).</param>
    /// <param name="lengths">For each of the B sequences its number of steps, 0 .. T; T where they are not given. They are copied.</param>
    /// <returns>(T, B, F).</returns>
    /// <exception cref="ArgumentException">The tensor has not three dimensions, or a length does not fit.</exception>
    public static Tensor Reverse(this Tape tape, Tensor input, IReadOnlyList<int>? lengths = null)
    {
        (int time, int batch, int width) = Shapes.RequireSequence(tape, input, nameof(Reverse));
        KeptIntegers? kept = lengths is null ? null : KeptIntegers.Lengths(tape, lengths, batch, 0, time, nameof(Reverse));
        var sources = new KeptIntegers(tape, time * batch);
        for (int t = 0; t < time; t++)
        {
            for (int row = 0; row < batch; row++)
            {
                int length = kept?.Values[row] ?? time;
                int source = t < length ? length - 1 - t : t;
                sources.Values[(t * batch) + row] = (source * batch) + row;
            }
        }

        return Gather(tape, input, input.Shape, width, sources);
    }

    /// <summary>
    /// The two outermost dimensions exchanged: (T, B, F) gives (B, T, F), and back. Attention looks at one sequence after the
    /// other, everything else at one step after the other.
    /// </summary>
    /// <exception cref="ArgumentException">The tensor has less than three dimensions, or no value.</exception>
    public static Tensor SwapOuter(this Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        Shape shape = input.Shape;
        if (shape.Rank < 3 || shape.Length == 0)
        {
            throw new ArgumentException($"{nameof(SwapOuter)}: the tensor must have at least three dimensions, as in (T, B, F), and one value; found {shape}.", nameof(input));
        }

        (int outer, int inner) = (shape[0], shape[1]);
        Shape swapped = shape.Rank == 3 ? new Shape(inner, outer, shape[2]) : new Shape(inner, outer, shape[2], shape[3]);
        var sources = new KeptIntegers(tape, outer * inner);
        for (int i = 0; i < inner; i++)
        {
            for (int j = 0; j < outer; j++)
            {
                sources.Values[(i * outer) + j] = (j * inner) + i;
            }
        }

        return Gather(tape, input, swapped, shape.Rank == 3 ? shape[2] : shape[2] * shape[3], sources);
    }

    /// <summary>Row i of the result, of a width, is row sources[i] of the input, or zeros where that is negative.</summary>
    private static Tensor Gather(Tape tape, Tensor input, Shape shape, int width, KeptIntegers sources)
    {
        Tensor result = tape.Result(shape, tape.NeedsGradient(input));
        ReadOnlySpan<int> rows = sources.Values;
        Span<float> y = result.Edit();
        for (int row = 0; row < rows.Length; row++)
        {
            Span<float> destination = y.Slice(row * width, width);
            if (rows[row] < 0)
            {
                destination.Clear();
            }
            else
            {
                input.Values.Slice(rows[row] * width, width).CopyTo(destination);
            }
        }

        tape.OnBackward(result, () => Reductions.AddRowsAt(result.Gradient, sources.Values, width, width, input.Gradient, tape.Workers));
        return result;
    }
}
