namespace Unfold.NGrams;

/// <summary>How probability is taken from n-grams that were seen and given to those that were not.</summary>
/// <remarks>
/// All are interpolated: p(w | h) = max(c(h w) - D, 0) / total + gamma(h) p(w | h'), where h' is h without its first token and the lowest
/// order is interpolated with the uniform distribution. gamma(h) is what makes the sum over w 1.
/// </remarks>
public enum Smoothing
{
    /// <summary>
    /// Kneser-Ney with three discounts an order, for n-grams seen once, twice and more often (Chen and Goodman, 1998): with Y = n1 / (n1 + 2 n2),
    /// where ni n-grams have count i, D1 = 1 - 2 Y n2/n1, D2 = 2 - 3 Y n3/n2, D3 = 3 - 4 Y n4/n3.
    /// </summary>
    ModifiedKneserNey,

    /// <summary>Kneser and Ney (1995) with one discount an order, D = n1 / (n1 + 2 n2); lower orders count in how many contexts an n-gram stands.</summary>
    KneserNey,

    /// <summary>Added counts: p(w | h) = (c(h w) + k V p(w | h')) / (c(h) + k V); at the lowest order (c(w) + k) / (c + k V).</summary>
    Additive,
}
