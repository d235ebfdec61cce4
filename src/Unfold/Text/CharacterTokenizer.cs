using System.Text;

namespace Unfold.Text;

/// <summary>Cuts a text into Unicode scalar values; a surrogate pair is one token, a combining mark is its own.</summary>
public sealed class CharacterTokenizer : Tokenizer
{
    /// <summary>Creates the tokenizer.</summary>
    public CharacterTokenizer(LetterCase letterCase, TextMode mode = TextMode.Running)
        : base(letterCase, mode)
    {
    }

    private protected override void Take(ReadOnlySpan<Rune> runes, TokenSink sink)
    {
        Span<char> units = stackalloc char[2];
        foreach (Rune rune in runes)
        {
            sink(units[..rune.EncodeToUtf16(units)]);
        }
    }
}
