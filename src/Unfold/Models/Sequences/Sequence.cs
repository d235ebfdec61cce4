namespace Unfold.Models;

/// <summary>
/// One input sequence of T steps: symbols (words, characters, tags) in one or several columns, numbers in one or several
/// variables, or both side by side.
/// </summary>
public sealed class Sequence
{
    private Sequence(int length, IReadOnlyList<IReadOnlyList<string>> columns, ReadOnlyMemory<float> values, int width) =>
        (Length, Columns, Values, Width) = (length, columns, values, width);

    /// <summary>T, at least 1.</summary>
    public int Length { get; }

    /// <summary>The columns of symbols, T in each; none where there are numbers only.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Columns { get; }

    /// <summary>The numbers, T x width in order of time; empty where there are symbols only.</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>The number of variables; 0 where there are symbols only.</summary>
    public int Width { get; }

    /// <summary>Takes symbols: a column of words, or several columns side by side, as words and their tags.</summary>
    /// <exception cref="UnfoldException">There is no step, the columns are not of one length, a column is null, or a symbol is no text.</exception>
    public static Sequence OfSymbols(params IReadOnlyList<string>[] columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        for (int column = 0; column < columns.Length; column++)
        {
            if (columns[column] is null)
            {
                throw new UnfoldException($"Column {column} of a sequence's symbols is null; give a list of symbols.");
            }
        }

        if (columns.Length == 0 || columns[0].Count == 0)
        {
            throw new UnfoldException("A sequence needs at least one step; found none.");
        }

        if (columns.FirstOrDefault(column => column.Count != columns[0].Count) is { } other)
        {
            throw new UnfoldException($"All columns of a sequence have one length; found {columns[0].Count} and {other.Count} symbols.");
        }

        // Copies, so that a list that grows later cannot change a sequence.
        string[][] copies = [.. columns.Select(column => column.ToArray())];
        foreach (string symbol in copies.SelectMany(column => column))
        {
            SymbolTable.RequireText(symbol);
        }

        return new Sequence(copies[0].Length, copies, default, 0);
    }

    /// <summary>Takes the characters of a text as one column of symbols: Unicode scalar values, so that none is cut in half.</summary>
    /// <exception cref="UnfoldException">The text is empty.</exception>
    public static Sequence OfCharacters(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return OfSymbols([.. text.EnumerateRunes().Select(rune => rune.ToString())]);
    }

    /// <summary>Takes numbers.</summary>
    /// <param name="values">T x width in order of time: the variables of a step side by side.</param>
    /// <param name="width">The number of variables, at least 1.</param>
    /// <exception cref="UnfoldException">There is no step, the values are not whole steps, or one is not a number or infinite.</exception>
    public static Sequence OfValues(ReadOnlySpan<float> values, int width)
    {
        if (width < 1 || values.IsEmpty || values.Length % width != 0)
        {
            throw new UnfoldException($"A sequence holds at least one whole step of its variables; found {values.Length} numbers for {width} variables.");
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new UnfoldException(FormattableString.Invariant($"A sequence holds finite numbers only; found {values[i]} for variable {i % width} at step {i / width}."));
            }
        }

        return new Sequence(values.Length / width, [], values.ToArray(), width);
    }

    /// <summary>Some steps of this sequence.</summary>
    /// <param name="start">The first step, from 0.</param>
    /// <param name="length">The number of steps, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The sequence has no such steps.</exception>
    public Sequence Slice(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - start);
        return new Sequence(length, [.. Columns.Select(column => (IReadOnlyList<string>)[.. column.Skip(start).Take(length)])], Values.Slice(start * Width, length * Width), Width);
    }

    /// <summary>This sequence with another of the same length beside it: columns after columns, variables after variables.</summary>
    /// <exception cref="UnfoldException">The lengths differ.</exception>
    public Sequence With(Sequence other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Length != Length)
        {
            throw new UnfoldException($"Sequences side by side have one length; found {Length} and {other.Length} steps.");
        }

        float[] values = new float[Length * (Width + other.Width)];
        for (int t = 0; t < Length; t++)
        {
            Span<float> step = values.AsSpan(t * (Width + other.Width), Width + other.Width);
            Values.Span.Slice(t * Width, Width).CopyTo(step);
            other.Values.Span.Slice(t * other.Width, other.Width).CopyTo(step[Width..]);
        }

        return new Sequence(Length, [.. Columns, .. other.Columns], values, Width + other.Width);
    }
}
