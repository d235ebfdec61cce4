namespace Unfold.Generation;

/// <summary>How a word that is being typed may go on.</summary>
/// <param name="Word">The whole word, with what is typed already.</param>
/// <param name="Rest">What is missing of it; after a punctuation mark with the space before the word.</param>
/// <param name="Probability">Of this word among all that begin as typed.</param>
public readonly record struct Completion(string Word, string Rest, double Probability);
