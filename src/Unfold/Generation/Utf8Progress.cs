namespace Unfold.Generation;

/// <summary>Where a text that is written byte by byte stands in a character of UTF-8 (RFC 3629); the default is between two characters.</summary>
/// <param name="Missing">The bytes that the character still wants, 0 to 3.</param>
/// <param name="Low">The smallest that the next of them may be.</param>
/// <param name="High">The largest.</param>
internal readonly record struct Utf8Progress(int Missing, byte Low, byte High)
{
    private const byte FirstContinuation = 0x80, LastContinuation = 0xBF;

    /// <summary>Whether the text stands between two characters.</summary>
    public bool IsBetween => Missing == 0;

    /// <summary>Whether a byte may come next, if so many bytes at most are written from here on; a zero byte never may, as it makes a text binary.</summary>
    public bool Allows(byte value, int left) => IsBetween
        ? value is (> 0 and < FirstContinuation) or (>= 0xC2 and <= 0xF4) && Follow(value) < left
        : value >= Low && value <= High;

    /// <summary>Where the text stands after a byte that <see cref="Allows"/>.</summary>
    public Utf8Progress After(byte value)
    {
        int missing = IsBetween ? Follow(value) : Missing - 1;
        return !IsBetween || missing == 0 ? new Utf8Progress(missing, FirstContinuation, LastContinuation) : value switch
        {
            0xE0 => new Utf8Progress(missing, 0xA0, LastContinuation), // no longer form than needed
            0xED => new Utf8Progress(missing, FirstContinuation, 0x9F), // no surrogates
            0xF0 => new Utf8Progress(missing, 0x90, LastContinuation),
            0xF4 => new Utf8Progress(missing, FirstContinuation, 0x8F), // nothing above U+10FFFF
            _ => new Utf8Progress(missing, FirstContinuation, LastContinuation),
        };
    }

    /// <summary>How many bytes follow a first one.</summary>
    private static int Follow(byte first) => first < 0xC2 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
}
