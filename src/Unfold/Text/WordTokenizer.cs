using System.Text;

namespace Unfold.Text;

/// <summary>
/// Cuts a text into words, numbers and punctuation by rules after Unicode's word boundaries (UAX #29): letters, digits,
/// marks and connectors run on; an apostrophe, full stop or middle dot between two letters and a separator between two
/// digits stay inside (can't, e.g, 3.14, 1,000); every ideograph and kana, every punctuation mark and symbol is a
/// token of its own; a line feed is a token; other white space only divides.
/// </summary>
/// <remarks>Combining marks and emoji parts cling to what stands before them. Scripts that write without spaces and
/// without ideographs (Thai, Khmer, Lao) are cut at spaces and punctuation only.</remarks>
public sealed class WordTokenizer : Tokenizer
{
    private readonly WordCutter _cutter = new();

    /// <summary>Creates the tokenizer.</summary>
    public WordTokenizer(LetterCase letterCase, TextMode mode = TextMode.Running)
        : base(letterCase, mode)
    {
    }

    private protected override void Take(ReadOnlySpan<Rune> runes, TokenSink sink)
    {
        foreach (Rune rune in runes)
        {
            _cutter.Take(rune, sink);
        }
    }

    private protected override void End(TokenSink sink) => _cutter.End(sink);
}
