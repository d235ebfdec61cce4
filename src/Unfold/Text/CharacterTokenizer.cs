using System.Text;

namespace Unfold.Text;

/// <summary>Cuts a text into Unicode scalar values; a surrogate pair is one token, a combining mark is its own.</summary>
public sealed class CharacterTokenizer : ITokenizer
{
    private TextNormalizer _normalizer;

    /// <summary>Creates the tokenizer.</summary>
    public CharacterTokenizer(LetterCase letterCase) => _normalizer = new TextNormalizer(letterCase);

    /// <summary>Always <see cref="TokenKind.Character"/>.</summary>
    public TokenKind Kind => TokenKind.Character;

    /// <summary>Whether letters are lowered on the way in.</summary>
    public LetterCase LetterCase => _normalizer.LetterCase;

    /// <summary>Takes the next piece of the text; at most one code unit is held back until the next call.</summary>
    public void Push(ReadOnlySpan<char> text, TokenSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        foreach (char unit in text)
        {
            int count = _normalizer.Take(unit, out Rune first, out Rune second);
            if (count > 0)
            {
                Emit(first, sink);
                if (count > 1)
                {
                    Emit(second, sink);
                }
            }
        }
    }

    /// <summary>Ends the text; a high surrogate that was still alone becomes U+FFFD.</summary>
    public void Flush(TokenSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (_normalizer.Finish(out Rune last))
        {
            Emit(last, sink);
        }
    }

    /// <summary>Creates a joiner that writes the characters one after the other.</summary>
    public TokenJoiner CreateJoiner() => new CharacterJoiner();

    private static void Emit(Rune rune, TokenSink sink)
    {
        Span<char> units = stackalloc char[2];
        sink(units[..rune.EncodeToUtf16(units)]);
    }
}
