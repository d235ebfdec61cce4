using Unfold.Persistence;

namespace Unfold.Tests.Persistence;

public sealed class AtomicFileTests
{
    [Fact]
    public void Writes_a_new_file_and_replaces_an_old_one_leaving_nothing_beside_it()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["model.txt"], "a longer first content");
        Assert.Equal("a longer first content", File.ReadAllText(folder["model.txt"]));
        AtomicFile.WriteText(folder["model.txt"], "老师");
        Assert.Equal("老师"u8.ToArray(), File.ReadAllBytes(folder["model.txt"]));
        Assert.Equal([folder["model.txt"]], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void The_old_file_stands_whole_until_the_new_one_is_complete()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["a"], "old");
        AtomicFile.Write(folder["a"], stream =>
        {
            stream.Write(new byte[200_000]);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(folder["a"]));
        });
        Assert.Equal(200_000, new FileInfo(folder["a"]).Length);
    }

    [Fact]
    public void A_writer_that_fails_leaves_the_old_file_and_its_own_exception()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["a"], "old");
        Assert.Throws<InvalidTimeZoneException>(() => AtomicFile.Write(folder["a"], stream =>
        {
            stream.Write(new byte[100_000]);
            throw new InvalidTimeZoneException();
        }));
        Assert.Equal("old", File.ReadAllText(folder["a"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Sweeps_what_a_killed_writer_of_the_same_name_left_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        string[] kept = ["a.tmp-backup", "a.tmp-0123456789ABCDEF", "b.tmp-0123456789abcdef", "aa.tmp-0123456789abcdef", "a.tmp-0123456789abcdef0"];
        foreach (string name in kept.Append("a.tmp-0123456789abcdef"))
        {
            File.WriteAllText(folder[name], "half");
        }

        AtomicFile.WriteText(folder["a"], "whole");
        Assert.Equal(kept.Append("a").Order(StringComparer.Ordinal), Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("a.tmp-0123456789abcdef", true)]
    [InlineData("notes.tmp-1.txt", false)]
    [InlineData("a.tmp-0123456789ABCDEF", false)]
    [InlineData("a.tmp-0123456789abcdef0", false)]
    [InlineData("a.tmp-0123456789abcde", false)]
    [InlineData("a-0123456789abcdef", false)]
    [InlineData(".tmp-0123456789abcdef", false)]
    [InlineData(".tmp-new", false)]
    [InlineData("", false)]
    public void A_temporary_file_is_known_by_its_whole_name(string name, bool expected) => Assert.Equal(expected, AtomicFile.IsTemporary(name));

    [Fact]
    public void Does_not_sweep_the_temporary_file_of_a_writer_at_work()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder["a"], outer =>
        {
            outer.Write("outer"u8);
            AtomicFile.WriteText(folder["a"], "inner");
            Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
        });
        Assert.Equal("outer", File.ReadAllText(folder["a"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_new_file_does_not_replace_one_that_came_meanwhile()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.Create(folder["a"], stream => stream.Write("first"u8));
        Assert.Equal("first", File.ReadAllText(folder["a"]));
        var failure = Assert.Throws<UnfoldException>(() => AtomicFile.Create(folder["b"], stream =>
        {
            File.WriteAllText(folder["b"], "another's");
            stream.Write("own"u8);
        }));
        Assert.Equal($"The file {folder["b"]} is there already, and it is not replaced: choose another name.", failure.Message);
        Assert.Equal("another's", File.ReadAllText(folder["b"]));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void A_file_keeps_its_permissions_and_its_content_is_never_shown_to_more()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Permission bits are a matter of Unix.");
        const UnixFileMode secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        const UnixFileMode open = secret | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        using var folder = new TemporaryFolder();
        foreach (UnixFileMode mode in (UnixFileMode[])[secret, UnixFileMode.UserRead, open])
        {
            File.WriteAllText(folder["a"], "old");
            if (OperatingSystem.IsWindows())
            {
                return;
            }

            File.SetUnixFileMode(folder["a"], mode);
            AtomicFile.Write(folder["a"], stream =>
            {
                stream.Write("new"u8);
                stream.Flush();
                string beside = Assert.Single(Directory.GetFiles(folder.Path, "a.tmp-*"));
                Assert.Equal((UnixFileMode)0, OperatingSystem.IsWindows() ? 0 : File.GetUnixFileMode(beside) & ~(mode | secret));
            });
            Assert.Equal(mode, File.GetUnixFileMode(folder["a"]));
            File.Delete(folder["a"]);
        }
    }

    [Fact]
    public void A_device_is_not_replaced()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps no devices among its files.");
        using var folder = new TemporaryFolder();
        string device = $"/dev/unfold-test-{Path.GetFileName(folder.Path)}";
        File.CreateSymbolicLink(folder["link"], device);
        File.CreateSymbolicLink(folder["devices"], "/dev");
        try
        {
            foreach (string path in (string[])[device, folder["link"], Path.Combine(folder["devices"], Path.GetFileName(device))])
            {
                var failure = Assert.Throws<UnfoldException>(() => AtomicFile.WriteText(path, "x"));
                Assert.Equal($"Cannot write {path}: {device} stands for a device of the system, which a file would replace; choose another name.", failure.Message);
                Assert.Throws<UnfoldException>(() => AtomicFile.RequireWritable(path));
            }

            Assert.False(File.Exists(device));
        }
        finally
        {
            if (File.Exists(device))
            {
                File.Delete(device);
            }
        }
    }

    [Fact]
    public void Follows_a_symbolic_link()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Making symbolic links needs no special right only on Unix.");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["target"], "old");
        File.CreateSymbolicLink(folder["link"], folder["target"]);
        AtomicFile.WriteText(folder["link"], "new");
        Assert.Equal("new", File.ReadAllText(folder["target"]));
        Assert.NotNull(new FileInfo(folder["link"]).LinkTarget);
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = folder[Path.Combine("absent", "a")];
        var failure = Assert.Throws<UnfoldException>(() => AtomicFile.WriteText(path, "x"));
        Assert.Equal($"Cannot write {path}: there is no such folder; what stood there before is unchanged.", failure.Message);
    }

    [Fact]
    public void A_folder_that_is_a_file_is_refused_and_stays()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "content");
        string path = folder[Path.Combine("file", "a")];
        var failure = Assert.Throws<UnfoldException>(() => AtomicFile.WriteText(path, "x"));
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Equal("content", File.ReadAllText(folder["file"]));
    }

    [Fact]
    public void A_target_that_is_a_folder_is_refused_and_nothing_is_left()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["a"]);
        var failure = Assert.Throws<UnfoldException>(() => AtomicFile.WriteText(folder["a"], "x"));
        Assert.Equal($"Cannot write {folder["a"]}: a folder of that name stands there; what stood there before is unchanged.", failure.Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData(1 << 10)]
    [InlineData(1 << 20)]
    public void A_full_disk_leaves_the_old_file_whole(int pieceBytes)
    {
        using var disk = new MountedFolder("size=128k");
        byte[] old = [.. Enumerable.Range(0, 60_000).Select(i => (byte)(i * 7))];
        AtomicFile.Write(disk["a"], stream => stream.Write(old));
        var failure = Assert.Throws<UnfoldException>(() => AtomicFile.Write(disk["a"], stream =>
        {
            for (int written = 0; written < 1 << 20; written += pieceBytes)
            {
                stream.Write(new byte[pieceBytes]);
            }
        }));
        Assert.Equal($"Cannot write {disk["a"]}: the disk is full; what stood there before is unchanged.", failure.Message);
        Assert.Equal(old, File.ReadAllBytes(disk["a"]));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(disk["a"])!));
    }

    [Fact]
    public void A_full_disk_found_only_by_the_last_flush_leaves_the_old_file_whole()
    {
        using var disk = new MountedFolder("size=64k");
        AtomicFile.WriteText(disk["a"], "old");
        File.WriteAllBytes(disk["filler"], new byte[60_000 - (60_000 % 4096)]);
        var failure = Assert.Throws<UnfoldException>(() => AtomicFile.Write(disk["a"], stream => stream.Write(new byte[40_000])));
        Assert.Contains("the disk is full", failure.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(disk["a"]));
        Assert.Equal(2, Directory.GetFiles(Path.GetDirectoryName(disk["a"])!).Length);
    }

    [Fact]
    public void A_read_only_disk_is_named()
    {
        using var disk = new MountedFolder("size=64k");
        AtomicFile.WriteText(disk["a"], "old");
        disk.MakeReadOnly();
        var failure = Assert.Throws<UnfoldException>(() => AtomicFile.WriteText(disk["a"], "new"));
        Assert.Equal($"Cannot write {disk["a"]}: the folder lies on a read-only disk; what stood there before is unchanged.", failure.Message);
        Assert.Equal("old", File.ReadAllText(disk["a"]));
    }

    [Fact]
    public void A_read_only_folder_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Permission bits of folders are a matter of Unix.");
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Root ignores permission bits; the read-only disk is tested instead.");
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["a"], "old");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            var failure = Assert.Throws<UnfoldException>(() => AtomicFile.WriteText(folder["a"], "new"));
            File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Assert.Contains("permission is denied", failure.Message, StringComparison.Ordinal);
            Assert.Equal("old", File.ReadAllText(folder["a"]));
        }
    }
}
