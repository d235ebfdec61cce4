namespace Unfold.Text;

/// <summary>How a text is cut into tokens: all that two readers must share to cut it alike.</summary>
/// <param name="Kind">What one token is.</param>
public sealed record Tokenization(TokenKind Kind)
{
    /// <summary>Whether letters are lowered before the text is cut.</summary>
    public LetterCase LetterCase { get; init; } = LetterCase.Kept;

    /// <summary>What the lines are.</summary>
    public TextMode Mode { get; init; } = TextMode.Running;

    /// <summary>The table of subwords; only where <see cref="Kind"/> is <see cref="TokenKind.BytePair"/>.</summary>
    public BytePairEncoding? Pairs { get; init; }

    /// <summary>Creates a tokenizer, which holds the unfinished token of one stream.</summary>
    /// <exception cref="InvalidOperationException">The kind wants a table of subwords, and there is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The kind is not one of the named ones.</exception>
    public Tokenizer CreateTokenizer() => Kind switch
    {
        TokenKind.Character => new CharacterTokenizer(LetterCase, Mode),
        TokenKind.Word => new WordTokenizer(LetterCase, Mode),
        TokenKind.Space => new SpaceTokenizer(LetterCase, Mode),
        TokenKind.BytePair => new BytePairTokenizer(LetterCase, Mode, Pairs ?? throw new InvalidOperationException("Subwords want a table; a corpus learns one.")),
        _ => throw new ArgumentOutOfRangeException(nameof(Kind), Kind, "This is not a kind of token."),
    };
}
