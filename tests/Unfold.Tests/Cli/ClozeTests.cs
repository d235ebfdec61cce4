using System.Text;
using System.Text.Json;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Tests.Persistence;
using Unfold.Text;

namespace Unfold.Tests.Cli;

/// <summary>Models that fill a gap, from the command line.</summary>
public sealed class ClozeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _text, _model;

    public ClozeTests()
    {
        // The word in the middle can be told from both sides together only.
        (string Middle, string Right)[] pairs = [("买", "新手机"), ("修", "旧手机"), ("借", "老手机")];
        var random = new SeededRandom(2);
        var text = new StringBuilder();
        for (int i = 0; i < 400; i++)
        {
            (string middle, string right) = pairs[random.NextInt32(3)];
            text.Append("我打算").Append(middle).Append("一部").Append(right).Append('\n');
        }

        _text = _folder["text.txt"];
        File.WriteAllText(_text, text.ToString());
        _model = _folder["model"];
        Said said = CommandLine.Run(
            "cloze", "train", "--text", _text, "--out", _model, "--hidden", "16", "--epochs", "5", "--lr", "0.02", "--threads", "1", "--json");
        Assert.Equal(380, said.Json.GetProperty("sentences").GetInt32());
        Assert.Equal(20, said.Json.GetProperty("validation_sentences").GetInt32());
        Assert.Equal(5, said.Json.GetProperty("epochs").GetInt32());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_gap_is_filled_from_both_sides()
    {
        foreach ((string word, string right) in (ReadOnlySpan<(string, string)>)[("买", "新手机"), ("修", "旧手机"), ("借", "老手机")])
        {
            Said said = CommandLine.Run("fill", _model, $"我打算____一部{right}", "--count", "3");
            string[] lines = said.Output.TrimEnd('\n').Split('\n');
            Assert.Equal(3, lines.Length);
            Assert.EndsWith($"  {word}", lines[0], StringComparison.Ordinal);
            Assert.StartsWith("0.9", lines[0], StringComparison.Ordinal);
            Assert.Equal("", said.Error);
        }

        JsonElement json = CommandLine.Run("fill", _model, "我打算____一部新手机", "--json").Json;
        JsonElement[] candidates = [.. json.GetProperty("candidates").EnumerateArray()];
        var model = ClozeModel.Load(_model);
        double[] wanted = model.Probabilities(model.Vocabulary.EncodePrefix("我打算"), model.Vocabulary.EncodePrefix("一部新手机"));
        Assert.Equal(10, candidates.Length);
        Assert.Equal("买", candidates[0].GetProperty("token").GetString());
        Assert.Equal(wanted[Vocabulary.SpecialCount..].OrderDescending().Take(10), candidates.Select(candidate => candidate.GetProperty("probability").GetDouble()));
        Assert.Equal(wanted[Vocabulary.UnknownId], json.GetProperty("unknown_probability").GetDouble());
    }

    [Fact]
    public void Sentences_of_standard_input_are_filled_one_by_one()
    {
        string[] sentences = ["我打算____一部新手机", "我打算____一部旧手机"];
        byte[] input = Encoding.UTF8.GetBytes(string.Join("\r\n", sentences));
        Said said = CommandLine.RunWith(input, "fill", _model, "-", "--among", "买", "--among", "修");
        Assert.Equal((0, "买\t修\n修\t买\n", ""), (said.Code, said.Output, said.Error));
        string[] alone = [.. sentences.Select(sentence => CommandLine.Run("fill", _model, sentence, "--json").Output)];
        Assert.Equal(string.Concat(alone), CommandLine.RunWith(input, "fill", _model, "-", "--json").Output);
        Said broken = CommandLine.RunWith("我打算____一部新手机\n我打算"u8.ToArray(), "fill", _model, "-", "--count", "1");
        Assert.Equal((1, "买\n"), (broken.Code, broken.Output));
        Assert.Contains("Line 2 of standard input: a sentence to be filled has one gap", broken.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_words_are_compared()
    {
        var model = ClozeModel.Load(_model);
        double[] wanted = model.Probabilities(model.Vocabulary.EncodePrefix("我打算"), model.Vocabulary.EncodePrefix("一部旧手机"));
        Said said = CommandLine.Run("fill", _model, "我打算____一部旧手机", "--among", "买", "--among", "修", "--among", "买");
        Assert.Equal(FormattableString.Invariant($"{wanted[model.Vocabulary.IdOf("修")]:0.000000}  修\n{wanted[model.Vocabulary.IdOf("买")]:0.000000}  买\n"), said.Output);
        CommandLine.Run("fill", _model, "我打算____一部旧手机", "--among", "买", "--among", "zebra").Refuses(1, "'zebra' cannot stand in the gap: it is 5 characters");
        CommandLine.Run("fill", _model, "我打算____一部旧手机", "--among", "买", "--among", "z").Refuses(1, "'z' cannot stand in the gap: it is not in the model's vocabulary");
        CommandLine.Run("fill", _model, "我打算____一部旧手机", "--among", "买", "--count", "2").Refuses(2, "--among", "--count");
    }

    [Fact]
    public void What_it_holds_is_shown()
    {
        var model = ClozeModel.Load(_model);
        JsonElement json = CommandLine.Run("inspect", _model, "--json").Json;
        Assert.Equal(("lstm", 16, "char"), (json.GetProperty("cell").GetString(), json.GetProperty("hidden").GetInt32(), json.GetProperty("tokens").GetString()));
        Assert.Equal(model.Vocabulary.SymbolCount, json.GetProperty("vocabulary").GetInt32());
        Assert.Equal(model.Parameters.Select(parameter => parameter.Name), json.GetProperty("tensors").EnumerateArray().Select(tensor => tensor.GetProperty("name").GetString()));
        Assert.Equal(model.Parameters.Values.Length, json.GetProperty("parameters").GetInt64());
        string text = CommandLine.Run("inspect", _model).Output;
        Assert.All((string[])["forward.layers.0", "backward.layers.0", "characters, each line a sentence, the commonest first"], word => Assert.Contains(word, text, StringComparison.Ordinal));
        CommandLine.Run("inspect", _model, "--gradient-flow").Refuses(2, "--gradient-flow", "fills gaps");
    }

    [Fact]
    public void Subwords_are_refused_before_anything_is_read() =>
        CommandLine.Run("cloze", "train", "--text", _folder["none.txt"], "--out", _folder["other"], "--tokens", "bpe").Refuses(2, "--tokens must be one of char, word, space, segmented; found bpe");

    [Fact]
    public void What_is_measured_is_the_mean_over_all_words()
    {
        JsonElement json = CommandLine.Run("cloze", "evaluate", _model, "--text", _text, "--threads", "1", "--json").Json;
        var model = ClozeModel.Load(_model);
        int[][] sentences = [.. File.ReadLines(_text).Select(line => model.Vocabulary.EncodePrefix(line))];
        double sum = 0;
        foreach (int[] sentence in sentences.DistinctBy(sentence => string.Join(',', sentence)))
        {
            int times = sentences.Count(other => other.AsSpan().SequenceEqual(sentence));
            sum -= times * Enumerable.Range(0, sentence.Length).Sum(t => Math.Log(model.Probabilities(sentence[..t], sentence[(t + 1)..])[sentence[t]]));
        }

        Assert.Equal(400, json.GetProperty("sentences").GetInt32());
        Assert.Equal(sentences.Sum(sentence => sentence.Length), json.GetProperty("tokens").GetInt32());
        Support.Close.Equal(sum / sentences.Sum(sentence => sentence.Length), json.GetProperty("loss").GetDouble(), 1e-4, 1e-5, "loss");
        Assert.Contains("perplexity", CommandLine.Run("cloze", "evaluate", _model, "--text", _text).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_saves_the_same_weights_whatever_the_threads()
    {
        string other = _folder["other"];
        Assert.Equal(0, CommandLine.Run("cloze", "train", "--text", _text, "--out", other, "--hidden", "16", "--epochs", "5", "--lr", "0.02", "--threads", "2").Code);
        Assert.Equal(File.ReadAllBytes(Path.Combine(_model, "model.safetensors")), File.ReadAllBytes(Path.Combine(other, "model.safetensors")));
    }

    [Fact]
    public void A_training_that_was_killed_goes_on_to_the_same_model()
    {
        string killed = _folder["killed"], whole = _folder["whole"];
        string[] Line(string folder) => ["cloze", "train", "--text", _text, "--out", folder, "--hidden", "8", "--epochs", "120", "--dropout", "0.1", "--threads", "1"];
        using (CommandProcess process = CommandProcess.Start(Line(killed)))
        {
            process.WaitFor(Path.Combine(killed, "checkpoint.safetensors"));
            process.Kill();
            process.End();
        }

        Assert.SkipWhen(File.Exists(Path.Combine(killed, "config.json")), "The training had ended before it was killed.");
        CommandLine.Run("fill", killed, "我__").Refuses(1, "no model yet", $"unfold cloze train --resume {killed}");
        CommandLine.Run(Line(killed)).Refuses(1, "has not ended", $"--resume {killed}");
        CommandLine.Run("cloze", "train", "--resume", killed, "--epochs", "3").Refuses(2, "--epochs cannot be given");
        Assert.Equal(0, CommandLine.Run("cloze", "train", "--resume", killed, "--threads", "2").Code);
        Assert.Equal(0, CommandLine.Run(Line(whole)).Code);
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "model.safetensors")), File.ReadAllBytes(Path.Combine(killed, "model.safetensors")));
        string[] files = ["README.md", "config.json", "model.safetensors", "vocabulary.json"];
        Assert.Equal(files, Directory.EnumerateFiles(killed).Select(Path.GetFileName).Where(name => name != ".lock").Order(StringComparer.Ordinal));
        CommandLine.Run("cloze", "train", "--resume", killed).Refuses(1, "holds no training that could go on");
    }

    [Fact]
    public void A_training_goes_on_with_its_own_text_only()
    {
        string text = _folder["changing.txt"], folder = _folder["run"];
        File.Copy(_text, text);
        using (CommandProcess process = CommandProcess.Start("cloze", "train", "--text", text, "--out", folder, "--hidden", "24", "--epochs", "100000", "--threads", "1"))
        {
            process.WaitFor(Path.Combine(folder, "checkpoint.safetensors"));
            CommandLine.Run("cloze", "train", "--resume", folder).Refuses(1, "in use by another run");
            process.Kill();
            process.End();
        }

        File.AppendAllText(text, "我打算买\n");
        CommandLine.Run("cloze", "train", "--resume", folder).Refuses(1, "has changed since the training began", text);
        File.Delete(text);
        CommandLine.Run("cloze", "train", "--resume", folder).Refuses(1, text, "does not exist");
        File.Copy(Path.Combine(_model, "config.json"), Path.Combine(folder, "config.json"));
        CommandLine.Run("fill", folder, "我__").Refuses(1, "the model is not whole", $"unfold cloze train --resume {folder}");
        string run = Path.Combine(folder, "run.json");
        string begun = _folder["begun"];
        Directory.CreateDirectory(begun);
        File.WriteAllText(Path.Combine(begun, "run.json.tmp-0123456789abcdef"), "{");
        File.Copy(Path.Combine(folder, "vocabulary.json"), Path.Combine(begun, "vocabulary.json"));
        Assert.Equal(0, CommandLine.Run("cloze", "train", "--text", _text, "--out", begun, "--hidden", "2", "--epochs", "1").Code);
        File.WriteAllText(run, File.ReadAllText(run).Replace("\"lr\": 0.002", "\"lr\": -1", StringComparison.Ordinal));
        CommandLine.Run("cloze", "train", "--resume", folder).Refuses(1, "run.json", "lr");
        Assert.True(File.Exists(Path.Combine(folder, "checkpoint.safetensors")));
    }

    [Theory]
    [InlineData("0.05")]
    [InlineData("0")]
    public void A_training_that_diverges_leaves_its_best_weights_and_nothing_to_go_on_with(string validation)
    {
        string folder = _folder["diverged"], best = _folder["best"], noise = WriteNoise();
        string[] Line(string to, string epochs) => ["cloze", "train", "--text", noise, "--valid-fraction", validation, "--out", to, "--hidden", "16", "--epochs", epochs, "--lr", "1e36", "--threads", "1"];
        Said said = CommandLine.Run(Line(folder, "500"));
        said.Refuses(1, "Training diverged at step", "The weights of epoch", $" are saved to {folder}. Begin again in another folder with --lr 0.001.");
        Assert.Equal(["README.md", "config.json", "model.safetensors", "vocabulary.json"], Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(0, CommandLine.Run("fill", folder, "我打算____一部新手机").Code);
        CommandLine.Run("cloze", "train", "--resume", folder).Refuses(1, "holds no training that could go on");

        string epoch = said.Error.Split("The weights of epoch ")[1].Split(' ', ',')[0];
        Assert.Equal(0, CommandLine.Run(Line(best, epoch)).Code);
        Assert.Equal(File.ReadAllBytes(Path.Combine(best, "model.safetensors")), File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
    }

    [Fact]
    public void A_training_that_diverges_at_once_leaves_nothing()
    {
        string folder = _folder["diverged"];
        CommandLine.Run("cloze", "train", "--text", WriteNoise(), "--out", folder, "--hidden", "16", "--lr", "3e38", "--threads", "1").Refuses(1, "Training diverged at step", "No weights were saved yet: begin again with --lr 0.001.");
        Assert.False(Directory.Exists(folder));
    }

    [Theory]
    [InlineData("3e38", "No weights were saved yet: begin again with --lr 0.001.", 0)]
    [InlineData("1e36", "The weights of epoch", 4)]
    public void A_training_that_goes_on_and_diverges_ends_too(string rate, string outcome, int files)
    {
        string folder = _folder["run"], run = Path.Combine(folder, "run.json");
        using (CommandProcess process = CommandProcess.Start("cloze", "train", "--text", WriteNoise(), "--out", folder, "--hidden", "16", "--epochs", "100000", "--threads", "1"))
        {
            process.WaitFor(Path.Combine(folder, "checkpoint.safetensors"));
            process.Kill();
            process.End();
        }

        File.Delete(Path.Combine(folder, "checkpoint.safetensors"));
        string settings = File.ReadAllText(run);
        string higher = settings.Replace("\"lr\": 0.002", $"\"lr\": {rate}", StringComparison.Ordinal).Replace("\"epochs\": 100000", "\"epochs\": 500", StringComparison.Ordinal);
        Assert.Equal(settings.Length + rate.Length - "0.002".Length - "000".Length, higher.Length);
        File.WriteAllText(run, higher);
        CommandLine.Run("cloze", "train", "--resume", folder, "--threads", "1").Refuses(1, "Training diverged at step", outcome);
        Assert.Equal(files, Directory.EnumerateFiles(folder).Count(file => Path.GetFileName(file) != ".lock"));
        CommandLine.Run("cloze", "train", "--resume", folder).Refuses(1, "holds no training that could go on");
    }

    [Fact]
    public void What_cannot_be_done_is_said()
    {
        CommandLine.Run("cloze", "train", "--text", _text, "--out", _model).Refuses(1, "is not empty", "--out");
        CommandLine.Run("cloze", "train", "--text", _text, "--out", _text).Refuses(1, "is a file");
        CommandLine.Run("cloze", "train", "--text", _folder["none.txt"], "--out", Path.Combine(_text, "new")).Refuses(1, "Cannot create the folder");
        CommandLine.Run("cloze", "train", "--text", _folder["none.txt"], "--out", _folder["new"]).Refuses(1, "none.txt", "does not exist");
        CommandLine.Run("cloze", "train", "--text", _folder["none.txt"], "--out", _folder["new/model"] + Path.DirectorySeparatorChar).Refuses(1, "none.txt", "does not exist");
        Assert.False(Directory.Exists(_folder["new"]));
        CommandLine.Run("cloze", "train", "--text", _text, "--out", _folder["new"], "--hidden", "1000000", "--layers", "1000").Refuses(1, "A cloze model of 1000 layers of 1000000");
        Assert.False(Directory.Exists(_folder["new"]));
        CommandLine.Run("cloze", "train", "--text", _text).Refuses(2, "--out is missing");
        CommandLine.Run("cloze", "train", "--resume", _folder["none"]).Refuses(1, "holds no training that could go on");
        CommandLine.Run("fill", _model, "我打算买").Refuses(1, "one gap", "found none");
        CommandLine.Run("fill", _model, "我__买__").Refuses(1, "found 2");
        CommandLine.Run("fill", _folder["none"], "我__").Refuses(1, "none");
        CommandLine.Run("fill", _folder["none"], "我__").Refuses(1, "There is no model folder", "unfold cloze train");
        CommandLine.Run("fill", _text, "我__").Refuses(1, "is a file");
        CommandLine.Run("generate", _model).Refuses(1, "ClozeModel", "not a language model", "unfold fill");
        Assert.Equal(0, CommandLine.Train(_text, _folder["language"], "--steps", "1").Code);
        CommandLine.Run("fill", _folder["language"], "我__").Refuses(1, "holds a language model", "unfold cloze train");
        File.WriteAllText(_folder["blank.txt"], "\n \n");
        CommandLine.Run("cloze", "evaluate", _model, "--text", _folder["blank.txt"]).Refuses(1, "blank.txt has no line that is not blank");
        Said strange = CommandLine.Run("fill", _model, "x____y");
        Assert.Equal((0, "2 of the characters around the gap are not in the model's vocabulary, and read as unknown.\n"), (strange.Code, strange.Error));
    }

    /// <summary>Letters without rule: no weights fit them, so that those of a high rate grow until they leave single precision.</summary>
    private string WriteNoise()
    {
        var random = new SeededRandom(3);
        string path = _folder["noise.txt"];
        File.WriteAllLines(path, Enumerable.Range(0, 400).Select(_ => string.Concat(Enumerable.Range(0, 6).Select(_ => (char)('a' + random.NextInt32(12))))));
        return path;
    }
}
