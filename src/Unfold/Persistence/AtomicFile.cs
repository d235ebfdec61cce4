using System.Buffers;

namespace Unfold.Persistence;

/// <summary>
/// Writes a file so that a reader, at any moment and after any crash of this process, finds either the whole old
/// file or the whole new one.
/// </summary>
/// <remarks>
/// The bytes go to a temporary file beside the target, are flushed to the disk, and the temporary file is renamed
/// over the target. A temporary file left by a killed process is deleted by the next writer of the same name. On Unix the new
/// file has the permissions of the one that it replaces, and the temporary one is never more open than that.
/// </remarks>
public static class AtomicFile
{
    private const string TemporaryMark = ".tmp-";
    private const int TemporaryDigits = 16;
    private const int BufferBytes = 1 << 16;
    private const UnixFileMode OwnerUses = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Permissions = OwnerUses | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static readonly SearchValues<char> LowerHexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Writes <paramref name="path"/>, which exists already or not; a symbolic link is followed.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="write">Writes the content to the stream that it is given, and leaves it open: give a StreamWriter leaveOpen.</param>
    /// <exception cref="UnfoldException">
    /// The file cannot be written: disk full, no permission, no such folder. The old file is untouched and nothing
    /// is left beside it. What <paramref name="write"/> itself throws, other than failures of files, comes through unchanged.
    /// </exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        Reach(path, target => WriteBeside(target, write, TakePlace));
    }

    /// <summary>Writes <paramref name="path"/>, which must not exist: what another process has put there meanwhile is not replaced.</summary>
    /// <remarks>On Unix the name is taken by an empty file just before the whole one takes its place: a process that is killed between the two leaves it empty.</remarks>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="write">Writes the content, as for <see cref="Write"/>.</param>
    /// <exception cref="UnfoldException">A file stands there, before or when the new one is written; or it cannot be written. Nothing is left beside it.</exception>
    public static void Create(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        Reach(path, target => WriteBeside(target, write, (temporary, place) => TakeFreePlace(temporary, place, path)));
    }

    /// <summary>Throws where a file could not be written now, so that it is known before long work; nothing is left behind.</summary>
    /// <param name="path">The file, which exists already or not.</param>
    /// <exception cref="UnfoldException">It could not be written: no such folder, no permission.</exception>
    public static void RequireWritable(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Reach(path, target =>
        {
            using var probe = new FileStream(TemporaryBeside(target), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, bufferSize: 0, FileOptions.DeleteOnClose);
        });
    }

    /// <summary>
    /// Writes files that belong together: all of them are written beside their places before the first takes its own, so that a
    /// full disk leaves all old ones. Only a crash between two renames can leave one new and one old.
    /// </summary>
    /// <exception cref="UnfoldException">A file cannot be written; all old files are untouched.</exception>
    public static void WriteTogether(params ReadOnlySpan<(string Path, Action<Stream> Write)> files)
    {
        if (files.IsEmpty)
        {
            return;
        }

        (string path, Action<Stream> write) = files[0];
        (string Path, Action<Stream> Write)[] others = files[1..].ToArray();
        Write(path, stream =>
        {
            write(stream);
            ((FileStream)stream).Flush(flushToDisk: true);
            WriteTogether(others);
        });
    }

    /// <summary>Writes a text file as UTF-8 without a byte order mark, whole or not at all.</summary>
    /// <exception cref="UnfoldException">The file cannot be written; the old file is untouched.</exception>
    public static void WriteText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Whether a file of this name is one that stands beside its target until it is whole; where its writer was killed, it stays.</summary>
    /// <param name="name">The name without its folder.</param>
    public static bool IsTemporary(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int digits = name.Length - TemporaryDigits;
        return digits > TemporaryMark.Length && name.AsSpan(0, digits).EndsWith(TemporaryMark) && !name.AsSpan(digits).ContainsAnyExcept(LowerHexDigits);
    }

    private static void Reach(string path, Action<string> use)
    {
        try
        {
            string target = RealPath.Of(path);
            if (IsAmongDevices(target))
            {
                throw new UnfoldException($"Cannot write {path}: {target} stands for a device of the system, which a file would replace; choose another name.");
            }

            use(target);
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure))
        {
            throw new UnfoldException($"Cannot write {path}: {FileFailure.Reason(failure, path)}; what stood there before is unchanged.", failure);
        }
    }

    // The name must differ between processes that write at the same time; it never reaches a result.
    private static string TemporaryBeside(string path) => string.Concat(path, TemporaryMark, Guid.NewGuid().ToString("N").AsSpan(0, TemporaryDigits));

    // What lies in /dev/shm are files in memory.
    private static bool IsAmongDevices(string path) =>
        !OperatingSystem.IsWindows() && path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal);

    private static void WriteBeside(string path, Action<Stream> write, Action<string, string> takePlace)
    {
        SweepLeftOvers(path);
        string temporary = TemporaryBeside(path);
        UnixFileMode? mode = ModeOf(path);
        var stream = new FileStream(temporary, Temporary(mode));
        try
        {
            write(stream);
            stream.Flush(flushToDisk: true);
            if (mode is UnixFileMode kept && !OperatingSystem.IsWindows() && File.GetUnixFileMode(stream.SafeFileHandle) != kept)
            {
                File.SetUnixFileMode(stream.SafeFileHandle, kept);
            }

            takePlace(temporary, path);
        }
        catch
        {
            Discard(stream, temporary);
            throw;
        }

        stream.Dispose();
    }

    /// <summary>The permissions of a file that is there, on Unix.</summary>
    private static UnixFileMode? ModeOf(string path) => !OperatingSystem.IsWindows() && File.Exists(path) ? File.GetUnixFileMode(path) & Permissions : null;

    private static FileStreamOptions Temporary(UnixFileMode? mode)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,

            // Sharing only deletion allows the file to be renamed while it is open, and tells a sweeping process that
            // this temporary file still has its writer.
            Share = FileShare.Delete,
            BufferSize = BufferBytes,
        };
        if (mode is UnixFileMode kept && !OperatingSystem.IsWindows())
        {
            // Never more open than the old file. Its owner must be able to open it, or none could sweep it.
            options.UnixCreateMode = kept | OwnerUses;
        }

        return options;
    }

    private static void TakePlace(string temporary, string path) => File.Move(temporary, path, overwrite: true);

    private static void TakeFreePlace(string temporary, string path, string shown)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                File.Move(temporary, path);
                return;
            }

            // Elsewhere a move that is not to overwrite looks first and renames then, between which another process may come.
            // Only one can create the file, and that one replaces it.
            new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0).Dispose();
        }
        catch (IOException failure) when (File.Exists(path))
        {
            throw new UnfoldException($"The file {shown} is there already, and it is not replaced: choose another name.", failure);
        }

        try
        {
            TakePlace(temporary, path);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    private static void Discard(FileStream stream, string temporary)
    {
        try
        {
            stream.Dispose();
        }
        catch (IOException)
        {
            // On a full disk closing tries to flush the rest and fails like the write did: that failure is on its way.
        }

        try
        {
            File.Delete(temporary);
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure))
        {
            // The next writer of this name sweeps it.
        }
    }

    /// <summary>Deletes what writers of a file left beside it that were killed.</summary>
    internal static void SweepLeftOvers(string path)
    {
        string? folder = Path.GetDirectoryName(path);
        if (folder is null || !Directory.Exists(folder))
        {
            return;
        }

        string start = Path.GetFileName(path) + TemporaryMark;
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            string name = Path.GetFileName(file);
            if (name.Length == start.Length + TemporaryDigits && name.StartsWith(start, StringComparison.Ordinal) && IsTemporary(name))
            {
                DeleteIfAbandoned(file);
            }
        }
    }

    private static void DeleteIfAbandoned(string file)
    {
        try
        {
            // Opening it alone fails while the writer lives, also on systems that would delete an open file.
            using var alone = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure))
        {
            return;
        }

        try
        {
            File.Delete(file);
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure))
        {
            // A left-over that cannot be deleted does not stand in the way of the new file.
        }
    }
}
