using Unfold.Models;
using Unfold.Persistence;

namespace Unfold.Cli.Training;

/// <summary>The rule of run folders: a run is never overwritten without --force, and foreign files never at all.</summary>
internal static class RunFolder
{
    /// <summary>Loads the model of a folder; where a new run was stopped while it took an old one's place, it takes it first.</summary>
    /// <exception cref="UnfoldException">The folder is no model, or damaged, or newer than this Unfold.</exception>
    public static LanguageModel Load(string path)
    {
        RunReplacement.Recover(path);
        return new ModelFolder(path).Load();
    }

    /// <summary>Throws unless a new run may be written into the folder.</summary>
    /// <exception cref="UnfoldException">It may not; the message says what to do.</exception>
    public static void RequireFree(string path, bool force)
    {
        if (File.Exists(path))
        {
            throw new UnfoldException($"{path} is a file, but a folder for the run was wanted: choose another one with --out.");
        }

        var folder = new ModelFolder(path);
        for (string? above = Path.GetDirectoryName(folder.FullPath); above is not null; above = Path.GetDirectoryName(above))
        {
            if (File.Exists(above))
            {
                throw new UnfoldException($"The folder {path} cannot be made, because {above} is a file: choose another one with --out.");
            }
        }

        string[] entries = Entries(folder.FullPath);
        if (IsFree(folder, entries))
        {
            return;
        }

        bool run = IsRun(folder);
        if (run && !force)
        {
            throw new UnfoldException($"{path} holds a run already: replace it with --force, go on with it with --resume {path}, or choose another folder with --out.");
        }

        if (!run)
        {
            throw new UnfoldException($"{path} is not empty and holds no run of Unfold ({Path.GetFileName(entries[0])} stands there), so nothing is written into it: choose another folder with --out.");
        }
    }

    /// <summary>Whether nothing was learned in a folder: it is empty, or holds what a start leaves that was stopped.</summary>
    /// <exception cref="UnfoldException">It cannot be looked into.</exception>
    public static bool IsFree(string path)
    {
        var folder = new ModelFolder(path);
        return IsFree(folder, Entries(folder.FullPath));
    }

    /// <summary>The folders that are not there yet, the deepest first, so that a start that fails can take them away again.</summary>
    public static IReadOnlyList<string> Missing(string path)
    {
        var missing = new List<string>();
        for (string? folder = path; folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder))
        {
            missing.Add(folder);
        }

        return missing;
    }

    /// <summary>Deletes those of the folders that are empty.</summary>
    public static void RemoveEmpty(IReadOnlyList<string> folders)
    {
        foreach (string folder in folders)
        {
            try
            {
                Directory.Delete(folder);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return;
            }
        }
    }

    private static bool IsFree(ModelFolder folder, string[] entries) => entries.All(entry => IsBeginning(folder, entry));

    private static string[] Entries(string path)
    {
        try
        {
            return Directory.Exists(path)
                ? [.. Directory.EnumerateFileSystemEntries(path).Where(entry => Path.GetFileName(entry) != RunLock.FileName)]
                : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnfoldException($"Cannot look into the folder {path}: {failure.Message}", failure);
        }
    }

    /// <summary>Whether this may be left by a run that was stopped before config.json made the folder a run: nothing in it was learned.</summary>
    private static bool IsBeginning(ModelFolder folder, string entry) =>
        !File.Exists(folder.ConfigFile)
        && (entry == folder.CheckpointFile || entry == folder.VocabularyFile || entry == RunReplacement.Fresh(folder).FullPath || AtomicFile.IsTemporary(Path.GetFileName(entry)));

    /// <summary>Whether the folder holds Unfold's config.json. A damaged one counts too: such a run is worth replacing.</summary>
    private static bool IsRun(ModelFolder folder)
    {
        if (!File.Exists(folder.ConfigFile))
        {
            return false;
        }

        try
        {
            using StreamReader reader = File.OpenText(folder.ConfigFile);
            char[] head = new char[256];
            return new string(head, 0, reader.ReadBlock(head)).Contains("unfold_format", StringComparison.Ordinal);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnfoldException($"Cannot tell whether {folder.FullPath} holds a run: {failure.Message.TrimEnd('.')}; choose another folder with --out.", failure);
        }
    }
}
