namespace Unfold.Models;

/// <summary>What the input sequences of a model look like: the table of symbols of each column, and the scale of the variables.</summary>
/// <param name="Columns">One table a column of symbols.</param>
/// <param name="Values">The scale of the variables; null where there are symbols only.</param>
public sealed record SequenceSchema(IReadOnlyList<SymbolTable> Columns, Standardization? Values)
{
    /// <summary>The number of variables.</summary>
    public int Width => Values?.Width ?? 0;

    /// <summary>Learns tables and scale from training sequences.</summary>
    /// <param name="sequences">At least one; all of one shape.</param>
    /// <param name="minimumCount">How often a symbol must come to have a number of its own; the others share that of the unknown, which is trained by them.</param>
    /// <exception cref="UnfoldException">There is no sequence, or two differ in columns or variables.</exception>
    public static SequenceSchema Learn(IReadOnlyList<Sequence> sequences, int minimumCount = 1)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        if (sequences.Count == 0)
        {
            throw new UnfoldException("A model is fitted to at least one example; found none.");
        }

        (int columns, int width) = (sequences[0].Columns.Count, sequences[0].Width);
        for (int i = 0; i < sequences.Count; i++)
        {
            RequireShape(sequences[i], columns, width, $"Sequence {i}");
        }

        return new SequenceSchema(
            [.. Enumerable.Range(0, columns).Select(column => SymbolTable.Build(sequences.SelectMany(sequence => sequence.Columns[column]), minimumCount))],
            width == 0 ? null : Standardization.Learn(sequences.Select(sequence => sequence.Values), width));
    }

    /// <summary>Throws unless a sequence has the columns and variables of this schema.</summary>
    /// <exception cref="UnfoldException">It has others.</exception>
    public void Require(Sequence sequence)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        RequireShape(sequence, Columns.Count, Width, "The sequence");
    }

    private static void RequireShape(Sequence sequence, int columns, int width, string name)
    {
        if (sequence.Columns.Count != columns || sequence.Width != width)
        {
            throw new UnfoldException($"{name} has {sequence.Columns.Count} columns of symbols and {sequence.Width} variables; wanted are {columns} and {width}, as in the first training example.");
        }
    }
}
