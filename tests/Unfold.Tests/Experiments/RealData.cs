using Unfold.Experiments.Data;

namespace Unfold.Tests.Experiments;

/// <summary>The real data, which are not part of the project: a test that needs them is skipped where they are not.</summary>
internal static class RealData
{
    public static DataFolder Folder(IReadOnlyList<string> needed)
    {
        DataFolder folder = DataFolder.Find(null, Environment.GetEnvironmentVariable("UNFOLD_DATA"), AppContext.BaseDirectory);
        string? missing = needed.FirstOrDefault(name => !folder.Holds(name));
        Assert.SkipWhen(missing is not null, $"The data {missing} are not here: name the folder that holds them with UNFOLD_DATA.");
        return folder;
    }
}
