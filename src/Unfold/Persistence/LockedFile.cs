namespace Unfold.Persistence;

/// <summary>Files that one process at a time holds, by the operating system's lock on the open file: when the process is killed the lock is gone with it.</summary>
public static class LockedFile
{
    // Windows renames and deletes an open file only where this was allowed; elsewhere anything but None would be a lock that is shared.
    private static readonly FileShare Share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    /// <summary>Opens a file for reading and writing, or creates it, and holds it until the stream is closed.</summary>
    /// <param name="path">The file, which may be renamed or deleted meanwhile.</param>
    /// <param name="bufferSize">The bytes that the stream keeps back.</param>
    /// <exception cref="IOException">Another process holds it, which <see cref="IsHeldByAnother"/> tells; or it cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened, or is a folder.</exception>
    public static FileStream Open(string path, int bufferSize) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, Share, bufferSize);

    /// <summary>Opens a file as <see cref="Open"/> does, but does not create it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">Another stream holds it, or it cannot be opened.</exception>
    internal static FileStream OpenThere(string path) => new(path, FileMode.Open, FileAccess.ReadWrite, Share, bufferSize: 0);

    /// <summary>Whether a file could not be opened because another process holds it.</summary>
    public static bool IsHeldByAnother(Exception failure)
    {
        const int sharingViolationWindows = unchecked((int)0x80070020);
        const int wouldBlockLinux = 11;
        const int wouldBlockMac = 35;
        return failure is IOException && failure.HResult is sharingViolationWindows or wouldBlockLinux or wouldBlockMac;
    }
}
