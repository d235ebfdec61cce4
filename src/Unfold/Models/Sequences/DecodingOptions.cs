namespace Unfold.Models;

/// <summary>How an <see cref="EncoderDecoder"/> searches for the best target.</summary>
public sealed record DecodingOptions
{
    /// <summary>
    /// K, the number of hypotheses that are followed, at least 1. A hypothesis that has ended keeps its place. With 1 the search is
    /// greedy: always the most probable symbol.
    /// </summary>
    public int Beam { get; init; } = 1;

    /// <summary>
    /// alpha of the score log p / ((5 + n) / 6)^alpha of a hypothesis of n symbols, the end included (Wu et al., 2016): 0 compares
    /// probabilities, which favours short ones; higher favours longer ones. At least 0.
    /// </summary>
    public double LengthNormalization { get; init; } = 0.6;

    /// <summary>The number of symbols, the end included, at which a hypothesis that has not ended is cut off, at least 1; twice the length of the source and 10 more if not set.</summary>
    public int? MaximumLength { get; init; }

    /// <summary>Throws unless all values are in range.</summary>
    /// <exception cref="UnfoldException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (Beam < 1)
        {
            throw new UnfoldException($"A beam follows at least 1 hypothesis; found {Beam}.");
        }

        if (!(LengthNormalization >= 0 && double.IsFinite(LengthNormalization)))
        {
            throw new UnfoldException(FormattableString.Invariant($"The exponent of the length normalization must be a number of at least 0; found {LengthNormalization}."));
        }

        if (MaximumLength < 1)
        {
            throw new UnfoldException($"The maximum length of a target must be at least 1; found {MaximumLength}.");
        }
    }

    /// <summary>The score of a hypothesis.</summary>
    /// <param name="logProbability">log p, in nats.</param>
    /// <param name="symbols">n, the end included.</param>
    public double Score(double logProbability, int symbols) => logProbability / Math.Pow((5.0 + symbols) / 6, LengthNormalization);

    /// <summary>The number of symbols at which the target of a source is cut off.</summary>
    internal int Limit(int sourceLength) => MaximumLength ?? checked((2 * sourceLength) + 10);
}
