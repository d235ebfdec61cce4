namespace Unfold.Rescoring;

/// <summary>What a recogniser may have heard or read.</summary>
public sealed record NBestHypothesis
{
    /// <summary>Makes a hypothesis.</summary>
    /// <param name="text">Words with white space between them.</param>
    /// <param name="channel">ln of what the channel gives: p(observation | text), up to a constant of the list. Finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">The channel score is not finite.</exception>
    public NBestHypothesis(string text, double channel) => (Text, Channel) = (text, channel);

    /// <summary>Words with white space between them.</summary>
    public string Text
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);

            // Counted once, as they are asked for again with each weight that is tried.
            (field, Words, Characters) = (value, TextUnits.Words(value).Length, TextUnits.Characters(value).Length);
        }
    }

    /// <summary>ln of what the channel gives: p(observation | text), up to a constant of the list.</summary>
    public double Channel
    {
        get;
        init => field = double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A channel score must be finite.");
    }

    /// <summary>The number of words, which white space divides.</summary>
    public int Words { get; private init; }

    /// <summary>The number of characters: Unicode scalar values, white space between words counting as one, and beside ideographs, kana and their punctuation as none.</summary>
    public int Characters { get; private init; }

    /// <summary>The length in words or characters.</summary>
    public int Units(ErrorMeasure measure) => measure switch
    {
        ErrorMeasure.Words => Words,
        ErrorMeasure.Characters => Characters,
        _ => throw new ArgumentOutOfRangeException(nameof(measure), measure, "This measure is not known."),
    };
}
