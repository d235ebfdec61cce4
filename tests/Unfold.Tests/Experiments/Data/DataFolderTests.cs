using Unfold.Experiments.Data;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Experiments.Data;

public sealed class DataFolderTests
{
    [Fact]
    public void The_named_folder_goes_before_the_environment_and_that_before_a_folder_above()
    {
        using var root = new TemporaryFolder();
        foreach (string folder in (string[])["named", "environment", "data", "deep/deeper"])
        {
            Directory.CreateDirectory(root[folder]);
            File.WriteAllText(root[folder + "/x.txt"], folder);
        }

        string Found(string? named, string? environment) => File.ReadAllText(DataFolder.Find(named, environment, root["deep/deeper"]).Path("x.txt"));
        Assert.Equal("named", Found(root["named"], root["environment"]));
        Assert.Equal("environment", Found(null, root["environment"]));
        Assert.Equal("environment", Found("", root["environment"]));
        Assert.Equal("data", Found(null, null));

        Directory.CreateDirectory(root["deep/data"]);
        Assert.Equal("data", Found(null, null));
        File.WriteAllText(root["deep/data/x.txt"], "nearer");
        Assert.Equal("nearer", Found(null, null));
    }

    [Fact]
    public void What_is_not_there_is_one_sentence()
    {
        using var root = new TemporaryFolder();
        Directory.CreateDirectory(root["folder"]);
        Assert.Contains("no data folder is named", Assert.Throws<UnfoldException>(() => DataFolder.Find(null, null, System.IO.Path.GetPathRoot(root.Path)!).Path("x.txt")).Message, StringComparison.Ordinal);
        Assert.Contains("no such folder", Assert.Throws<UnfoldException>(() => DataFolder.Find(root["none"]).Path("x.txt")).Message, StringComparison.Ordinal);
        Assert.Contains("are not there", Assert.Throws<UnfoldException>(() => DataFolder.Find(root.Path).Path("x.txt")).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder, but a file was wanted", Assert.Throws<UnfoldException>(() => DataFolder.Find(root.Path).Path("folder")).Message, StringComparison.Ordinal);
        Assert.True(DataFolder.Find(root.Path).Holds("folder"));
        Assert.False(DataFolder.Find(root.Path).Holds("none"));
    }

    [Fact]
    public void Lines_are_counted_from_one_and_have_no_ends()
    {
        using SmallData data = new SmallData().Write("a.txt", "\uFEFFone\r\n\r\nthree\n four").Write("bad.txt", [(byte)'o', (byte)'k', (byte)'\n', (byte)'a', 0xF0, (byte)'b']).Write("empty.txt", "");
        Assert.Equal([(1, "one"), (2, ""), (3, "three"), (4, " four")], DataFile.Utf8Lines(data.Folder.Path("a.txt")).Select(line => (line.Number, line.Text)));
        Assert.Empty(DataFile.Utf8Lines(data.Folder.Path("empty.txt")));
        data.Refuses(folder => _ = DataFile.Utf8Lines(folder.Path("bad.txt")).ToArray(), "bad.txt, line 2", "UTF-8");
        Assert.Equal("a\u00F0b", DataFile.Latin1Lines(data.Folder.Path("bad.txt")).Last().Text);
    }
}
