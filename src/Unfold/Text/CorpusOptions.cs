namespace Unfold.Text;

/// <summary>How a text becomes a corpus.</summary>
public sealed record CorpusOptions
{
    /// <summary>What one token is; unused when a vocabulary is given, which knows.</summary>
    public TokenKind Kind { get; init; } = TokenKind.Character;

    /// <summary>Whether letters are lowered; unused when a vocabulary is given, which knows.</summary>
    public LetterCase LetterCase { get; init; } = LetterCase.Kept;

    /// <summary>What the lines are; unused when a vocabulary is given, which knows.</summary>
    public TextMode Mode { get; init; } = TextMode.Running;

    /// <summary>The user's own words where <see cref="Kind"/> is <see cref="TokenKind.Segmented"/>, null for none; unused when a vocabulary is given, which knows.</summary>
    public WordList? Dictionary { get; init; }

    /// <summary>The share of the tokens, at the end, that is kept for validation: in [0, 1); unused when the validation text is a file of its own.</summary>
    public double ValidationFraction { get; init; }

    /// <summary>The most ordinary symbols the vocabulary may have; rarer tokens become unknown. Subwords want more than <see cref="BytePairEncoding.ByteCount"/>.</summary>
    public int MaximumSymbols { get; init; } = int.MaxValue;

    /// <summary>How often a token must be seen to enter the vocabulary; of subwords a character, and the two parts of a merge together.</summary>
    public long MinimumCount { get; init; } = 1;

    /// <summary>Encoded texts above this many bytes go to a file in the system's temporary folder.</summary>
    public long MemoryLimit { get; init; } = TokenStoreBuilder.DefaultMemoryLimit;
}
