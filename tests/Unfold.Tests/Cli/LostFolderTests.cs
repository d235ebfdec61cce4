using Unfold.Tests.Persistence;

namespace Unfold.Tests.Cli;

/// <summary>A training whose folder is not its own any more ends, and writes nothing into what stands there.</summary>
public sealed class LostFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _text;
    private readonly string _run;

    public LostFolderTests() => (_text, _run) = (CommandLine.WriteText(_folder["text.txt"]), _folder["run"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Another_run_in_a_folder_of_the_same_name_stays_as_it_is()
    {
        using CommandProcess process = Start();
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows moves no folder in which a file is open.");
        Directory.Move(_run, _folder["moved"]);
        Assert.Equal(0, CommandLine.Train(_text, _run, "--steps", "3", "--seed", "7").Code);
        Dictionary<string, byte[]> before = Directory.GetFiles(_run).ToDictionary(file => file, File.ReadAllBytes);

        process.End().Refuses(1, _run, "was deleted, moved or replaced meanwhile", "Nothing more is written");
        Assert.Equal(before.Keys.Order(), Directory.GetFiles(_run).Order());
        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
    }

    [Fact]
    public void A_copy_in_its_place_is_not_written_to()
    {
        using CommandProcess process = Start();
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows moves no folder in which a file is open.");
        Directory.Move(_run, _folder["moved"]);
        Directory.CreateDirectory(_run);
        foreach (string file in Directory.GetFiles(_folder["moved"]).Where(file => Path.GetFileName(file) != ".lock"))
        {
            File.Copy(file, Path.Combine(_run, Path.GetFileName(file)));
        }

        // A copy that keeps times, as backups do.
        File.WriteAllText(_folder["run/.lock"], "");
        File.SetLastWriteTimeUtc(_folder["run/.lock"], File.GetLastWriteTimeUtc(_folder["moved/.lock"]));
        byte[] before = File.ReadAllBytes(_folder["run/checkpoint.safetensors"]);
        process.End().Refuses(1, _run, "was deleted, moved or replaced meanwhile");
        Assert.Equal(before, File.ReadAllBytes(_folder["run/checkpoint.safetensors"]));
    }

    [Fact]
    public void A_folder_without_its_config_is_not_written_to()
    {
        using CommandProcess process = Start();
        File.Delete(_folder["run/config.json"]);
        Dictionary<string, byte[]> before = Directory.GetFiles(_run, "*.safetensors").ToDictionary(file => file, File.ReadAllBytes);
        process.End().Refuses(1, _run, "has lost its config.json");
        Assert.Equal(2, before.Count);
        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
    }

    [Fact]
    public void A_training_for_gaps_leaves_a_folder_that_is_not_its_own()
    {
        using CommandProcess process = CommandProcess.Start("cloze", "train", "--tokens", "word", "--text", _text, "--out", _run, "--hidden", "8", "--epochs", "1000000", "--threads", "1");
        process.WaitForError("Training:");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows moves no folder in which a file is open.");
        Directory.Move(_run, _folder["moved"]);
        Directory.CreateDirectory(_run);
        File.WriteAllText(_folder["run/run.json"], "of another training");
        Said said = process.End();
        Assert.True(said.Code == 1, said.Error);
        Assert.Equal([_folder["run/run.json"]], Directory.GetFiles(_run));
    }

    private CommandProcess Start()
    {
        // Its first checkpoint is saved when it says so, and the second one comes about a second later.
        CommandProcess process = CommandProcess.Start(CommandLine.Training(_text, _run, "--steps", "100000000", "--checkpoint-every", "10000"));
        process.WaitForError("step ");
        return process;
    }
}
