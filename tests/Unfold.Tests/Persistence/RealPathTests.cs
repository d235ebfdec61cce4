using Unfold.Persistence;

namespace Unfold.Tests.Persistence;

public sealed class RealPathTests
{
    [Fact]
    public void All_links_of_a_path_are_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making symbolic links needs no special right only on Unix.");
        using var folder = new TemporaryFolder();
        string root = RealPath.Of(folder.Path);
        Directory.CreateDirectory(folder["a/b"]);
        Directory.CreateSymbolicLink(folder["link"], "a/b");
        File.CreateSymbolicLink(folder["a/b/file"], "../other");
        Directory.CreateSymbolicLink(folder["again"], folder["link"]);
        Assert.Equal(Path.Combine(root, "a", "other"), RealPath.Of(folder["again/file"]));
        Assert.Equal(Path.Combine(root, "a", "b", "none", "x"), RealPath.Of(folder["link/none/x"]));
        Assert.True(RealPath.AreSame(folder["again/file"], folder["a/other"]));
        Assert.False(RealPath.AreSame(folder["again/file"], folder["a/b/other"]));
    }

    [Fact]
    public void A_circle_leads_nowhere()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making symbolic links needs no special right only on Unix.");
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder["a"], folder["b"]);
        File.CreateSymbolicLink(folder["b"], folder["a"]);
        Assert.Throws<IOException>(() => RealPath.Of(folder["a"]));
        Assert.False(RealPath.AreSame(folder["a"], folder["a"]));
        var failure = Assert.Throws<UnfoldException>(() => AtomicFile.WriteText(folder["a"], "x"));
        Assert.Contains("symbolic links lead in a circle", failure.Message, StringComparison.Ordinal);
    }
}
