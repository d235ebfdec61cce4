using Unfold.Persistence;

namespace Unfold.Cli.Data;

/// <summary>Where fetched corpora are kept.</summary>
internal static class CacheFolder
{
    /// <summary>The folder of the user's caches: XDG_CACHE_HOME where it is set, else what the system has for it, and therein unfold/data.</summary>
    /// <exception cref="UnfoldException">The user has no such folder.</exception>
    public static string Path
    {
        get
        {
            string? named = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (!string.IsNullOrEmpty(named) && !System.IO.Path.IsPathFullyQualified(named))
            {
                throw new UnfoldException($"XDG_CACHE_HOME must name a folder by its full path; found {named}.");
            }

            string caches = string.IsNullOrEmpty(named) ? OfSystem() : named;
            return System.IO.Path.Combine(caches, "unfold", "data");
        }
    }

    /// <summary>What to do where it cannot be written to, a sentence.</summary>
    public const string Advice = "Mend that and run the command again, or name another folder by XDG_CACHE_HOME.";

    /// <summary>Creates a folder in it, with those above.</summary>
    /// <exception cref="UnfoldException">It cannot be created.</exception>
    public static void Create(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure))
        {
            string reason = FileAbove(folder) is string file ? $"{file} is a file" : FileFailure.Reason(failure, folder);
            throw new UnfoldException($"Cannot create the folder {folder}: {reason}. {Advice}", failure);
        }
    }

    private static string? FileAbove(string folder)
    {
        string? path = folder;
        while (path is not null && !File.Exists(path))
        {
            path = System.IO.Path.GetDirectoryName(path);
        }

        return path;
    }

    private static string OfSystem()
    {
        if (OperatingSystem.IsWindows())
        {
            return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        }

        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length > 0
            ? System.IO.Path.Combine(home, OperatingSystem.IsMacOS() ? "Library/Caches" : ".cache")
            : throw new UnfoldException("There is no home folder to keep corpora in: name a folder by XDG_CACHE_HOME.");
    }
}
