namespace Unfold.Generation;

/// <summary>How a text came to its end.</summary>
/// <param name="Tokens">The tokens that were chosen, those of the stop string and the end symbol included.</param>
/// <param name="Stop">The stop string that ended it, or null.</param>
public readonly record struct GenerationEnd(int Tokens, string? Stop)
{
    /// <summary>Whether the end symbol of a sentence ended it.</summary>
    public bool SentenceEnded { get; init; }
}
