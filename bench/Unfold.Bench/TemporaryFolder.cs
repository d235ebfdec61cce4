namespace Unfold.Bench;

/// <summary>A folder that is gone, with all that stands in it, when the question is answered.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unfold-bench-");

    /// <summary>The path.</summary>
    public string FullPath => _folder.FullName;

    /// <summary>The path of a file or folder in it.</summary>
    public string File(string name) => Path.Combine(FullPath, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
