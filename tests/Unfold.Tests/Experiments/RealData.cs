using Unfold.Experiments.Data;

namespace Unfold.Tests.Experiments;

/// <summary>The real data, which are not part of the project: a test that needs them is skipped where they are not.</summary>
internal static class RealData
{
    public static DataFolder Folder(IReadOnlyList<string> needed)
    {
        DataFolder folder = DataFolder.Find(null, Environment.GetEnvironmentVariable("UNFOLD_DATA") ?? Above(), AppContext.BaseDirectory);
        string? missing = needed.FirstOrDefault(name => !folder.Holds(name));
        Assert.SkipWhen(missing is not null, $"The data {missing} are not here: name the folder that holds them with UNFOLD_DATA.");
        return folder;
    }

    private static string? Above()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !Directory.Exists(Path.Combine(folder, "shared", "data")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder is null ? null : Path.Combine(folder, "shared", "data");
    }
}
