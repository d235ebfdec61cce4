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

    private readonly FileStream _file;

    private readonly string _folder;

    private readonly bool _created;

    // Some network disks take no locks.
    private readonly bool _excludes;

    private RunLock(FileStream file, string folder, bool created) => (_file, _folder, _created, _excludes) = (file, folder, created, !IsFree(file.Name));

    /// <summary>
    /// Whether the folder still has the lock file that is held here: not where the folder was deleted, moved away or replaced by another one, in which another run may
    /// be at work.
    /// </summary>
    public bool IsInPlace
    {
        get
        {
            try
            {
                // A copy may have the time of what it was copied from, but nobody holds it; one that another run holds has another time.
                return File.GetLastWriteTimeUtc(_file.Name) == File.GetLastWriteTimeUtc(_file.SafeFileHandle) && !(_excludes && IsFree(_file.Name));
            }
            catch (Exception failure) when (FileFailure.IsFileFailure(failure))
            {
                return false;
            }
        }
    }

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
            FileStream file = LockedFile.Open(Path.GetFullPath(path), bufferSize: 0);
            Mark(file);
            return new RunLock(file, folder, created);
        }
        catch (Exception failure) when (LockedFile.IsHeldByAnother(failure))
        {
            throw new UnfoldException($"The folder {folder} is in use by another run: wait for it to end or stop it, or choose another folder.", failure);
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure))
        {
            throw new UnfoldException($"Cannot lock the folder {folder} through {path}: {FileFailure.Reason(failure, path)}.", failure);
        }
    }

    /// <summary>Throws where the folder is no longer the one that was locked, so that nothing is written over what others have put there.</summary>
    /// <exception cref="UnfoldException">The folder was deleted, moved or replaced.</exception>
    public void Require()
    {
        if (!IsInPlace)
        {
            throw new UnfoldException($"The folder {_folder} is not the one any more in which this run began: it was deleted, moved or replaced meanwhile, or its {FileName} was. Nothing more is written; where the folder was moved, go on there with --resume.");
        }
    }

    /// <summary>Throws where the folder is no longer the one that was locked, or is no run any more.</summary>
    /// <param name="file">The name of the file that makes the folder a run.</param>
    /// <exception cref="UnfoldException">The folder was deleted, moved or replaced, or the file is gone.</exception>
    public void Require(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        Require();
        if (!File.Exists(Path.Combine(Path.GetDirectoryName(_file.Name)!, file)))
        {
            throw new UnfoldException($"The folder {_folder} has lost its {file} meanwhile, without which it is no run. Nothing more is written: put the file back and go on with --resume, or begin again.");
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
        if (_created && IsInPlace)
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

    /// <summary>Whether a file that is there is held by nobody, not by this process either.</summary>
    private static bool IsFree(string path)
    {
        try
        {
            LockedFile.OpenThere(path).Dispose();
            return true;
        }
        catch (Exception failure) when (LockedFile.IsHeldByAnother(failure))
        {
            return false;
        }
    }

    /// <summary>Sets the file's time to now, which tells this lock from that of another run in a folder of the same name. Its content could not: on Unix nobody can open a locked file.</summary>
    private static void Mark(FileStream file)
    {
        try
        {
            File.SetLastWriteTimeUtc(file.SafeFileHandle, DateTime.UtcNow);
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure))
        {
            // A file of another user keeps its time, which tells less but not wrongly.
        }
    }
}
