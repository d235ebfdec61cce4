namespace Unfold.Generation;

/// <summary>How a text came to its end.</summary>
/// <param name="Tokens">The tokens that were chosen, those of the stop string and the end symbol included.</param>
/// <param name="Reason">Why no more were chosen.</param>
/// <param name="Stop">The stop string that ended it, or null.</param>
/// <param name="LogProbability">ln p of these tokens after the prompt, in nats: the model's own, whatever they were chosen by.</param>
public readonly record struct GenerationEnd(int Tokens, GenerationEndReason Reason, string? Stop, double LogProbability);
