using System.Text;

namespace Unfold.Text;

/// <summary>
/// Cuts a text into words as <see cref="WordTokenizer"/> does, and Chinese and Japanese, which have no spaces, by dictionary: a run of
/// ideographs and kana is cut by the words of the user's list, where there is one, and else by those of the ICU library. Words of the
/// list may have letters and digits beside ideographs (卡拉OK, 3D打印, 小米14): they are found where no word that rules would cut (OKs) is torn.
/// </summary>
/// <remarks>A run of more than <see cref="Tokenizer.MaximumTokenLength"/> UTF-16 code units is cut there first. Other versions of ICU may know other words.</remarks>
public sealed class SegmentedTokenizer : Tokenizer
{
    private readonly WordCutter _words = new();
    private readonly RunSegmenter _run;
    private bool _inRun;

    /// <summary>Creates the tokenizer.</summary>
    /// <param name="letterCase">Whether letters are lowered; those of the dictionary are then too.</param>
    /// <param name="mode">What the lines are.</param>
    /// <param name="dictionary">Words that come before those of ICU; null for none.</param>
    /// <exception cref="UnfoldException">There is no ICU library, or it has no Chinese words.</exception>
    public SegmentedTokenizer(LetterCase letterCase, TextMode mode = TextMode.Running, WordList? dictionary = null)
        : base(letterCase, mode) => _run = new RunSegmenter(letterCase == LetterCase.Lowered ? dictionary?.Lowered() : dictionary);

    private protected override void Take(ReadOnlySpan<Rune> runes, TokenSink sink)
    {
        TokenSink word = token => _run.Take(token, sink);
        foreach (Rune rune in runes)
        {
            RuneClass kind = RuneClasses.Of(rune);
            _inRun = kind == RuneClass.Ideograph || (kind == RuneClass.Extend && _inRun);
            if (_inRun)
            {
                _words.End(word);
                _run.Take(rune, sink);
                continue;
            }

            _words.Take(rune, word);
            if (kind == RuneClass.Space)
            {
                _run.End(sink);
            }
        }
    }

    private protected override void End(TokenSink sink)
    {
        _words.End(token => _run.Take(token, sink));
        _run.End(sink);
        _inRun = false;
    }
}
