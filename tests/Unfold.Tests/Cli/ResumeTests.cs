using System.Diagnostics;
using System.Text.Json;
using Unfold.Models;
using Unfold.Persistence;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Cli;

/// <summary>A run that is interrupted in any way and taken up again ends with the same bits as one that was not.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _text;

    public ResumeTests() => _text = CommandLine.WriteText(_folder["text.txt"]);

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Settings =>
    [
        "--optimizer adam --schedule cosine --dropout 0.2 --layers 2",
        "--cell gru --optimizer rmsprop --batching windows --loss last --embedding 5",
        "--cell mingru --layers 2 --embedding 5 --dropout 0.1",
        "--cell minlstm --batching windows --loss last --layers 2",
        "--cell rnn --optimizer nesterov --lr 0.01 --schedule plateau --tokens word --embedding 6 --dropout 0.3",
    ];

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_killed_run_goes_on_with_the_same_bits(string settings)
    {
        // More steps than can be made between the first checkpoint and the kill.
        string[] more = [.. settings.Split(' '), "--steps", "3000", "--checkpoint-every", "130"];
        string killed = _folder["killed"], straight = _folder["straight"];
        using (CommandProcess process = CommandProcess.Start(CommandLine.Training(_text, killed, [.. more, "--threads", "2"])))
        {
            process.WaitFor(Path.Combine(killed, "model.safetensors"));
            process.Kill();
            Assert.NotEqual(0, process.End().Code);
        }

        Assert.True(TrainingCheckpoint.ReadResults(Path.Combine(killed, "checkpoint.safetensors")).Results.Steps < 3000);
        Assert.Equal(0, CommandLine.Run("train", "--resume", killed, "--threads", "1").Code);
        Assert.Equal(0, CommandLine.Train(_text, straight, more).Code);
        RequireEqual(straight, killed);
    }

    [Theory(Skip = UnixSignals.Reason, SkipUnless = nameof(UnixSignals.Exist), SkipType = typeof(UnixSignals))]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void An_interrupted_run_saves_and_goes_on_with_the_same_bits(string signal)
    {
        // No validation before the interruption: the last step is the first checkpoint of the uninterrupted run.
        string[] more = ["--steps", "4000", "--checkpoint-every", "100000", "--dropout", "0.1", "--layers", "2"];
        string stopped = _folder["stopped"], straight = _folder["straight"];
        using (CommandProcess process = CommandProcess.Start(CommandLine.Training(_text, stopped, more)))
        {
            process.WaitFor(Path.Combine(stopped, "config.json"));
            Thread.Sleep(150);
            process.Signal(signal);
            Said said = process.End();
            Assert.True(said.Code == 130, said.Error);
            Assert.Contains($"unfold train --resume {stopped}", said.Error, StringComparison.Ordinal);
        }

        Assert.InRange(TrainingCheckpoint.ReadResults(Path.Combine(stopped, "checkpoint.safetensors")).Results.Steps, 0, 3999);
        Assert.Equal(0, CommandLine.Run("generate", stopped, "--length", "5", "--seed", "1").Code);
        Assert.Equal(0, CommandLine.Run("train", "--resume", stopped, "--threads", "1").Code);
        Assert.Equal(0, CommandLine.Train(_text, straight, more).Code);
        RequireEqual(straight, stopped);
    }

    [Fact]
    public void Different_numbers_of_threads_give_the_same_bits()
    {
        string[] more = ["--steps", "40", "--hidden", "33", "--batch-size", "13"];
        Assert.Equal(0, CommandLine.Train(_text, _folder["one"], [.. more, "--threads", "1"]).Code);
        Assert.Equal(0, CommandLine.Train(_text, _folder["two"], [.. more, "--threads", "2"]).Code);
        Assert.Equal(0, CommandLine.Train(_text, _folder["five"], [.. more, "--threads", "5"]).Code);
        RequireEqual(_folder["one"], _folder["two"]);
        RequireEqual(_folder["one"], _folder["five"]);
    }

    [Fact]
    public void A_run_that_was_stopped_before_its_first_validation_starts_from_the_weights_of_the_first_model()
    {
        Assert.Equal(0, CommandLine.Train(_text, _folder["first"], "--steps", "30").Code);
        string[] more = ["--init-from", _folder["first"], "--steps", "4000", "--checkpoint-every", "100000"];
        using (CommandProcess process = CommandProcess.Start(["train", "--text", _text, "--out", _folder["killed"], "--batch-size", "4", "--seq-length", "10", .. more]))
        {
            process.WaitFor(_folder["killed/config.json"]);
            process.Kill();
            process.End();
        }

        Assert.Equal(0, TrainingCheckpoint.ReadResults(_folder["killed/checkpoint.safetensors"]).Results.Steps);
        CommandLine.Run("generate", _folder["killed"]).Refuses(1, "no model.safetensors yet", "--resume");
        Assert.Equal(0, CommandLine.Run("train", "--resume", _folder["killed"]).Code);
        Assert.Equal(0, CommandLine.Run(["train", "--text", _text, "--out", _folder["straight"], "--batch-size", "4", "--seq-length", "10", .. more]).Code);
        RequireEqual(_folder["straight"], _folder["killed"]);
    }

    [Fact]
    public void A_finished_run_says_so()
    {
        Said first = CommandLine.Train(_text, _folder["run"], "--steps", "7", "--json");
        Said again = CommandLine.Run("train", "--resume", _folder["run"], "--json");

        Assert.Contains("is finished", again.Error, StringComparison.Ordinal);
        foreach (string field in (string[])["steps", "train_loss", "valid_loss", "seconds", "tokens_per_second"])
        {
            Assert.Equal(first.Json.GetProperty(field).GetDouble(), again.Json.GetProperty(field).GetDouble());
        }
    }

    [Fact]
    public void The_seconds_of_a_run_are_those_of_all_its_sittings()
    {
        // A first sitting of 1000 s by the clock, 400 s of them in 4 of the 5 steps.
        LibraryRun.Write(new ModelFolder(_folder["run"]), _text, done: 4, new TrainingTime(400, 1000));
        var watch = Stopwatch.StartNew();
        JsonElement json = CommandLine.Run("train", "--resume", _folder["run"], "--threads", "1", "--json").Json;

        double now = watch.Elapsed.TotalSeconds, seconds = json.GetProperty("seconds").GetDouble();
        Assert.InRange(seconds, 1000, 1000 + now);
        double inSteps = LibraryRun.Steps * LibraryRun.BatchSize * LibraryRun.SequenceLength / json.GetProperty("tokens_per_second").GetDouble();
        Assert.InRange(inSteps, 400, 400 + seconds - 1000);

        // The resumed sitting has read the text and validated too: its clock has gone further than its steps.
        Assert.True(seconds - 1000 > inSteps - 400);
    }

    [Fact]
    public void A_finished_run_whose_weights_are_damaged_or_lost_says_so_and_can_take_the_last_ones()
    {
        Assert.Equal(0, CommandLine.Train(_text, _folder["run"], "--steps", "7", "--valid-fraction", "0.5").Code);
        string weights = _folder["run/model.safetensors"];
        byte[] before = File.ReadAllBytes(weights);
        byte[] damaged = [.. before];
        damaged.AsSpan(damaged.Length - 4).Fill(0xFF);
        File.WriteAllBytes(weights, damaged);
        CommandLine.Run("train", "--resume", _folder["run"]).Refuses(1, weights, "damaged", "step 7", "delete model.safetensors");

        File.Delete(weights);
        CommandLine.Run("generate", _folder["run"]).Refuses(1, "lost its model.safetensors", "step 7", "--resume");
        Said said = CommandLine.Run("train", "--resume", _folder["run"], "--json");
        Assert.Equal(7, said.Json.GetProperty("steps").GetInt32());
        Assert.Contains("the last ones, of step 7, take their place", said.Error, StringComparison.Ordinal);

        // One validation only, at the last step: the last weights are the best.
        Assert.Equal(before, File.ReadAllBytes(weights));
    }

    [Fact]
    public void A_changed_text_or_changed_settings_are_refused()
    {
        Assert.Equal(0, CommandLine.Train(_text, _folder["run"], "--steps", "7", "--cell", "rnn").Code);
        string text = File.ReadAllText(_text);
        File.WriteAllText(_text, text.Replace("cat", "dog", StringComparison.Ordinal));
        CommandLine.Run("train", "--resume", _folder["run"]).Refuses(1, _folder["run"], "has changed", _text);
        File.Delete(_text);
        CommandLine.Run("train", "--resume", _folder["run"]).Refuses(1, _text, "does not exist");
        File.WriteAllText(_text, text);

        (string File, string From, string To, string Before, string Now)[] changes =
        [
            ("run/config.json", "\"lr\": 0.002", "\"lr\": 0.1", "lr=0.002", "lr=0.1"),
            ("run/config.json", "\"hidden\": 8", "\"hidden\": 9", "hidden=8", "hidden=9"),
            ("run/config.json", "\"dropout\": 0", "\"dropout\": 0.4", "dropout=0", "dropout=0.4"),
            ("run/config.json", "\"activation\": \"tanh\"", "\"activation\": \"relu\"", "activation=Tanh", "activation=Relu"),
            ("run/config.json", "\"valid_fraction\": 0.05", "\"valid_fraction\": 0.2", "training_tokens=", "training_tokens="),
            ("run/vocabulary.json", "\"a\"", "\"é\"", "vocabulary=", "vocabulary="),
            ("run/vocabulary.json", "\"lowercase\": false", "\"lowercase\": true", "vocabulary=", "vocabulary="),
        ];
        foreach ((string file, string from, string to, string before, string now) in changes)
        {
            string original = File.ReadAllText(_folder[file]);
            Assert.Contains(from, original, StringComparison.Ordinal);
            File.WriteAllText(_folder[file], original.Replace(from, to, StringComparison.Ordinal));
            CommandLine.Run("train", "--resume", _folder["run"]).Refuses(1, "checkpoint.safetensors", before, now);
            File.WriteAllText(_folder[file], original);
        }

        Assert.Equal(0, CommandLine.Run("train", "--resume", _folder["run"]).Code);
    }

    [Fact]
    public void A_changed_validation_text_is_named()
    {
        string valid = CommandLine.WriteText(_folder["valid.txt"], 60, seed: 2);
        Assert.Equal(0, CommandLine.Train(_text, _folder["run"], "--steps", "7", "--valid", valid).Code);
        File.AppendAllText(valid, "cat");
        CommandLine.Run("train", "--resume", _folder["run"]).Refuses(1, $"has changed since the run began ({valid})");
        File.AppendAllText(_text, "cat");
        CommandLine.Run("train", "--resume", _folder["run"]).Refuses(1, $"({_text}, {valid})");
    }

    [Fact]
    public void A_damaged_checkpoint_and_a_model_that_is_no_run_are_refused()
    {
        Assert.Equal(0, CommandLine.Train(_text, _folder["run"], "--steps", "7").Code);
        byte[] checkpoint = File.ReadAllBytes(_folder["run/checkpoint.safetensors"]);
        File.WriteAllBytes(_folder["run/checkpoint.safetensors"], checkpoint[..(checkpoint.Length / 2)]);
        CommandLine.Run("train", "--resume", _folder["run"]).Refuses(1, "checkpoint.safetensors");
        File.Copy(_folder["run/model.safetensors"], _folder["run/checkpoint.safetensors"], overwrite: true);
        CommandLine.Run("train", "--resume", _folder["run"]).Refuses(1, "is not a training checkpoint");
        File.Delete(_folder["run/checkpoint.safetensors"]);
        CommandLine.Run("train", "--resume", _folder["run"]).Refuses(1, "no training run", "--init-from");
        CommandLine.Run("train", "--resume", _folder["none"]).Refuses(1, "no model folder");
    }

    [Fact]
    public void A_folder_in_use_is_refused()
    {
        Assert.Equal(0, CommandLine.Train(_text, _folder["run"], "--steps", "7").Code);
        using RunLock held = RunLock.Take(_folder["run"]);
        CommandLine.Run("train", "--resume", _folder["run"]).Refuses(1, "in use by another run");
        CommandLine.Train(_text, _folder["run"], "--force").Refuses(1, "in use by another run");
        Assert.Equal(0, CommandLine.Run("generate", _folder["run"], "--length", "3").Code);
    }

    /// <summary>The same tensors in both folders, but for the time that the steps took.</summary>
    private static void RequireEqual(string one, string other)
    {
        Assert.Equal(File.ReadAllBytes(Path.Combine(one, "model.safetensors")), File.ReadAllBytes(Path.Combine(other, "model.safetensors")));
        using SafeTensorsFile first = SafeTensorsFile.Open(Path.Combine(one, "checkpoint.safetensors"));
        using SafeTensorsFile second = SafeTensorsFile.Open(Path.Combine(other, "checkpoint.safetensors"));
        Assert.Equal(first.Entries.Select(entry => entry.Name), second.Entries.Select(entry => entry.Name));
        foreach (SafeTensorsEntry entry in first.Entries)
        {
            Assert.Equal(WithoutTimes(first, entry.Name), WithoutTimes(second, entry.Name));
        }
    }

    /// <summary>The third and fourth number of the progress are seconds.</summary>
    private static byte[] WithoutTimes(SafeTensorsFile file, string name)
    {
        byte[] bytes = file.ReadRaw(name);
        if (name == "progress")
        {
            bytes.AsSpan(2 * sizeof(double), 2 * sizeof(double)).Clear();
        }

        return bytes;
    }
}
