namespace Unfold.NGrams;

/// <summary>An n-gram and how often it stands in a text.</summary>
/// <param name="Tokens">Its tokens' numbers in the vocabulary.</param>
/// <param name="Count">How often.</param>
public readonly record struct NGramCount(IReadOnlyList<int> Tokens, long Count);
