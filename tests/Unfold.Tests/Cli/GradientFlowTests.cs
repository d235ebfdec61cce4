using System.Text.Json;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Tests.Persistence;
using Unfold.Training;

namespace Unfold.Tests.Cli;

/// <summary>What inspect --gradient-flow says.</summary>
public sealed class GradientFlowTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _text;
    private readonly string _run;

    public GradientFlowTests()
    {
        _text = CommandLine.WriteText(_folder["text.txt"]);
        _run = _folder["run"];
        Assert.Equal(0, CommandLine.Train(_text, _run, "--steps", "3", "--layers", "2", "--segment-length", "4").Code);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_the_flow_of_the_loss_of_the_last_step_of_windows_from_all_over_the_text()
    {
        File.WriteAllText(_folder["new.txt"], string.Concat(Enumerable.Repeat("the cat sat on a mat ", 3)));
        JsonElement json = CommandLine.Run("inspect", _run, "--gradient-flow", "--text", _folder["new.txt"], "--seq-length", "20", "--json").Json;
        Assert.Equal(20, json.GetProperty("steps").GetInt32());
        Assert.Equal(3, json.GetProperty("sequences").GetInt32());

        LanguageModel model = new ModelFolder(_run).Load();
        int[] tokens = model.Vocabulary.Encode(File.ReadAllText(_folder["new.txt"]));
        int[] starts = [0, 21, 42];
        int[] At(int shift) => [.. Enumerable.Range(0, 60).Select(place => tokens[starts[place % 3] + (place / 3) + shift])];
        GradientFlow flow = GradientFlow.Measure(new Workers(1), tape => model.Loss(tape, At(0), At(1), 3, over: LossOver.Last).Loss);
        Assert.Equal(flow.Loss, json.GetProperty("loss").GetDouble(), 6);
        JsonElement[] layers = [.. json.GetProperty("layers").EnumerateArray()];
        Assert.Equal(["layers.0", "layers.1"], layers.Select(layer => layer.GetProperty("name").GetString()));
        foreach ((LayerFlow wanted, JsonElement found) in flow.Layers.Zip(layers))
        {
            Assert.Equal(wanted.Norms, found.GetProperty("hidden_norms").EnumerateArray().Select(norm => norm.GetDouble()));
            Assert.Equal(wanted.MemoryNorms, found.GetProperty("cell_norms").EnumerateArray().Select(norm => norm.GetDouble()));
            Assert.Equal(wanted.Factor, found.GetProperty("factor").GetDouble());
            Assert.Equal(wanted.Describe(), found.GetProperty("words").GetString());
        }
    }

    [Fact]
    public void A_model_of_sentences_writes_sentences_that_end()
    {
        string text = _folder["sentences.txt"], run = _folder["sentences"];
        File.WriteAllText(text, string.Concat(Enumerable.Repeat("the cat sat\na dog ran\nthe cat sat\nthe cat sat\na dog ran\n", 100)));
        Assert.Equal(0, CommandLine.Train(text, run, "--tokens", "space", "--sentences", "--steps", "150", "--lr", "0.02").Code);

        // The last target is the second word of the third sentence, which the first one tells.
        JsonElement json = CommandLine.Run("inspect", run, "--gradient-flow", "--seq-length", "10", "--json").Json;
        Assert.InRange(json.GetProperty("loss").GetDouble(), 0, 0.2);
    }

    [Fact]
    public void Without_a_text_the_model_writes_one_the_same_each_time()
    {
        Said first = CommandLine.Run("inspect", _run, "--gradient-flow", "--seq-length", "12", "--out", _folder["flow.svg"]);
        Assert.Equal(0, first.Code);
        Assert.Equal($"The picture is in {_folder["flow.svg"]}\n", first.Error);
        Assert.Equal(first.Output, CommandLine.Run("inspect", _run, "--gradient-flow", "--seq-length", "12").Output);
        Assert.StartsWith("The loss of the last step of 32 sequences of 12 tokens: ", first.Output, StringComparison.Ordinal);
        string[] distances = [.. first.Output.Split('\n').Where(line => line.Length > 9 && char.IsDigit(line[8])).Select(line => line[..9].Trim())];
        Assert.Equal(["0", "1", "2", "5", "10", "11", "0", "1", "2", "5", "10", "11"], distances);
        Assert.Contains("layers.1: ", File.ReadAllText(_folder["flow.svg"]), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_is_refused_in_a_sentence()
    {
        CommandLine.Run("inspect", _run, "--seq-length", "12").Refuses(2, "--seq-length wants --gradient-flow too");
        CommandLine.Run("inspect", _run, "--out", _folder["a.svg"]).Refuses(2, "--out wants --gradient-flow too");
        File.WriteAllText(_folder["short.txt"], "the cat");
        CommandLine.Run("inspect", _run, "--gradient-flow", "--text", _folder["short.txt"], "--seq-length", "7").Refuses(1, "short.txt", "7 tokens", "at least 8", "lower --seq-length");
    }

    [Fact]
    public void The_length_of_a_segment_is_kept_with_the_run() =>
        Assert.Equal(4, CommandLine.Run("inspect", _run, "--json").Json.GetProperty("training").GetProperty("segment_length").GetInt32());
}
