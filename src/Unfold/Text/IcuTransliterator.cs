using System.Runtime.InteropServices;

namespace Unfold.Text;

/// <summary>Rewrites text by rules of the ICU library of the system that have a name, such as "Han-Latin". One thread at a time.</summary>
internal sealed class IcuTransliterator : IDisposable
{
    private const int Forward = 0;

    // The longest reading of a character, and room for rules that insert where there was nothing.
    private const int LongestReading = 8, Room = 64;

    // Longer buffers are not kept.
    private const int MostKept = 1 << 16;

    private readonly TransliterateFunction _transliterate;
    private readonly CloseFunction _close;
    private nint _rules;

    // ICU writes over what it reads.
    private char[] _text = GC.AllocateArray<char>(Room, pinned: true);

    private IcuTransliterator(IcuFile file, nint rules)
    {
        _transliterate = file.Function<TransliterateFunction>("utrans_transUChars");
        _close = file.Function<CloseFunction>("utrans_close");
        _rules = rules;
    }

    ~IcuTransliterator() => Close();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint OpenFunction(nint id, int idLength, int direction, nint rules, int rulesLength, nint parseError, ref int status);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void TransliterateFunction(nint rules, nint text, ref int length, int capacity, int start, ref int limit, ref int status);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void CloseFunction(nint rules);

    /// <summary>What the library's files are called on this system.</summary>
    public static IEnumerable<string> Names => IcuFile.Names("libicui18n", "icuin.dll");

    /// <summary>Opens rules of the first library of the names that has the functions.</summary>
    /// <param name="names">The files to try.</param>
    /// <param name="rules">The rules, in ICU's words.</param>
    /// <param name="knowledge">What is learned from them, for the sentence about a library that lacks them.</param>
    /// <param name="otherwise">What else can be done, for the same.</param>
    /// <exception cref="UnfoldException">There is no library, or it does not have the rules.</exception>
    public static IcuTransliterator Open(IEnumerable<string> names, string rules, string knowledge, string otherwise)
    {
        IcuFile file = IcuFile.Find(names, "utrans_openU")
            ?? throw new UnfoldException($"{knowledge} comes from the ICU library, and none was found on this system: {IcuFile.Installation}, or {otherwise}.");
        char[] id = GC.AllocateArray<char>(rules.Length, pinned: true);
        rules.CopyTo(id);
        int status = 0;
        nint opened = file.Function<OpenFunction>("utrans_openU")(Marshal.UnsafeAddrOfPinnedArrayElement(id, 0), id.Length, Forward, 0, 0, 0, ref status);
        GC.KeepAlive(id);
        return status <= 0
            ? new IcuTransliterator(file, opened)
            : throw new UnfoldException($"{knowledge} is not known to the ICU library {file.Name} of this system (its error {status}): install its full data (on Alpine Linux icu-data-full), or {otherwise}.");
    }

    /// <summary>The text by the rules; null where the library fails on it.</summary>
    public string? Rewrite(string text)
    {
        ObjectDisposedException.ThrowIf(_rules == 0, this);
        if (text.Length > (Array.MaxLength - Room) / LongestReading)
        {
            return null;
        }

        int capacity = (LongestReading * text.Length) + Room;
        char[] buffer = capacity <= _text.Length ? _text : GC.AllocateArray<char>(capacity, pinned: true);
        _text = buffer.Length <= MostKept ? buffer : _text;
        text.CopyTo(buffer);
        int length = text.Length, limit = length, status = 0;
        _transliterate(_rules, Marshal.UnsafeAddrOfPinnedArrayElement(buffer, 0), ref length, buffer.Length, 0, ref limit, ref status);
        GC.KeepAlive(this);
        return status <= 0 ? new string(buffer, 0, length) : null;
    }

    /// <summary>Frees the rules.</summary>
    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    private void Close()
    {
        nint rules = _rules;
        _rules = 0;
        if (rules != 0)
        {
            _close(rules);
        }
    }
}
