namespace Unfold.Rescoring;

/// <summary>The errors of one text.</summary>
/// <param name="Edits">What turns the reference into the hypothesis.</param>
/// <param name="Units">Units of the reference.</param>
public readonly record struct ErrorCount(Edits Edits, int Units)
{
    /// <summary>Edits of any kind.</summary>
    public int Errors => Edits.Count;

    /// <summary>Compares a hypothesis with what was said or written in truth.</summary>
    public static ErrorCount Of(string reference, string hypothesis, ErrorMeasure measure)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(hypothesis);
        return measure switch
        {
            ErrorMeasure.Words => Of<string>(TextUnits.Words(reference), TextUnits.Words(hypothesis)),
            ErrorMeasure.Characters => Of<System.Text.Rune>(TextUnits.Characters(reference), TextUnits.Characters(hypothesis)),
            _ => throw new ArgumentOutOfRangeException(nameof(measure), measure, "This measure is not known."),
        };
    }

    private static ErrorCount Of<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> hypothesis)
        where T : IEquatable<T> => new(EditDistance.Between(reference, hypothesis), reference.Length);
}
