namespace Unfold.Rescoring;

/// <summary>What an error rate counts.</summary>
public enum ErrorMeasure
{
    /// <summary>Words, as white space divides them.</summary>
    Words,

    /// <summary>Unicode scalar values; white space between words counts as one, and beside ideographs, kana and their punctuation as none.</summary>
    Characters,
}
