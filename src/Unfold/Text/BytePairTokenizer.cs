using System.Text;

namespace Unfold.Text;

/// <summary>
/// Cuts a text into subwords: first into runs of letters, digits, ideographs or marks, each with the space before it, then each run by the
/// merges of a <see cref="BytePairEncoding"/>. The subwords one after the other are the text, whatever it holds.
/// </summary>
public sealed class BytePairTokenizer : Tokenizer
{
    /// <summary>A text has few different words that are frequent: those met first are cut once only.</summary>
    private const int MaximumRemembered = 50_000;

    private readonly BytePairEncoding _encoding;
    private readonly PieceCutter _cutter = new();
    private readonly Dictionary<string, string[]>.AlternateLookup<ReadOnlySpan<char>> _remembered;

    /// <summary>Creates the tokenizer.</summary>
    public BytePairTokenizer(LetterCase letterCase, TextMode mode, BytePairEncoding encoding)
        : base(letterCase, mode)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        _encoding = encoding;
        _remembered = new Dictionary<string, string[]>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    private protected override void Take(ReadOnlySpan<Rune> runes, TokenSink sink)
    {
        TokenSink pieces = piece => Split(piece, sink);
        foreach (Rune rune in runes)
        {
            _cutter.Take(rune, pieces);
        }
    }

    private protected override void End(TokenSink sink) => _cutter.End(piece => Split(piece, sink));

    private void Split(ReadOnlySpan<char> piece, TokenSink sink)
    {
        if (piece is "\n" && Mode == TextMode.Sentences)
        {
            sink(piece);
            return;
        }

        if (!_remembered.TryGetValue(piece, out string[]? symbols))
        {
            symbols = _encoding.Split(piece);
            if (_remembered.Dictionary.Count < MaximumRemembered)
            {
                _remembered[piece] = symbols;
            }
        }

        foreach (string symbol in symbols)
        {
            sink(symbol);
        }
    }
}
