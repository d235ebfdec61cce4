namespace Unfold.Text;

/// <summary>Receives one token; the span is valid only during the call.</summary>
public delegate void TokenSink(ReadOnlySpan<char> token);

/// <summary>
/// Cuts a stream of text into tokens. Text is pushed in pieces of any size, and the tokens do not depend on where
/// the pieces were cut: a word, a surrogate pair or a CRLF may lie across the edge.
/// </summary>
/// <remarks>
/// Every tokenizer drops a byte order mark at the start, turns CRLF and a lone CR into LF, and replaces a lone
/// surrogate by U+FFFD. An instance holds the unfinished token of one stream and is not thread-safe.
/// </remarks>
public interface ITokenizer
{
    /// <summary>What one token is.</summary>
    TokenKind Kind { get; }

    /// <summary>Whether letters are lowered on the way in.</summary>
    LetterCase LetterCase { get; }

    /// <summary>Takes the next piece of the text and hands every token that is now complete to <paramref name="sink"/>.</summary>
    void Push(ReadOnlySpan<char> text, TokenSink sink);

    /// <summary>Ends the text: hands over what was held back, and is ready for another text.</summary>
    void Flush(TokenSink sink);

    /// <summary>Creates the inverse: it writes tokens back as text.</summary>
    TokenJoiner CreateJoiner();
}
