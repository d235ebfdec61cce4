using System.Runtime.InteropServices;

namespace Unfold.Text;

/// <summary>Cuts a text at the borders that ICU finds in it.</summary>
/// <remarks>ICU's memory is given back with that of the object: nobody who holds a tokenizer need know of it.</remarks>
internal sealed class IcuBreaker
{
    private const int WordBorders = 1, SentenceBorders = 3;

    // Longer buffers are not kept.
    private const int MostKept = 1 << 16;

    private readonly IcuLibrary _library;
    private readonly nint _iterator;

    // ICU reads the text where it lies: it must not be moved.
    private char[] _text = GC.AllocateArray<char>(Tokenizer.MaximumTokenLength, pinned: true);

    private IcuBreaker(IcuLibrary library, int borders, ReadOnlySpan<byte> locale)
    {
        _library = library;
        byte[] name = GC.AllocateArray<byte>(locale.Length + 1, pinned: true);
        locale.CopyTo(name);
        int status = 0;
        _iterator = library.Open(borders, Marshal.UnsafeAddrOfPinnedArrayElement(name, 0), Marshal.UnsafeAddrOfPinnedArrayElement(_text, 0), 0, ref status);
        GC.KeepAlive(name);
        RequireSuccess(status);
    }

    ~IcuBreaker()
    {
        if (_iterator != 0)
        {
            _library.Close(_iterator);
        }
    }

    /// <summary>Finds words, those of Chinese and Japanese by ICU's dictionary.</summary>
    public static IcuBreaker OfWords(IcuLibrary library) => new(library, WordBorders, "zh"u8);

    /// <summary>Finds sentences of any language.</summary>
    public static IcuBreaker OfSentences(IcuLibrary library) => new(library, SentenceBorders, "en"u8);

    /// <summary>Hands over what lies between the borders of a text.</summary>
    public void Split(ReadOnlySpan<char> text, TokenSink sink)
    {
        char[] buffer = text.Length <= _text.Length ? _text : GC.AllocateArray<char>(text.Length, pinned: true);
        _text = buffer.Length <= MostKept ? buffer : _text;
        text.CopyTo(buffer);
        int status = 0;
        _library.SetText(_iterator, Marshal.UnsafeAddrOfPinnedArrayElement(buffer, 0), text.Length, ref status);
        RequireSuccess(status);
        for (int start = 0, end = _library.Next(_iterator); end > 0; start = end, end = _library.Next(_iterator))
        {
            sink(buffer.AsSpan(start, end - start));
        }

        GC.KeepAlive(this);
    }

    private static void RequireSuccess(int status)
    {
        if (status > 0)
        {
            throw new UnfoldException($"The ICU library of this system could not look for words or sentences (its error {status}): update it.");
        }
    }
}
