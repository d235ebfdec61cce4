namespace Unfold.Models;

/// <summary>A target that a search has found.</summary>
/// <param name="Symbols">Its symbols, without the end.</param>
/// <param name="LogProbability">log p of all symbols and the end, in nats. The unknown cannot be written: the others' probabilities add up to 1 without it.</param>
/// <param name="Score">What hypotheses are ranked by: log p, normalized by length.</param>
/// <param name="IsComplete">Whether the end was written; false where the hypothesis was cut off at the maximum length.</param>
/// <param name="Attention">For each symbol the weights of the source's steps when it was written; none without attention.</param>
public sealed record Hypothesis(
    IReadOnlyList<string> Symbols, double LogProbability, double Score, bool IsComplete, IReadOnlyList<ReadOnlyMemory<float>> Attention);
