using Microsoft.Win32.SafeHandles;

namespace Unfold.Text;

/// <summary>A temporary file that has no name once it is open, or is deleted by the system when it is closed: not even a killed process leaves it behind.</summary>
internal static class NamelessFile
{
    /// <summary>Creates the file.</summary>
    /// <param name="folder">Where its bytes lie.</param>
    /// <param name="kind">What is in it, for the name that it has for a moment.</param>
    /// <param name="bytes">The space to set aside for it, 0 for none.</param>
    /// <exception cref="IOException">It cannot be made there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made there.</exception>
    public static SafeFileHandle Create(string folder, string kind, long bytes = 0)
    {
        string path = Path.Combine(folder, $"unfold-{kind}-{Environment.ProcessId}-{Guid.NewGuid():N}.tmp");
        SafeFileHandle handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose, preallocationSize: bytes);
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(path);
        }

        return handle;
    }
}
