namespace Unfold.Persistence;

/// <summary>
/// Keeps two processes from training into the same folder at once: held from <see cref="Take"/> to <see cref="Dispose"/>.
/// </summary>
/// <remarks>
/// The lock is the operating system's lock on the open file <c>.lock</c> in the folder, not the file's existence: when a
/// process is killed the lock is gone with it, and the empty file that stays behind means nothing.
/// </remarks>
public sealed class RunLock : IDisposable
{
    /// <summary>The name of the lock file inside the folder.</summary>
    public const string FileName = ".lock";

    // Windows deletes an open file only where this was allowed; elsewhere anything but None would be a lock that is shared.
    private static readonly FileShare Share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    private readonly FileStream _file;

    private readonly bool _created;

    private RunLock(FileStream file, bool created) => (_file, _created) = (file, created);

    /// <summary>Locks a folder, which must exist.</summary>
    /// <exception cref="UnfoldException">Another process, or another lock in this one, holds the folder; or the lock file cannot be opened.</exception>
    public static RunLock Take(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
        {
            throw new UnfoldException($"Cannot lock the folder {folder}: there is no such folder.");
        }

        string path = Path.Combine(folder, FileName);
        bool created = !File.Exists(path);
        try
        {
            // The file is not deleted on release: a process that has just opened it would then hold a lock on a
            // file without a name, and a third process would lock a new one.
            return new RunLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, Share, bufferSize: 0), created);
        }
        catch (Exception failure) when (IsHeldByAnother(failure))
        {
            throw new UnfoldException($"The folder {folder} is in use by another run: wait for it to end or stop it, or choose another folder.", failure);
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure))
        {
            throw new UnfoldException($"Cannot lock the folder {folder} through {path}: {FileFailure.Reason(failure, path)}.", failure);
        }
    }

    /// <summary>Releases the folder.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>
    /// Releases a folder in which nothing was done: the lock file is deleted where this lock has created it, so that a start
    /// that failed leaves nothing behind.
    /// </summary>
    public void Withdraw()
    {
        if (_created)
        {
            try
            {
                File.Delete(_file.Name);
            }
            catch (Exception failure) when (FileFailure.IsFileFailure(failure))
            {
                // An empty lock file means nothing.
            }
        }

        Dispose();
    }

    private static bool IsHeldByAnother(Exception failure)
    {
        const int sharingViolationWindows = unchecked((int)0x80070020);
        const int wouldBlockLinux = 11;
        const int wouldBlockMac = 35;
        return failure is IOException && failure.HResult is sharingViolationWindows or wouldBlockLinux or wouldBlockMac;
    }
}
