using Unfold.Text;

namespace Unfold.Experiments.Data;

/// <summary>An encoded text in three parts.</summary>
/// <param name="Vocabulary">The tokens of the training part.</param>
/// <param name="Train">What is learned.</param>
/// <param name="Validation">What settings, epochs and weights of mixtures are chosen on.</param>
/// <param name="Test">What is measured once.</param>
internal sealed record TextParts(Vocabulary Vocabulary, TokenStore Train, TokenStore Validation, TokenStore Test);
