using System.Text.Json;
using Unfold.Cli.Training;
using Unfold.Persistence;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Cli;

/// <summary>train --force that is stopped at any moment leaves the old run whole or the new one.</summary>
public sealed class RunReplacementTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _text;
    private readonly ModelFolder _run;

    public RunReplacementTests()
    {
        _text = CommandLine.WriteText(_folder["text.txt"]);
        _run = new ModelFolder(_folder["run"]);
        Assert.Equal(0, CommandLine.Train(_text, _run.FullPath, "--steps", "3").Code);
        File.WriteAllText(_folder["run/notes.txt"], "mine");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Before_the_old_run_is_given_up_it_is_whole()
    {
        Dictionary<string, byte[]> before = Files();
        string config = RunReplacement.Fresh(_run).ConfigFile;
        LibraryRun.Write(RunReplacement.Fresh(_run), _text);
        byte[] whole = File.ReadAllBytes(config);
        foreach (Action stage in (Action[])[() => File.Delete(config), () => File.WriteAllBytes(config, whole)])
        {
            stage();
            Assert.Equal(0, CommandLine.Run("generate", _run.FullPath, "--length", "3").Code);
            CommandLine.Train(_text, _run.FullPath).Refuses(1, "holds a run already");
            Assert.Equal(before, Files());
        }

        Assert.Equal(3, CommandLine.Run("train", "--resume", _run.FullPath, "--json").Json.GetProperty("steps").GetInt32());
        Assert.False(Directory.Exists(RunReplacement.Fresh(_run).FullPath));
        Assert.Equal(before[_run.WeightsFile], File.ReadAllBytes(_run.WeightsFile));
    }

    public static TheoryData<int, string> Stages
    {
        get
        {
            var stages = new TheoryData<int, string>();
            for (int made = 1; made <= 6; made++)
            {
                foreach (string verb in (string[])["generate", "evaluate", "inspect", "train", "--init-from", "--resume", "--force"])
                {
                    stages.Add(made, verb);
                }
            }

            return stages;
        }
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void From_then_on_the_new_run_is_whole(int made, string verb)
    {
        LibraryRun.Write(RunReplacement.Fresh(_run), _text);
        Assert.Equal(6, RunReplacement.Moves(_run).Count);
        foreach ((_, Action make) in RunReplacement.Moves(_run).Take(made))
        {
            make();
        }

        string run = _run.FullPath;
        switch (verb)
        {
            case "generate":
                CommandLine.Run("generate", run).Refuses(1, "no model.safetensors yet", "--resume");
                break;
            case "evaluate":
                CommandLine.Run("evaluate", run, "--text", _text).Refuses(1, "no model.safetensors yet", "--resume");
                break;
            case "inspect":
                CommandLine.Run("inspect", run).Refuses(1, "no model.safetensors yet", "--resume");
                break;
            case "train":
                CommandLine.Train(_text, run).Refuses(1, "holds a run already", "--resume");
                break;
            case "--init-from":
                CommandLine.Train(_text, _folder["other"], "--init-from", run).Refuses(1, "no model.safetensors yet");
                break;
            case "--force":
                Assert.Equal(4, CommandLine.Train(_text, run, "--steps", "4", "--force", "--json").Json.GetProperty("steps").GetInt32());
                Assert.False(Directory.Exists(RunReplacement.Fresh(_run).FullPath));
                return;
        }

        JsonElement json = CommandLine.Run("train", "--resume", run, "--threads", "1", "--json").Json;
        Assert.Equal(LibraryRun.Steps, json.GetProperty("steps").GetInt32());
        Assert.Equal(LibraryRun.Hidden, new ModelFolder(run).Load().Settings.Hidden);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(run, "notes.txt")));
        Assert.False(Directory.Exists(RunReplacement.Fresh(_run).FullPath));

        Assert.Equal(0, CommandLine.Train(_text, _folder["straight"], LibraryRun.Options).Code);
        Assert.Equal(File.ReadAllBytes(_folder["straight/model.safetensors"]), File.ReadAllBytes(_run.WeightsFile));
    }

    [Fact]
    public void A_file_that_cannot_be_moved_keeps_the_new_run_until_it_can()
    {
        // A folder in the place of a file cannot be deleted as one, not even by root.
        File.Delete(_run.CardFile);
        Directory.CreateDirectory(_run.CardFile);
        string[] force = [.. LibraryRun.Options, "--force"];
        CommandLine.Train(_text, _run.FullPath, force).Refuses(1, "Cannot replace", "README.md", "the new run waits in");
        CommandLine.Run("generate", _run.FullPath).Refuses(1, "README.md", "the new run waits in");

        Directory.Delete(_run.CardFile);
        Assert.Equal(LibraryRun.Steps, CommandLine.Run("train", "--resume", _run.FullPath, "--json").Json.GetProperty("steps").GetInt32());
    }

    private Dictionary<string, byte[]> Files() =>
        Directory.EnumerateFiles(_run.FullPath).Where(file => Path.GetFileName(file) != RunLock.FileName).ToDictionary(file => file, File.ReadAllBytes);
}
