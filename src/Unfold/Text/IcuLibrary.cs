using System.Runtime.InteropServices;

namespace Unfold.Text;

/// <summary>The borders of words and sentences that the ICU library of the system finds.</summary>
internal sealed class IcuLibrary
{
    private static readonly Lazy<IcuLibrary> Found = new(() => Find(Names)), FoundForSentences = new(() => FindForSentences(Names));

    private IcuLibrary(IcuFile file)
    {
        Open = file.Function<OpenFunction>("ubrk_open");
        SetText = file.Function<SetTextFunction>("ubrk_setText");
        Next = file.Function<NextFunction>("ubrk_next");
        Close = file.Function<CloseFunction>("ubrk_close");
        Version = ReadVersion(file.Function<GetVersionFunction>("u_getVersion"));
    }

    /// <summary>Opens an iterator over the borders of a text, which must stay where it is; a status above 0 is an error.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate nint OpenFunction(int type, nint locale, nint text, int length, ref int status);

    /// <summary>Gives an iterator another text.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate void SetTextFunction(nint iterator, nint text, int length, ref int status);

    /// <summary>The next border, or -1 after the last.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate int NextFunction(nint iterator);

    /// <summary>Frees an iterator.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate void CloseFunction(nint iterator);

    /// <summary>Writes four bytes, the version from its first number on.</summary>
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    public delegate void GetVersionFunction(nint version);

    /// <summary>The system's library.</summary>
    /// <exception cref="UnfoldException">There is none, or it has no Chinese words.</exception>
    public static IcuLibrary Shared => Found.Value;

    /// <summary>The system's library, which need not have Chinese words.</summary>
    /// <exception cref="UnfoldException">There is none.</exception>
    public static IcuLibrary ForSentences => FoundForSentences.Value;

    private static IEnumerable<string> Names => IcuFile.Names("libicuuc", "icuuc.dll");

    public OpenFunction Open { get; }

    public SetTextFunction SetText { get; }

    public NextFunction Next { get; }

    public CloseFunction Close { get; }

    /// <summary>The version, as "72.1".</summary>
    public string Version { get; }

    /// <summary>Loads the first library of the names that has the functions.</summary>
    /// <exception cref="UnfoldException">There is none, or it has no Chinese words.</exception>
    public static IcuLibrary Find(IEnumerable<string> names)
    {
        IcuFile file = IcuFile.Find(names, "ubrk_open")
            ?? throw new UnfoldException($"Chinese words come from the ICU library, and none was found on this system: {IcuFile.Installation}, or cut the text into characters, words between spaces, or subwords.");
        var found = new IcuLibrary(file);
        List<string> words = [];
        IcuBreaker.OfWords(found).Split("昨天上学", word => words.Add(word.ToString()));
        return words is ["昨天", "上学"]
            ? found
            : throw new UnfoldException($"The ICU library {file.Name} of this system has no Chinese words: install its full data (on Alpine Linux icu-data-full), or cut the text into characters, words between spaces, or subwords.");
    }

    /// <summary>Loads the first library of the names that has the functions.</summary>
    /// <exception cref="UnfoldException">There is none.</exception>
    public static IcuLibrary FindForSentences(IEnumerable<string> names) => IcuFile.Find(names, "ubrk_open") is { } file
        ? new IcuLibrary(file)
        : throw new UnfoldException($"Sentences are told apart by the ICU library, and none was found on this system: {IcuFile.Installation}, or give the text with one sentence a line.");

    private static string ReadVersion(GetVersionFunction read)
    {
        byte[] version = GC.AllocateArray<byte>(4, pinned: true);
        read(Marshal.UnsafeAddrOfPinnedArrayElement(version, 0));
        return FormattableString.Invariant($"{version[0]}.{version[1]}");
    }
}
