namespace Unfold.Generation;

/// <summary>How a text came to its end.</summary>
/// <param name="Tokens">The tokens that were chosen, those of the stop string included.</param>
/// <param name="Stop">The stop string that ended it, or null.</param>
public readonly record struct GenerationEnd(int Tokens, string? Stop);
