using System.Diagnostics;
using Unfold.Persistence;

namespace Unfold.Tests.Persistence;

public sealed class RunLockTests
{
    [Fact]
    public void A_second_lock_is_refused_until_the_first_is_released()
    {
        using var folder = new TemporaryFolder();
        using (RunLock.Take(folder.Path))
        {
            var failure = Assert.Throws<UnfoldException>(() => RunLock.Take(folder.Path));
            Assert.Equal($"The folder {folder.Path} is in use by another run: wait for it to end or stop it, or choose another folder.", failure.Message);
        }

        RunLock.Take(folder.Path).Dispose();
    }

    [Fact]
    public void Another_process_holds_the_folder_and_a_killed_one_does_not()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/flock"), "Needs Linux's flock command to lock from another process.");
        using var folder = new TemporaryFolder();

        // The shell holds the lock through its own open file; reading from its empty input keeps it alive.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec 9<>\"$0\"; /usr/bin/flock -x 9; echo locked; read line", folder[RunLock.FileName]])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process other = Process.Start(start)!;
        Assert.Equal("locked", other.StandardOutput.ReadLine());
        Assert.Throws<UnfoldException>(() => RunLock.Take(folder.Path));

        other.Kill();
        other.WaitForExit();
        RunLock.Take(folder.Path).Dispose();
    }

    [Fact]
    public void A_lock_knows_whether_its_folder_is_still_there()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows moves no folder in which a file is open.");
        using var folder = new TemporaryFolder();
        string path = folder["run"];
        Directory.CreateDirectory(path);
        File.WriteAllText(folder["run/config.json"], "{}");
        using RunLock held = RunLock.Take(path);
        Assert.True(held.IsInPlace);
        held.Require("config.json");
        Assert.Contains("has lost its other.json", Assert.Throws<UnfoldException>(() => held.Require("other.json")).Message, StringComparison.Ordinal);

        Directory.Move(path, folder["moved"]);
        Assert.False(held.IsInPlace);
        Directory.CreateDirectory(path);
        File.WriteAllText(folder["run/config.json"], "{}");
        using (RunLock other = RunLock.Take(path))
        {
            Assert.True(other.IsInPlace);
            Assert.False(held.IsInPlace);
            var failure = Assert.Throws<UnfoldException>(() => held.Require("config.json"));
            Assert.Contains($"The folder {path} is not the one any more", failure.Message, StringComparison.Ordinal);
        }

        held.Withdraw();
        Assert.True(File.Exists(folder["run/.lock"]));
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        using var folder = new TemporaryFolder();
        string absent = folder["absent"];
        var failure = Assert.Throws<UnfoldException>(() => RunLock.Take(absent));
        Assert.Equal($"Cannot lock the folder {absent}: there is no such folder.", failure.Message);
    }

    [Fact]
    public void A_read_only_disk_is_named()
    {
        using var disk = new MountedFolder("size=64k");
        disk.MakeReadOnly();
        string folder = Path.GetDirectoryName(disk["x"])!;
        var failure = Assert.Throws<UnfoldException>(() => RunLock.Take(folder));
        Assert.EndsWith("the folder lies on a read-only disk.", failure.Message, StringComparison.Ordinal);
    }
}
