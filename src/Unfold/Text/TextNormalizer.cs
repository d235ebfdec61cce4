using System.Text;

namespace Unfold.Text;

/// <summary>
/// Turns UTF-16 code units into scalar values: pairs surrogates, drops a leading byte order mark,
/// makes every line end a LF, and lowers letters if asked. One code unit gives zero, one or two scalar values.
/// </summary>
internal struct TextNormalizer(LetterCase letterCase)
{
    private const char ByteOrderMark = '\uFEFF';
    private char _highSurrogate;
    private bool _afterCarriageReturn;
    private bool _started;

    /// <summary>Takes code units, writes their scalar values to <paramref name="runes"/>, at most twice as many, and returns how many.</summary>
    public int Take(ReadOnlySpan<char> text, Span<Rune> runes)
    {
        int length = 0;
        foreach (char unit in text)
        {
            int count = Take(unit, out Rune first, out Rune second);
            if (count > 0)
            {
                runes[length++] = first;
                if (count > 1)
                {
                    runes[length++] = second;
                }
            }
        }

        return length;
    }

    /// <summary>Ends the text and resets; true if a lone surrogate was still held, which becomes U+FFFD.</summary>
    public bool Finish(out Rune last)
    {
        last = Rune.ReplacementChar;
        bool held = _highSurrogate != 0;
        this = new TextNormalizer(letterCase);
        return held;
    }

    /// <summary>Takes one code unit and returns how many of the two outputs are filled.</summary>
    private int Take(char unit, out Rune first, out Rune second)
    {
        second = default;
        if (_highSurrogate == 0 && !char.IsSurrogate(unit))
        {
            return TakeScalar(unit, out first);
        }

        return TakeSurrogate(unit, out first, out second);
    }

    private int TakeScalar(char unit, out Rune rune)
    {
        bool isFirst = !_started;
        bool endsPair = _afterCarriageReturn && unit == '\n';
        _started = true;
        _afterCarriageReturn = unit == '\r';
        if (endsPair || (isFirst && unit == ByteOrderMark))
        {
            rune = default;
            return 0;
        }

        rune = unit == '\r' ? new Rune('\n') : Lower(new Rune(unit));
        return 1;
    }

    private int TakeSurrogate(char unit, out Rune first, out Rune second)
    {
        char high = _highSurrogate;
        _started = true;
        _afterCarriageReturn = false;
        second = default;
        if (high == 0)
        {
            if (char.IsHighSurrogate(unit))
            {
                _highSurrogate = unit;
                first = default;
                return 0;
            }

            first = Rune.ReplacementChar;
            return 1;
        }

        if (char.IsLowSurrogate(unit))
        {
            _highSurrogate = '\0';
            first = Lower(new Rune(high, unit));
            return 1;
        }

        first = Rune.ReplacementChar;
        if (char.IsHighSurrogate(unit))
        {
            _highSurrogate = unit;
            return 1;
        }

        _highSurrogate = '\0';
        return 1 + TakeScalar(unit, out second);
    }

    private readonly Rune Lower(Rune rune) => letterCase == LetterCase.Lowered ? Rune.ToLowerInvariant(rune) : rune;
}
