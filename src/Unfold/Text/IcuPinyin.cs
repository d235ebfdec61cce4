using System.Runtime.InteropServices;
using System.Text;

namespace Unfold.Text;

/// <summary>How a Chinese character sounds: pinyin without its tone, by the rules "Han-Latin" of the ICU library, which know the commonest reading of each character.</summary>
internal sealed class IcuPinyin : IDisposable
{
    // Grave, acute, macron and caron are tones; the two dots of ü are not.
    private const string Rules = "Han-Latin; NFD; [\u0300\u0301\u0304\u030C] Remove; NFC";
    private const int Forward = 0, LongestReading = 64;
    private const char AfterLatin = '\u0250';

    private readonly TransliterateFunction _transliterate;
    private readonly CloseFunction _close;
    private readonly nint _rules;

    // ICU writes the reading over the character.
    private readonly char[] _text = GC.AllocateArray<char>(LongestReading, pinned: true);

    private IcuPinyin(IcuFile file, nint rules)
    {
        _transliterate = file.Function<TransliterateFunction>("utrans_transUChars");
        _close = file.Function<CloseFunction>("utrans_close");
        _rules = rules;
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint OpenFunction(nint id, int idLength, int direction, nint rules, int rulesLength, nint parseError, ref int status);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void TransliterateFunction(nint rules, nint text, ref int length, int capacity, int start, ref int limit, ref int status);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void CloseFunction(nint rules);

    /// <summary>Opens the rules of the system's library.</summary>
    /// <exception cref="UnfoldException">There is none, or it has no pinyin.</exception>
    public static IcuPinyin Open() => Find(IcuFile.Names("libicui18n", "icuin.dll"));

    /// <summary>Opens the rules of the first library of the names that has the functions.</summary>
    /// <exception cref="UnfoldException">There is none, or it has no pinyin.</exception>
    public static IcuPinyin Find(IEnumerable<string> names)
    {
        IcuFile file = IcuFile.Find(names, "utrans_openU")
            ?? throw new UnfoldException("How Chinese words sound comes from the ICU library, and none was found on this system: install it (Debian and Ubuntu: libicu followed by its version, Fedora: libicu, Alpine Linux: icu-libs and icu-data-full), or confuse characters by their shape, with --noise shape.");
        char[] id = GC.AllocateArray<char>(Rules.Length, pinned: true);
        Rules.CopyTo(id);
        int status = 0;
        nint rules = file.Function<OpenFunction>("utrans_openU")(Marshal.UnsafeAddrOfPinnedArrayElement(id, 0), id.Length, Forward, 0, 0, 0, ref status);
        GC.KeepAlive(id);
        return status <= 0
            ? new IcuPinyin(file, rules)
            : throw new UnfoldException($"The ICU library {file.Name} of this system does not know how Chinese words sound (its error {status}): install its full data (on Alpine Linux icu-data-full), or confuse characters by their shape, with --noise shape.");
    }

    /// <summary>The pinyin of a character without its tone, such as "lü"; null where the library knows none.</summary>
    public string? Of(Rune character)
    {
        int length = character.EncodeToUtf16(_text), limit = length, status = 0;
        _transliterate(_rules, Marshal.UnsafeAddrOfPinnedArrayElement(_text, 0), ref length, _text.Length, 0, ref limit, ref status);
        string reading = status <= 0 ? new string(_text, 0, length) : "";
        return reading.Length > 0 && reading.All(letter => letter < AfterLatin) ? reading : null;
    }

    /// <summary>Frees the rules.</summary>
    public void Dispose() => _close(_rules);
}
