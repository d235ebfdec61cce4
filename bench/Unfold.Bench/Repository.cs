namespace Unfold.Bench;

/// <summary>The repository that this program was built from.</summary>
internal static class Repository
{
    private const string Landmark = "Unfold.slnx";

    /// <summary>Its root.</summary>
    /// <exception cref="InvalidOperationException">The program lies elsewhere.</exception>
    public static string Folder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Landmark)))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"{Landmark} does not lie above {AppContext.BaseDirectory}: run the benchmark from its repository.");
    }
}
