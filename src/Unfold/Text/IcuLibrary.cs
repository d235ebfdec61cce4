using System.Runtime.InteropServices;

namespace Unfold.Text;

/// <summary>
/// The word borders of the ICU library (International Components for Unicode) of the system, the one that .NET uses too. Its file and
/// the names of its functions carry its version, which is tried from the newest on, so the functions are looked up when it is found.
/// </summary>
internal sealed class IcuLibrary
{
    private const int Newest = 99;
    private const int Oldest = 50;

    private static readonly Lazy<IcuLibrary> Found = new(() => Find(Names()));

    private IcuLibrary(nint library, string suffix)
    {
        Open = Function<OpenFunction>(library, "ubrk_open" + suffix);
        SetText = Function<SetTextFunction>(library, "ubrk_setText" + suffix);
        Next = Function<NextFunction>(library, "ubrk_next" + suffix);
        Close = Function<CloseFunction>(library, "ubrk_close" + suffix);
        Version = ReadVersion(Function<GetVersionFunction>(library, "u_getVersion" + suffix));
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
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint library) && Suffixes().FirstOrDefault(suffix => NativeLibrary.TryGetExport(library, "ubrk_open" + suffix, out _)) is string suffix)
            {
                var found = new IcuLibrary(library, suffix);
                List<string> words = [];
                new IcuWordBreaker(found).Split("昨天上学", word => words.Add(word.ToString()));
                return words is ["昨天", "上学"]
                    ? found
                    : throw new UnfoldException($"The ICU library {name} of this system has no Chinese words: install its full data (on Alpine Linux icu-data-full), or cut the text with --tokens char, word or bpe.");
            }
        }

        throw new UnfoldException("Chinese words come from the ICU library, and none was found on this system: install it (Debian and Ubuntu: libicu followed by its version, Fedora: libicu, Alpine Linux: icu-libs and icu-data-full), or cut the text with --tokens char, word or bpe.");
    }

    private static IEnumerable<string> Names()
    {
        if (OperatingSystem.IsWindows())
        {
            return ["icu.dll", "icuuc.dll"];
        }

        return OperatingSystem.IsMacOS()
            ? ["/usr/lib/libicucore.dylib"]
            : [.. Enumerable.Range(Oldest, Newest - Oldest + 1).Reverse().Select(version => FormattableString.Invariant($"libicuuc.so.{version}")), "libicuuc.so"];
    }

    private static IEnumerable<string> Suffixes() =>
        ["", .. Enumerable.Range(Oldest, Newest - Oldest + 1).Reverse().Select(version => FormattableString.Invariant($"_{version}"))];

    private static T Function<T>(nint library, string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));

    private static string ReadVersion(GetVersionFunction read)
    {
        byte[] version = GC.AllocateArray<byte>(4, pinned: true);
        read(Marshal.UnsafeAddrOfPinnedArrayElement(version, 0));
        return FormattableString.Invariant($"{version[0]}.{version[1]}");
    }
}
