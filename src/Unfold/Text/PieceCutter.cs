using System.Text;

namespace Unfold.Text;

/// <summary>
/// Cuts a text into the pieces within which subwords are merged. A piece is a run of letters, of digits, of ideographs and kana, or of
/// other marks, with the one space or, before letters, the one apostrophe that stands before it; other white space is a piece of its own,
/// and so is a line feed. Nothing is lost: the pieces one after the other are the text.
/// </summary>
internal sealed class PieceCutter
{
    private readonly char[] _pending = new char[Tokenizer.MaximumTokenLength];
    private int _length;
    private RuneClass _run;

    public void Take(Rune rune, TokenSink sink)
    {
        RuneClass kind = RuneClasses.Of(rune);
        kind = kind == RuneClass.RegionalIndicator || (kind == RuneClass.Extend && (_length == 0 || _run == RuneClass.Space)) ? RuneClass.Symbol : kind;
        if (kind == RuneClass.NewLine)
        {
            End(sink);
            sink("\n");
            return;
        }

        if (_length > Tokenizer.MaximumTokenLength - 2)
        {
            End(sink);
        }

        if (kind == RuneClass.Extend && _length > 0)
        {
            Append(rune);
            return;
        }

        if (_run == RuneClass.Space && kind != RuneClass.Space && _length > 0 && _pending[_length - 1] == ' ')
        {
            _length--;
            End(sink);
            Append(new Rune(' '));
        }
        else if (_length > 0 && kind != _run && !(kind == RuneClass.Letter && _length == 1 && _pending[0] == '\''))
        {
            End(sink);
        }

        Append(rune);
        _run = kind;
    }

    public void End(TokenSink sink)
    {
        int length = _length;
        _length = 0;
        if (length > 0)
        {
            sink(_pending.AsSpan(0, length));
        }
    }

    private void Append(Rune rune) => _length += rune.EncodeToUtf16(_pending.AsSpan(_length));
}
