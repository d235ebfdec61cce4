namespace Unfold.Generation;

/// <summary>Why a text ends where it does.</summary>
public enum GenerationEndReason
{
    /// <summary>It has as many tokens as were wanted.</summary>
    Length,

    /// <summary>It came to a stop string.</summary>
    Stop,

    /// <summary>The model wrote the end symbol of a sentence.</summary>
    SentenceEnd,

    /// <summary>No token that can be written may follow, as counts from a file can have it.</summary>
    DeadEnd,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}
