using System.Text;
using Unfold.Experiments.Data;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Experiments;

/// <summary>A data folder with small files that a test writes itself.</summary>
internal sealed class SmallData : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public DataFolder Folder => DataFolder.Find(_folder.Path);

    public string Path => _folder.Path;

    public SmallData Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public SmallData Write(string name, byte[] bytes)
    {
        string path = System.IO.Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return this;
    }

    /// <summary>Fails unless reading is refused in one sentence that holds all the words.</summary>
    public void Refuses(Action<DataFolder> read, params string[] words)
    {
        UnfoldException refused = Assert.Throws<UnfoldException>(() => read(Folder));
        Assert.All(words, word => Assert.Contains(word, refused.Message, StringComparison.Ordinal));
        Assert.Contains(_folder.Path, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    public void Dispose() => _folder.Dispose();
}
