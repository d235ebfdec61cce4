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
    private readonly char[] _pending = new char[MaximumTokenLength + 2];
    private int _length;
    private RuneClass _last = RuneClass.Space;

    /// <summary>Set while a joining mark waits for what follows: _pending[.._length] ends before it.</summary>
    private Rune _heldMark;
    private bool _holdsMark;
    private bool _afterJoiner;

    /// <summary>Creates the tokenizer.</summary>
    public WordTokenizer(LetterCase letterCase, TextMode mode = TextMode.Running)
        : base(letterCase, mode)
    {
    }

    /// <summary>Always <see cref="TokenKind.Word"/>.</summary>
    public override TokenKind Kind => TokenKind.Word;

    /// <summary>Creates a joiner that puts spaces where English and Chinese print them.</summary>
    public override TokenJoiner CreateJoiner() => new WordJoiner();

    private protected override void Take(ReadOnlySpan<Rune> runes, TokenSink sink)
    {
        foreach (Rune rune in runes)
        {
            Take(rune, sink);
        }
    }

    private protected override void End(TokenSink sink)
    {
        ReleaseMark(sink);
        Emit(sink);
    }

    private void Take(Rune rune, TokenSink sink)
    {
        RuneClass kind = RuneClasses.Of(rune);
        if (_holdsMark)
        {
            bool joins = (kind == RuneClass.Letter && _last == RuneClass.Letter && RuneClasses.JoinsLetters(_heldMark))
                || (kind == RuneClass.Digit && _last == RuneClass.Digit && RuneClasses.JoinsDigits(_heldMark));
            if (joins && _length < MaximumTokenLength - 2)
            {
                _holdsMark = false;
                Append(_heldMark);
                Append(rune);
                return;
            }

            ReleaseMark(sink);
        }

        switch (kind)
        {
            case RuneClass.NewLine:
                Emit(sink);
                sink("\n");
                return;
            case RuneClass.Space:
                Emit(sink);
                return;
            case RuneClass.Extend when _length > 0:
                // Marks do not change what the token is: a letter after an accented letter still runs on.
                Extend(rune, sink);
                return;
            case RuneClass.Symbol when MayJoin(rune):
                _heldMark = rune;
                _holdsMark = true;
                return;
        }

        bool runsOn = _length > 0 && RunsOn(kind);
        if (!runsOn || _length > MaximumTokenLength - 2)
        {
            Emit(sink);
        }

        bool pairIsFull = runsOn && kind == RuneClass.RegionalIndicator;
        Append(rune);
        _afterJoiner = false;
        _last = pairIsFull ? RuneClass.Symbol : kind;
    }

    private bool MayJoin(Rune mark) => _length > 0
        && ((_last == RuneClass.Letter && RuneClasses.JoinsLetters(mark)) || (_last == RuneClass.Digit && RuneClasses.JoinsDigits(mark)));

    private bool RunsOn(RuneClass kind) => kind switch
    {
        RuneClass.Letter or RuneClass.Digit => _last is RuneClass.Letter or RuneClass.Digit,
        RuneClass.RegionalIndicator => _last == RuneClass.RegionalIndicator,
        RuneClass.Symbol => _last == RuneClass.Symbol && _afterJoiner,
        _ => false,
    };

    private void Extend(Rune rune, TokenSink sink)
    {
        if (_length > MaximumTokenLength - 2)
        {
            Emit(sink);
            _last = RuneClass.Extend;
        }

        Append(rune);
        _afterJoiner = rune.Value == RuneClasses.ZeroWidthJoiner;
    }

    /// <summary>The held mark turned out to end the word: the word goes out, and the mark is a token of its own.</summary>
    private void ReleaseMark(TokenSink sink)
    {
        if (_holdsMark)
        {
            _holdsMark = false;
            Emit(sink);
            Append(_heldMark);
            _last = RuneClass.Symbol;
        }
    }

    private void Append(Rune rune) => _length += rune.EncodeToUtf16(_pending.AsSpan(_length));

    private void Emit(TokenSink sink)
    {
        if (_length > 0)
        {
            sink(_pending.AsSpan(0, _length));
            _length = 0;
        }

        _last = RuneClass.Space;
        _afterJoiner = false;
    }
}
