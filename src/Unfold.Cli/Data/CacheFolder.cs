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
