using System.Text;

namespace Unfold.Text;

/// <summary>Cuts a text into words by the rules of <see cref="WordTokenizer"/>, one scalar value after the other.</summary>
internal sealed class WordCutter
{
    private readonly char[] _pending = new char[Tokenizer.MaximumTokenLength + 2];
    private int _length;
    private RuneClass _last = RuneClass.Space;

    /// <summary>Set while a joining mark waits for what follows: _pending[.._length] ends before it.</summary>
    private Rune _heldMark;
    private bool _holdsMark;
    private bool _afterJoiner;

    /// <summary>Hands over the unfinished word, if there is one.</summary>
    public void End(TokenSink sink)
    {
        ReleaseMark(sink);
        Emit(sink);
    }

    /// <summary>Takes the next scalar value of the text.</summary>
    public void Take(Rune rune, TokenSink sink)
    {
        RuneClass kind = RuneClasses.Of(rune);
        if (_holdsMark)
        {
            bool joins = (kind == RuneClass.Letter && _last == RuneClass.Letter && RuneClasses.JoinsLetters(_heldMark))
                || (kind == RuneClass.Digit && _last == RuneClass.Digit && RuneClasses.JoinsDigits(_heldMark));
            if (joins && _length < Tokenizer.MaximumTokenLength - 2)
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
        if (!runsOn || _length > Tokenizer.MaximumTokenLength - 2)
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
        if (_length > Tokenizer.MaximumTokenLength - 2)
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
