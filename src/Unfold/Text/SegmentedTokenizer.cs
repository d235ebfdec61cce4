using System.Text;

namespace Unfold.Text;

/// <summary>
/// Cuts a text into words as <see cref="WordTokenizer"/> does, and Chinese and Japanese, which have no spaces, by dictionary: a run of
/// ideographs and kana is cut by the words of the user's list, where there is one, and else by those of the ICU library.
/// </summary>
/// <remarks>A run of more than <see cref="Tokenizer.MaximumTokenLength"/> UTF-16 code units is cut there first. Other versions of ICU may know other words.</remarks>
public sealed class SegmentedTokenizer : Tokenizer
{
    private readonly WordCutter _words = new();
    private readonly RunSegmenter _segmenter;
    private readonly char[] _run = new char[MaximumTokenLength];
    private int _length;

    /// <summary>Creates the tokenizer.</summary>
    /// <param name="letterCase">Whether letters are lowered.</param>
    /// <param name="mode">What the lines are.</param>
    /// <param name="dictionary">Words that come before those of ICU; null for none.</param>
    /// <exception cref="UnfoldException">There is no ICU library, or it has no Chinese words.</exception>
    public SegmentedTokenizer(LetterCase letterCase, TextMode mode = TextMode.Running, WordList? dictionary = null)
        : base(letterCase, mode) => _segmenter = new RunSegmenter(dictionary);

    /// <summary>Always <see cref="TokenKind.Segmented"/>.</summary>
    public override TokenKind Kind => TokenKind.Segmented;

    /// <summary>Creates a joiner that puts spaces where English and Chinese print them.</summary>
    public override TokenJoiner CreateJoiner() => new WordJoiner();

    private protected override void Take(ReadOnlySpan<Rune> runes, TokenSink sink)
    {
        foreach (Rune rune in runes)
        {
            RuneClass kind = RuneClasses.Of(rune);
            if (kind != RuneClass.Ideograph && !(kind == RuneClass.Extend && _length > 0))
            {
                EndRun(sink);
                _words.Take(rune, sink);
                continue;
            }

            if (_length == 0)
            {
                _words.End(sink);
            }
            else if (_length > MaximumTokenLength - 2)
            {
                EndRun(sink);
            }

            _length += rune.EncodeToUtf16(_run.AsSpan(_length));
        }
    }

    private protected override void End(TokenSink sink)
    {
        EndRun(sink);
        _words.End(sink);
    }

    private void EndRun(TokenSink sink)
    {
        int length = _length;
        _length = 0;
        if (length > 0)
        {
            _segmenter.Split(_run.AsSpan(0, length), sink);
        }
    }
}
