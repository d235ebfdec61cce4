namespace Unfold.Generation;

/// <summary>A text that a search has found.</summary>
/// <param name="Text">What follows the prompt, without the stop string.</param>
/// <param name="End">How it came to its end.</param>
/// <param name="Score">What texts are ranked by.</param>
public sealed record GeneratedText(string Text, GenerationEnd End, double Score)
{
    /// <summary>Whether it ended by itself: at the end of a sentence or at a stop string, not at the greatest length.</summary>
    public bool IsComplete => End.Reason is GenerationEndReason.SentenceEnd or GenerationEndReason.Stop;
}
