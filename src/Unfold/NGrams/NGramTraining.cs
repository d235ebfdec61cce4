namespace Unfold.NGrams;

/// <summary>An estimated model, and what was found on the way.</summary>
/// <param name="Model">The model.</param>
/// <param name="Discounts">What was taken from the counts of each order, order 1 first.</param>
public sealed record NGramTraining(NGramModel Model, IReadOnlyList<Discount> Discounts);
