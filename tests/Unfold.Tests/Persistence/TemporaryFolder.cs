namespace Unfold.Tests.Persistence;

/// <summary>A folder of its own for one test, deleted at its end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("unfold-test-").FullName;

    /// <summary>A path in it, with this system's separators whatever those of the name are.</summary>
    public string this[string name] => System.IO.Path.GetFullPath(name, Path);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception failure) when (OperatingSystem.IsWindows() && failure is IOException or UnauthorizedAccessException)
        {
            // Windows deletes no file that is mapped, as an n-gram model's is until it is collected.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Directory.Delete(Path, recursive: true);
        }
    }
}
