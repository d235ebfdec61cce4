using System.Text;

namespace Unfold.Text;

/// <summary>Hands over the pieces from which subwords are learned.</summary>
internal sealed class PieceTokenizer(LetterCase letterCase, TextMode mode) : Tokenizer(letterCase, mode)
{
    private readonly PieceCutter _cutter = new();

    private protected override void Take(ReadOnlySpan<Rune> runes, TokenSink sink)
    {
        foreach (Rune rune in runes)
        {
            _cutter.Take(rune, sink);
        }
    }

    private protected override void End(TokenSink sink) => _cutter.End(sink);
}
