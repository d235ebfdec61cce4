using System.Runtime.InteropServices;

namespace Unfold.Text;

/// <summary>Cuts a run of characters at the word borders that ICU finds in it, those of Chinese and Japanese by its dictionary.</summary>
/// <remarks>ICU's memory is given back with that of the object: nobody who holds a tokenizer need know of it.</remarks>
internal sealed class IcuWordBreaker
{
    private const int WordBorders = 1;

    private readonly IcuLibrary _library;
    private readonly nint _iterator;

    // ICU reads the text where it lies: it must not be moved.
    private readonly char[] _text = GC.AllocateArray<char>(Tokenizer.MaximumTokenLength, pinned: true);

    public IcuWordBreaker(IcuLibrary library)
    {
        _library = library;
        byte[] locale = GC.AllocateArray<byte>(3, pinned: true);
        "zh"u8.CopyTo(locale);
        int status = 0;
        _iterator = library.Open(WordBorders, Marshal.UnsafeAddrOfPinnedArrayElement(locale, 0), Marshal.UnsafeAddrOfPinnedArrayElement(_text, 0), 0, ref status);
        GC.KeepAlive(locale);
        RequireSuccess(status);
    }

    ~IcuWordBreaker()
    {
        if (_iterator != 0)
        {
            _library.Close(_iterator);
        }
    }

    /// <summary>Hands over the words of a run of at most <see cref="Tokenizer.MaximumTokenLength"/> code units.</summary>
    public void Split(ReadOnlySpan<char> run, TokenSink sink)
    {
        run.CopyTo(_text);
        int status = 0;
        _library.SetText(_iterator, Marshal.UnsafeAddrOfPinnedArrayElement(_text, 0), run.Length, ref status);
        RequireSuccess(status);
        for (int start = 0, end = _library.Next(_iterator); end > 0; start = end, end = _library.Next(_iterator))
        {
            sink(_text.AsSpan(start, end - start));
        }

        GC.KeepAlive(this);
    }

    private static void RequireSuccess(int status)
    {
        if (status > 0)
        {
            throw new UnfoldException($"The ICU library of this system could not look for words (its error {status}): update it, or cut the text into characters, words between spaces, or subwords.");
        }
    }
}
