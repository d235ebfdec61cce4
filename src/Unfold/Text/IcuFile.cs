using System.Runtime.InteropServices;

namespace Unfold.Text;

/// <summary>
/// A file of the ICU library (International Components for Unicode) of the system, the one that .NET uses too. Its name and
/// the names of its functions carry its version, which is tried from the newest on, so the functions are looked up when it is found.
/// </summary>
internal sealed class IcuFile
{
    private const int Newest = 99;
    private const int Oldest = 50;

    private readonly nint _library;
    private readonly string _suffix;

    private IcuFile(string name, nint library, string suffix)
    {
        Name = name;
        _library = library;
        _suffix = suffix;
    }

    /// <summary>How a system comes by the library, for the sentence about one that lacks it.</summary>
    public static string Installation => OperatingSystem.IsWindows()
        ? "Windows has it from version 1703 of Windows 10 on: update the system"
        : "install it (Debian and Ubuntu: libicu followed by its version, Fedora: libicu, Alpine Linux: icu-libs and icu-data-full)";

    /// <summary>Where it was found.</summary>
    public string Name { get; }

    /// <summary>What the library's files are called.</summary>
    /// <param name="linux">The part of the library on Linux, such as "libicuuc"; macOS and Windows have one file for all.</param>
    /// <param name="windows">The same on versions of Windows that have no such file.</param>
    public static IEnumerable<string> Names(string linux, string windows)
    {
        if (OperatingSystem.IsWindows())
        {
            return ["icu.dll", windows];
        }

        return OperatingSystem.IsMacOS()
            ? ["/usr/lib/libicucore.dylib"]
            : [.. Versions().Select(version => $"{linux}.so.{version}"), $"{linux}.so"];
    }

    /// <summary>Loads the first file of the names that has a function; null where there is none.</summary>
    public static IcuFile? Find(IEnumerable<string> names, string function)
    {
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint library) && Suffixes().FirstOrDefault(suffix => NativeLibrary.TryGetExport(library, function + suffix, out _)) is string suffix)
            {
                return new IcuFile(name, library, suffix);
            }
        }

        return null;
    }

    /// <summary>Looks a function up.</summary>
    /// <param name="name">Without the version.</param>
    public T Function<T>(string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(_library, name + _suffix));

    private static IEnumerable<string> Suffixes() => ["", .. Versions().Select(version => $"_{version}")];

    private static IEnumerable<string> Versions() => Enumerable.Range(Oldest, Newest - Oldest + 1).Reverse().Select(version => FormattableString.Invariant($"{version}"));
}
