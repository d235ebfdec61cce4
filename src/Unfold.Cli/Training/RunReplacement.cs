using Unfold.Persistence;

namespace Unfold.Cli.Training;

/// <summary>Puts a new run in the place of an old one so that a stop at any moment leaves one of the two whole.</summary>
internal static class RunReplacement
{
    private const string FreshName = ".tmp-new";

    /// <summary>Where the first files of a new run are gathered, inside the run's folder.</summary>
    public static ModelFolder Fresh(ModelFolder folder) => new(Path.Combine(folder.FullPath, FreshName));

    /// <summary>Writes a new run whole beside the old one, if there is one, and then lets it take its place.</summary>
    /// <param name="folder">The run's folder, locked by the caller.</param>
    /// <param name="write">Writes the new run's first files, config.json last, into the folder that it is given.</param>
    /// <exception cref="UnfoldException">The new run cannot be written, and the old one is as before; or the old one's files cannot be replaced.</exception>
    public static void Replace(ModelFolder folder, Action<ModelFolder> write)
    {
        ModelFolder fresh = Fresh(folder);
        Sweep(folder);
        try
        {
            fresh.CreateFolder();
            write(fresh);
            Move(folder);
        }
        finally
        {
            Sweep(folder);
        }
    }

    /// <summary>Finishes a replacement that was stopped when the old run had gone and the new one had not come.</summary>
    /// <exception cref="UnfoldException">It cannot be finished, or another command is about to do so.</exception>
    public static void Recover(string path)
    {
        var folder = new ModelFolder(path);
        if (!IsUnderWay(folder))
        {
            return;
        }

        RunLock held = RunLock.Take(folder.FullPath);
        try
        {
            if (IsUnderWay(folder))
            {
                Move(folder);
                Sweep(folder);
            }
        }
        finally
        {
            held.Withdraw();
        }
    }

    /// <summary>Deletes what a stopped replacement has left, unless the new run has no other place yet.</summary>
    /// <param name="folder">The run's folder, locked by the caller.</param>
    public static void Sweep(ModelFolder folder)
    {
        string fresh = Fresh(folder).FullPath;
        try
        {
            if (Directory.Exists(fresh) && !IsUnderWay(folder))
            {
                Directory.Delete(fresh, recursive: true);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next run in this folder takes it away.
        }
    }

    /// <summary>The moves that let the new run take the old one's place, in their order; each may be made twice.</summary>
    public static IReadOnlyList<(string File, Action Make)> Moves(ModelFolder folder)
    {
        // Deleting the old config.json decides: before, the old run is whole and the new one is litter; after, the new one is
        // whole, though partly still in its own folder, until its config.json comes, which is moved last. Old weights go before
        // the new vocabulary comes, so that who reads meanwhile finds a file missing and never a mixture of two runs.
        ModelFolder fresh = Fresh(folder);
        return
        [
            Delete(folder.ConfigFile),
            Delete(folder.WeightsFile),
            Delete(folder.CardFile),
            Bring(fresh.CheckpointFile, folder.CheckpointFile),
            Bring(fresh.VocabularyFile, folder.VocabularyFile),
            Bring(fresh.ConfigFile, folder.ConfigFile),
        ];
    }

    private static bool IsUnderWay(ModelFolder folder) => !File.Exists(folder.ConfigFile) && File.Exists(Fresh(folder).ConfigFile);

    private static void Move(ModelFolder folder)
    {
        foreach ((string file, Action make) in Moves(folder))
        {
            try
            {
                make();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new UnfoldException(
                    IsUnderWay(folder)
                        ? $"Cannot replace {file}: {failure.Message.TrimEnd('.')}; the new run waits in {Fresh(folder).FullPath}, and the next command that names {folder.FullPath} puts it in its place."
                        : $"Cannot replace {file}: {failure.Message.TrimEnd('.')}; the run that stands there is unchanged.",
                    failure);
            }
        }
    }

    private static (string File, Action Make) Delete(string file) => (file, () => File.Delete(file));

    private static (string File, Action Make) Bring(string from, string to) => (to, () => MoveIfThere(from, to));

    private static void MoveIfThere(string from, string to)
    {
        if (File.Exists(from))
        {
            File.Move(from, to, overwrite: true);
        }
    }
}
