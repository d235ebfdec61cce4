using System.Text;

namespace Unfold.Text;

/// <summary>
/// Cuts a stream of text into tokens. Text is pushed in pieces of any size, and the tokens do not depend on where
/// the pieces were cut: a word, a surrogate pair or a CRLF may lie across the edge.
/// </summary>
/// <remarks>
/// Every tokenizer drops a byte order mark at the start, turns CRLF and a lone CR into LF, and replaces a lone
/// surrogate by U+FFFD. An instance holds the unfinished token of one stream and is not thread-safe.
/// </remarks>
public abstract class Tokenizer
{
    // One code unit becomes at most two scalar values.
    private const int PieceLength = 128;

    private TextNormalizer _normalizer;

    private protected Tokenizer(LetterCase letterCase) => _normalizer = new TextNormalizer(letterCase);

    /// <summary>What one token is.</summary>
    public abstract TokenKind Kind { get; }

    /// <summary>Whether letters are lowered on the way in.</summary>
    public LetterCase LetterCase => _normalizer.LetterCase;

    /// <summary>Creates the tokenizer of a kind.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind is not one of the named ones.</exception>
    public static Tokenizer Create(TokenKind kind, LetterCase letterCase) => kind switch
    {
        TokenKind.Character => new CharacterTokenizer(letterCase),
        TokenKind.Word => new WordTokenizer(letterCase),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This is not a kind of token."),
    };

    /// <summary>Takes the next piece of the text and hands every token that is now complete to <paramref name="sink"/>.</summary>
    public void Push(ReadOnlySpan<char> text, TokenSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        Span<Rune> runes = stackalloc Rune[2 * PieceLength];
        while (!text.IsEmpty)
        {
            ReadOnlySpan<char> piece = text[..Math.Min(text.Length, PieceLength)];
            int count = _normalizer.Take(piece, runes);
            Take(runes[..count], sink);
            text = text[piece.Length..];
        }
    }

    /// <summary>Ends the text: hands over what was held back, and is ready for another text.</summary>
    public void Flush(TokenSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (_normalizer.Finish(out Rune last))
        {
            Take([last], sink);
        }

        End(sink);
    }

    /// <summary>Cuts a whole text into tokens.</summary>
    public IReadOnlyList<string> Split(ReadOnlySpan<char> text)
    {
        List<string> tokens = [];
        TokenSink sink = token => tokens.Add(token.ToString());
        Push(text, sink);
        Flush(sink);
        return tokens;
    }

    /// <summary>Creates the inverse: it writes tokens back as text.</summary>
    public abstract TokenJoiner CreateJoiner();

    /// <summary>Takes the next scalar values of the text.</summary>
    private protected abstract void Take(ReadOnlySpan<Rune> runes, TokenSink sink);

    /// <summary>Hands over the unfinished token, if there is one.</summary>
    private protected virtual void End(TokenSink sink)
    {
    }
}
