namespace Unfold.Persistence;

/// <summary>Paths without symbolic links in them.</summary>
public static class RealPath
{
    // As many as Linux follows.
    private const int MostLinks = 40;

    /// <summary>The full path to which a path leads by all links in it; the last parts need not exist.</summary>
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static string Of(string path)
    {
        string real = Path.GetFullPath(path);
        for (int followed = 0; followed <= MostLinks; followed++)
        {
            if (WithoutFirstLink(real) is not string next)
            {
                return real;
            }

            real = next;
        }

        throw new IOException("symbolic links lead in a circle");
    }

    /// <summary>Whether two paths lead to the same place; a path whose links cannot be followed leads nowhere.</summary>
    public static bool AreSame(string path, string other)
    {
        try
        {
            return string.Equals(Of(path), Of(other), OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure))
        {
            return false;
        }
    }

    /// <summary>The path with what its first link leads to in the link's place; null where there is none.</summary>
    private static string? WithoutFirstLink(string path)
    {
        string above = Path.GetPathRoot(path)!;
        string[] parts = path[above.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < parts.Length; i++)
        {
            string here = Path.Combine(above, parts[i]);
            if (new FileInfo(here).LinkTarget is string target)
            {
                return Path.GetFullPath(Path.Combine([above, target, .. parts[(i + 1)..]]));
            }

            above = here;
        }

        return null;
    }
}
