namespace Unfold.Text;

/// <summary>Creates tokenizers and uses them on strings.</summary>
public static class Tokenizer
{
    /// <summary>Creates the tokenizer of a kind.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind is not one of the named ones.</exception>
    public static ITokenizer Create(TokenKind kind, LetterCase letterCase) => kind switch
    {
        TokenKind.Character => new CharacterTokenizer(letterCase),
        TokenKind.Word => new WordTokenizer(letterCase),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This is not a kind of token."),
    };

    /// <summary>Cuts a whole string into tokens.</summary>
    public static IReadOnlyList<string> Split(this ITokenizer tokenizer, ReadOnlySpan<char> text)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        List<string> tokens = [];
        TokenSink sink = token => tokens.Add(token.ToString());
        tokenizer.Push(text, sink);
        tokenizer.Flush(sink);
        return tokens;
    }
}
