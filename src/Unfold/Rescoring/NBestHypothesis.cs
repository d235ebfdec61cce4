namespace Unfold.Rescoring;

/// <summary>What a recogniser may have heard or read.</summary>
/// <param name="Text">Words with white space between them.</param>
/// <param name="Channel">ln of what the channel gives: p(observation | text), up to a constant of the list. Finite.</param>
public sealed record NBestHypothesis(string Text, double Channel)
{
    /// <summary>The number of words, which white space divides.</summary>
    public int Words { get; } = TextUnits.Words(Text).Length;

    /// <summary>The number of characters: Unicode scalar values, white space between words counting as one.</summary>
    public int Characters { get; } = TextUnits.Characters(Text).Length;

    /// <summary>The length in words or characters.</summary>
    public int Units(ErrorMeasure measure) => measure switch
    {
        ErrorMeasure.Words => Words,
        ErrorMeasure.Characters => Characters,
        _ => throw new ArgumentOutOfRangeException(nameof(measure), measure, "This measure is not known."),
    };
}
