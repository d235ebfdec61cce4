using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Unfold.Text;

/// <summary>Cuts a run of characters at the word borders that ICU finds in it, those of Chinese and Japanese by its dictionary.</summary>
internal sealed class IcuWordBreaker : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int WordBorders = 1;

    private readonly IcuLibrary _library;

    // ICU reads the text where it lies: it must not be moved.
    private readonly char[] _text = GC.AllocateArray<char>(Tokenizer.MaximumTokenLength, pinned: true);

    public IcuWordBreaker(IcuLibrary library)
        : base(ownsHandle: true)
    {
        _library = library;
        byte[] locale = GC.AllocateArray<byte>(3, pinned: true);
        "zh"u8.CopyTo(locale);
        int status = 0;
        SetHandle(library.Open(WordBorders, Marshal.UnsafeAddrOfPinnedArrayElement(locale, 0), Marshal.UnsafeAddrOfPinnedArrayElement(_text, 0), 0, ref status));
        GC.KeepAlive(locale);
        RequireSuccess(status);
    }

    /// <summary>Hands over the words of a run of at most <see cref="Tokenizer.MaximumTokenLength"/> code units.</summary>
    public void Split(ReadOnlySpan<char> run, TokenSink sink)
    {
        run.CopyTo(_text);
        int status = 0;
        _library.SetText(handle, Marshal.UnsafeAddrOfPinnedArrayElement(_text, 0), run.Length, ref status);
        RequireSuccess(status);
        for (int start = 0, end = _library.Next(handle); end > 0; start = end, end = _library.Next(handle))
        {
            sink(_text.AsSpan(start, end - start));
        }

        GC.KeepAlive(this);
    }

    protected override bool ReleaseHandle()
    {
        _library.Close(handle);
        return true;
    }

    private static void RequireSuccess(int status)
    {
        if (status > 0)
        {
            throw new UnfoldException($"The ICU library of this system could not look for words (its error {status}): update it, or cut the text with --tokens char, word or bpe.");
        }
    }
}
