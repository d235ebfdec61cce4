namespace Unfold.Tests.Persistence;

/// <summary>A folder of its own for one test, deleted at its end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("unfold-test-").FullName;

    /// <summary>A path in it, with this system's separators whatever those of the name are.</summary>
    public string this[string name] => System.IO.Path.GetFullPath(name, Path);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
