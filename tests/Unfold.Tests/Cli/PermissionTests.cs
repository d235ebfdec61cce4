using System.Runtime.Versioning;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Cli;

/// <summary>Files and folders that may not be read or written: exit code 1, one sentence that names the thing, and nothing changed.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class PermissionTests : IDisposable
{
    private const UnixFileMode Read = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Look = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const string UnixOnly = "Permission bits are a matter of Unix.";

    private readonly TemporaryFolder _folder = new();
    private readonly string[] _things;

    /// <summary>Asked before a test is set up.</summary>
    public static bool OnWindows => OperatingSystem.IsWindows();

    public PermissionTests()
    {
        OrdinaryUser.Require();
        string text = CommandLine.WriteText(_folder["text.txt"]);
        Assert.Equal(0, CommandLine.Train(text, _folder["run"], "--steps", "3").Code);
        Directory.CreateDirectory(_folder["folder"]);
        File.Copy(text, _folder["folder/text.txt"]);
        Directory.CreateDirectory(_folder["empty"]);
        _things = [.. Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        foreach (string thing in _things.Append(_folder.Path))
        {
            File.SetUnixFileMode(thing, Open(thing));
        }
    }

    public void Dispose()
    {
        foreach (string thing in _things ?? [])
        {
            File.SetUnixFileMode(thing, Open(thing));
        }

        _folder.Dispose();
    }

    /// <summary>What is locked (with "r" a folder and its files can still be read), the command, and what the sentence must hold.</summary>
    public static TheoryData<string, string, string, string> Locks => new()
    {
        { "r empty", "train --steps 1 --text @/text.txt --out @/empty", "@/empty", "permission is denied" },
        { "r folder", "train --steps 1 --text @/text.txt --out @/folder/new/run", "@/folder/new/run", "permission is denied" },
        { "r run", "train --steps 1 --text @/text.txt --out @/run --force", "@/run", "permission is denied" },
        { "r run", "train --resume @/run", "@/run", "permission is denied" },
        { "folder", "train --steps 1 --text @/text.txt --out @/folder/run", "@/folder/run", "permission is denied" },
        { "empty", "train --steps 1 --text @/text.txt --out @/empty", "@/empty", "denied" },
        { "run", "train --steps 1 --text @/text.txt --out @/run", "@/run", "denied" },
        { "run", "train --steps 1 --text @/text.txt --out @/run --force", "@/run", "denied" },
        { "run", "train --resume @/run", "@/run", "permission is denied" },
        { "run", "train --steps 1 --text @/text.txt --init-from @/run --out @/empty", "@/run", "permission is denied" },
        { "run", "generate @/run", "@/run", "permission is denied" },
        { "run", "inspect @/run", "@/run", "permission is denied" },
        { "run", "evaluate @/run --text @/text.txt", "@/run", "permission is denied" },
        { "run/config.json", "train --steps 1 --text @/text.txt --out @/run", "@/run/config.json", "denied; choose another folder with --out" },
        { "run/config.json", "train --steps 1 --text @/text.txt --out @/run --force", "@/run/config.json", "denied; choose another folder with --out" },
        { "run/config.json", "generate @/run", "@/run/config.json", "permission is denied" },
        { "run/vocabulary.json", "generate @/run", "@/run/vocabulary.json", "denied" },
        { "run/model.safetensors", "generate @/run", "@/run/model.safetensors", "permission is denied" },
        { "run/model.safetensors", "inspect @/run", "@/run/model.safetensors", "permission is denied" },
        { "run/checkpoint.safetensors", "inspect @/run", "@/run/checkpoint.safetensors", "permission is denied" },
        { "text.txt", "train --steps 1 --text @/text.txt --out @/empty", "@/text.txt", "permission is denied" },
        { "text.txt", "evaluate @/run --text @/text.txt", "@/text.txt", "permission is denied" },
        { "folder", "train --steps 1 --text @/folder/text.txt --out @/empty", "@/folder/text.txt", "denied" },
        { "folder", "generate @/folder", "@/folder", "permission is denied" },
    };

    [Theory(Skip = UnixOnly, SkipWhen = nameof(OnWindows))]
    [MemberData(nameof(Locks))]
    public void What_may_not_be_used_is_named_and_nothing_is_changed(string locked, string command, string thing, string words)
    {
        string[] before = Contents();
        bool readable = locked.StartsWith("r ", StringComparison.Ordinal);
        string path = _folder[readable ? locked[2..] : locked];
        foreach (string file in readable ? Directory.GetFiles(path) : [])
        {
            File.SetUnixFileMode(file, Read);
        }

        File.SetUnixFileMode(path, readable ? Read | Look : UnixFileMode.None);
        Said said = OrdinaryUser.Run([.. command.Split(' ').Select(Whole)]);

        said.Refuses(1, Whole(thing), words);
        File.SetUnixFileMode(path, Open(path));
        Assert.Equal(_things, Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
        Assert.Equal(before, Contents());
    }

    [Fact(Skip = UnixOnly, SkipWhen = nameof(OnWindows))]
    public void A_model_that_may_only_be_read_can_be_used()
    {
        foreach (string thing in _things.Append(_folder.Path))
        {
            File.SetUnixFileMode(thing, Directory.Exists(thing) ? Read | Look : Read);
        }

        Said written = OrdinaryUser.Run("generate", _folder["run"], "--length", "5", "--seed", "1");
        Assert.True(written.Code == 0, written.Error);
        Assert.Equal(CommandLine.Run("generate", _folder["run"], "--length", "5", "--seed", "1").Output, written.Output);
        Assert.Equal(0, OrdinaryUser.Run("inspect", _folder["run"]).Code);
        Assert.Equal(0, OrdinaryUser.Run("evaluate", _folder["run"], "--text", _folder["text.txt"]).Code);
        File.SetUnixFileMode(_folder.Path, Open(_folder.Path));
    }

    private static UnixFileMode Open(string path) => Read | UnixFileMode.UserWrite | (Directory.Exists(path) ? Look : UnixFileMode.None);

    private string Whole(string word) => word.StartsWith("@/", StringComparison.Ordinal) ? _folder[word[2..]] : word;

    private string[] Contents() => [.. _things.Where(File.Exists).Select(File.ReadAllText)];
}
