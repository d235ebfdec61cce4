using Unfold.Persistence;

namespace Unfold.Tests.Persistence;

/// <summary>One reason is said, the one that is so.</summary>
public sealed class FileFailureTests
{
    [Fact]
    public void What_is_denied_is_a_folder_or_permission_but_never_both()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");
        var denied = new UnauthorizedAccessException($"Access to the path '{folder["file"]}' is denied.");

        Assert.Equal("permission is denied", FileFailure.Reason(denied, folder["file"]));
        Assert.Equal("permission is denied", FileFailure.Reason(denied, folder["absent"]));
        Assert.Equal("a folder of that name stands there", FileFailure.Reason(denied, folder.Path));
    }

    [Fact]
    public void A_folder_in_place_of_a_file_is_called_a_folder()
    {
        using var folder = new TemporaryFolder();
        string path = folder["config.json"];
        Directory.CreateDirectory(path);

        string read = Assert.Throws<UnfoldException>(() => JsonFields.Read(path)).Message;
        string opened = Assert.Throws<UnfoldException>(() => SafeTensorsFile.Open(path)).Message;

        Assert.Equal($"Cannot read {path}: a folder of that name stands there.", read);
        Assert.Equal($"Cannot open {path}: a folder of that name stands there.", opened);
    }

    [Fact]
    public void A_folder_in_place_of_the_lock_is_called_a_folder()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder[RunLock.FileName]);

        string message = Assert.Throws<UnfoldException>(() => RunLock.Take(folder.Path)).Message;

        Assert.EndsWith($"{RunLock.FileName}: a folder of that name stands there.", message, StringComparison.Ordinal);
    }
}
