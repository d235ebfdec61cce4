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

    /// <summary>The user's own words; only where <see cref="Kind"/> is <see cref="TokenKind.Segmented"/>, and null for none.</summary>
    public WordList? Dictionary { get; init; }

    /// <summary>The version of the ICU library with which the vocabulary was made; another one may cut some words in another way. Null where ICU has no part in it.</summary>
    public string? IcuVersion { get; init; }

    /// <summary>The version of this system's ICU library, as "72.1"; null where there is none that cuts Chinese.</summary>
    public static string? SystemIcuVersion
    {
        get
        {
            try
            {
                return IcuLibrary.Shared.Version;
            }
            catch (UnfoldException)
            {
                return null;
            }
        }
    }

    /// <summary>Creates a tokenizer, which holds the unfinished token of one stream.</summary>
    /// <exception cref="UnfoldException">The kind wants the ICU library, and there is none.</exception>
    /// <exception cref="InvalidOperationException">The kind wants a table of subwords, and there is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The kind is not one of the named ones.</exception>
    public Tokenizer CreateTokenizer() => Kind switch
    {
        TokenKind.Character => new CharacterTokenizer(LetterCase, Mode),
        TokenKind.Word => new WordTokenizer(LetterCase, Mode),
        TokenKind.Space => new SpaceTokenizer(LetterCase, Mode),
        TokenKind.BytePair => new BytePairTokenizer(LetterCase, Mode, Pairs ?? throw new InvalidOperationException("Subwords want a table; a corpus learns one.")),
        TokenKind.Segmented => new SegmentedTokenizer(LetterCase, Mode, Dictionary),
        _ => throw NoKind(),
    };

    /// <summary>
    /// Creates the inverse of a tokenizer, which writes the tokens of one text back: characters and subwords one after the other, bytes when they make a character, words with
    /// spaces where English and Chinese print them, and what white space divided with one space between. It wants neither the ICU library nor a table of subwords.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind is not one of the named ones.</exception>
    public TokenJoiner CreateJoiner() => Kind switch
    {
        TokenKind.Character => new CharacterJoiner(),
        TokenKind.Word or TokenKind.Segmented => new WordJoiner(),
        TokenKind.Space => new SpaceJoiner(),
        TokenKind.BytePair => new BytePairJoiner(),
        _ => throw NoKind(),
    };

    /// <summary>What makes another way of cutting a text another than this, as half a sentence; null where both cut alike, but for the version of the ICU library.</summary>
    internal string? DifferenceFrom(Tokenization other)
    {
        if (Mode != other.Mode)
        {
            return $"the first reads {Mode.Noun} and the second {other.Mode.Noun}";
        }

        if (Kind != other.Kind)
        {
            return $"the first has tokens of the kind {Kind.Name} and the second of the kind {other.Kind.Name}";
        }

        if (LetterCase != other.LetterCase)
        {
            return $"only the {(LetterCase == LetterCase.Lowered ? "first" : "second")} lowers letters";
        }

        if (Pairs is { } pairs && other.Pairs is { } others && !(pairs.Symbols.SequenceEqual(others.Symbols) && pairs.Merges.SequenceEqual(others.Merges)))
        {
            return "their tables of subwords differ";
        }

        return HasWordsOf(other) ? null : "their dictionaries differ";
    }

    private ArgumentOutOfRangeException NoKind() => new(nameof(Kind), Kind, "This is not a kind of token.");

    private bool HasWordsOf(Tokenization other) => Dictionary is null || other.Dictionary is null
        ? Dictionary == other.Dictionary
        : Dictionary.Words.Count == other.Dictionary.Words.Count && Dictionary.Words.All(word => other.Dictionary.CountOf(word.Key) == word.Value);
}
