using Unfold.Models;

namespace Unfold.Generation;

/// <summary>How <see cref="TextSearch"/> looks for the best texts.</summary>
public sealed record BeamOptions
{
    /// <summary>K, the number of texts that are followed and returned, at least 1. A text that has ended keeps its place.</summary>
    public int Beam { get; init; } = 5;

    /// <summary>G, the groups of K / G texts each, which look for different texts; a divisor of K. 1 is a plain beam.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>
    /// lambda of diverse beam search (Vijayakumar et al., 2018), at least 0: a group ranks a token by its score minus lambda for each text of the
    /// groups before that has chosen the same token at the same place. What a text is worth is not changed by it.
    /// </summary>
    public double Diversity { get; init; } = 0.5;

    /// <summary>
    /// alpha of the score ln p / ((5 + n) / 6)^alpha of a text of n tokens, the end included (Wu et al., 2016): 0 compares probabilities, which
    /// favours short ones. At least 0.
    /// </summary>
    public double LengthNormalization { get; init; } = 0.6;

    /// <summary>theta as in <see cref="GenerationOptions.RepetitionPenalty"/>; with more than 1 texts are ranked by the probabilities that it makes.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>The most tokens of a text, at least 1.</summary>
    public int Length { get; init; } = 500;

    /// <summary>Strings that end a text; they are not part of what is returned.</summary>
    public IReadOnlyList<string> Stops { get; init; } = [];

    /// <summary>Texts that must stand in what is written, each as the tokens that the model's tokenizer cuts it into.</summary>
    public IReadOnlyList<string> Forced { get; init; } = [];

    /// <summary>Throws unless all values are in range.</summary>
    /// <exception cref="UnfoldException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        new DecodingOptions { Beam = Beam, LengthNormalization = LengthNormalization }.Validate();
        new GenerationOptions { RepetitionPenalty = RepetitionPenalty, Stops = Stops }.Validate();
        ArgumentNullException.ThrowIfNull(Forced);
        if (Length < 1)
        {
            throw new UnfoldException($"The most tokens of a text that is searched must be at least 1; found {Length}.");
        }

        if (Groups < 1 || Beam % Groups != 0)
        {
            throw new UnfoldException($"The groups of a beam must be at least 1 and divide it evenly; found {Groups} groups in a beam of {Beam}.");
        }

        if (!(Diversity >= 0 && double.IsFinite(Diversity)))
        {
            throw new UnfoldException(FormattableString.Invariant($"The diversity of a beam must be a finite number of at least 0; found {Diversity}."));
        }
    }

    /// <summary>What a text is ranked by.</summary>
    internal double Score(double logProbability, int tokens) => new DecodingOptions { LengthNormalization = LengthNormalization }.Score(logProbability, tokens);
}
