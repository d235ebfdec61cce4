using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Tests.Persistence;
using Unfold.Tests.Text;
using Unfold.Text;

namespace Unfold.Tests.Cli;

/// <summary>Models of Chinese words.</summary>
public sealed class SegmentationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_of_words_remembers_the_dictionary()
    {
        Tokenizations.RequireIcu();
        File.WriteAllText(_folder["text.txt"], string.Concat(Enumerable.Repeat("我昨天上学迟到了，老师批评了。\n", 80)));
        File.WriteAllText(_folder["words.txt"], "昨天上学\n");
        Said said = CommandLine.Train(_folder["text.txt"], _folder["run"], "--tokens", "segmented", "--dictionary", _folder["words.txt"], "--sentences", "--lr", "0.02", "--steps", "150", "--json");
        Assert.Equal(8, said.Json.GetProperty("vocabulary").GetInt32());
        File.Delete(_folder["words.txt"]);
        Assert.Equal("昨天上学迟到了，老师批评了。", CommandLine.Run("generate", _folder["run"], "--prompt", "我", "--greedy", "--json").Json.GetProperty("text").GetString());
        Assert.Contains($"cut by ICU {IcuLibrary.Shared.Version} and 1 words of a dictionary", CommandLine.Run("inspect", _folder["run"]).Output, StringComparison.Ordinal);
        Assert.Equal(IcuLibrary.Shared.Version, CommandLine.Run("inspect", _folder["run"], "--json").Json.GetProperty("icu").GetString());
        Assert.Equal(150, CommandLine.Run("train", "--resume", _folder["run"], "--json").Json.GetProperty("steps").GetInt32());
        CommandLine.Train(_folder["text.txt"], _folder["next"], "--init-from", _folder["run"], "--dictionary", _folder["words.txt"]).Refuses(2, "leave out --dictionary");
    }

    [Fact]
    public void Another_version_of_the_library_is_told()
    {
        Tokenizations.RequireIcu();
        File.WriteAllText(_folder["text.txt"], string.Concat(Enumerable.Repeat("我昨天上学迟到了，老师批评了。\n", 20)));
        CommandLine.Train(_folder["text.txt"], _folder["run"], "--tokens", "segmented", "--steps", "2", "--json");
        Assert.DoesNotContain("note:", CommandLine.Run("evaluate", _folder["run"], "--text", _folder["text.txt"]).Error, StringComparison.Ordinal);
        var run = new ModelFolder(_folder["run"]);
        File.WriteAllText(run.VocabularyFile, File.ReadAllText(run.VocabularyFile).Replace($"\"{IcuLibrary.Shared.Version}\"", "\"49.1\"", StringComparison.Ordinal));
        run.SaveWeights(new LanguageModel(RunSettings.Read(run.ConfigFile).Model, Vocabulary.Load(run.VocabularyFile), new SeededRandom(1)));
        Said said = CommandLine.Run("evaluate", _folder["run"], "--text", _folder["text.txt"]);
        Assert.Contains($"has learned words that ICU 49.1 has cut, and this system has ICU {IcuLibrary.Shared.Version}", said.Error, StringComparison.Ordinal);
        Assert.Equal(0, said.Code);
    }

    [Fact]
    public void A_dictionary_that_cannot_be_used_is_refused_and_nothing_is_written()
    {
        string text = CommandLine.WriteText(_folder["text.txt"]);
        CommandLine.Train(text, _folder["run"], "--tokens", "segmented", "--dictionary", _folder["none.txt"]).Refuses(1, "none.txt does not exist");
        File.WriteAllText(_folder["words.txt"], "word\n");
        CommandLine.Train(text, _folder["run"], "--tokens", "segmented", "--dictionary", _folder["words.txt"]).Refuses(1, "words.txt", "only words of ideographs or kana, and of letters and digits beside them");
        Assert.False(Directory.Exists(_folder["run"]));
    }
}
