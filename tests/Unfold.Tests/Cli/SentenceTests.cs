using System.Text.Json;
using Unfold.Tests.Persistence;
using Unfold.Text;

namespace Unfold.Tests.Cli;

/// <summary>Lines as sentences, lines cut into words already, and the least frequent words left out.</summary>
public sealed class SentenceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _run;

    public SentenceTests()
    {
        _run = _folder["run"];
        string lines = string.Concat(Enumerable.Repeat("the cat sat\nthe dog ran off\n\n", 120)) + "rare\n";
        File.WriteAllText(_folder["text.txt"], lines);
        Said said = CommandLine.Train(_folder["text.txt"], _run, "--tokens", "space", "--sentences", "--min-count", "2", "--hidden", "16", "--lr", "0.02", "--steps", "120", "--json");
        Assert.Equal(6, said.Json.GetProperty("vocabulary").GetInt32());
        Assert.Equal(1, said.Json.GetProperty("unknown_tokens").GetInt32());
        Assert.Contains("1 tokens (0.", said.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sentence_that_is_written_stops_at_its_end()
    {
        JsonElement json = CommandLine.Run("generate", _run, "--greedy", "--prompt", "the dog", "--json").Json;
        Assert.Equal(" ran off", json.GetProperty("text").GetString());
        Assert.Equal("end", json.GetProperty("stopped_by").GetString());
        Assert.Equal(3, json.GetProperty("tokens").GetInt32());
        Assert.Equal(["the cat sat\n", "the dog ran off\n"], Enumerable.Range(1, 20).Select(seed => CommandLine.Run("generate", _run, "--temperature", "0.3", "--seed", $"{seed}").Output).Distinct().Order());
        Assert.Contains("</s>", CommandLine.Run("generate", _run, "--prompt", "the cat sat", "--next", "1").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_token_and_every_end_is_measured()
    {
        File.WriteAllText(_folder["test.txt"], "the cat sat\n\nthe dog\n");
        JsonElement json = CommandLine.Run("evaluate", _run, "--text", _folder["test.txt"], "--json").Json;
        Assert.Equal(7, json.GetProperty("tokens").GetInt32());
        File.WriteAllText(_folder["test.txt"], "mouse");
        json = CommandLine.Run("evaluate", _run, "--text", _folder["test.txt"], "--json").Json;
        Assert.Equal((2, 1), (json.GetProperty("tokens").GetInt32(), json.GetProperty("unknown_tokens").GetInt32()));
    }

    [Fact]
    public void The_model_knows_how_its_text_was_cut()
    {
        Vocabulary vocabulary = Vocabulary.Load(Path.Combine(_run, "vocabulary.json"));
        Assert.Equal((TokenKind.Space, TextMode.Sentences), (vocabulary.Kind, vocabulary.Mode));
        JsonElement json = CommandLine.Run("inspect", _run, "--json").Json;
        Assert.Equal("space", json.GetProperty("tokens").GetString());
        Assert.True(json.GetProperty("sentences").GetBoolean());
        Assert.Contains("each line a sentence", CommandLine.Run("inspect", _run).Output, StringComparison.Ordinal);
        Assert.Contains("Each line is a sentence.", File.ReadAllText(Path.Combine(_run, "README.md")), StringComparison.Ordinal);
        Assert.Equal(120, CommandLine.Run("train", "--resume", _run, "--json").Json.GetProperty("steps").GetInt32());
        Said next = CommandLine.Run("train", "--text", _folder["text.txt"], "--init-from", _run, "--out", _folder["next"], "--sentences", "--batch-size", "4", "--seq-length", "10", "--steps", "1");
        Assert.True(next.Code == 0, next.Error);
    }

    [Fact]
    public void What_a_start_model_has_cannot_be_changed()
    {
        CommandLine.Train(_folder["text.txt"], _folder["next"], "--init-from", _run, "--hidden", "16", "--min-count", "3").Refuses(2, "leave out --min-count");
        CommandLine.Train(_folder["text.txt"], _folder["next"], "--init-from", _run, "--hidden", "16", "--tokens", "word").Refuses(2, "which has tokens space: leave out --tokens");
        Assert.Equal(0, CommandLine.Train(_folder["text.txt"], _folder["running"], "--steps", "1").Code);
        CommandLine.Run("train", "--text", _folder["text.txt"], "--out", _folder["next"], "--init-from", _folder["running"], "--sentences").Refuses(2, "which has running text: leave out --sentences");
        Assert.False(Directory.Exists(_folder["next"]));
    }

    [Theory]
    [InlineData("<s> a b </s>\n", "space", "Line 1 of", "marks the beginning of a sentence")]
    [InlineData("a b\r\n\n\r  \na\nb </s>\n\na", "space", "Line 6 of", "marks the end of a sentence")]
    [InlineData("a\n\nb <s>", "space", "Line 3 of", "marks the beginning of a sentence")]
    [InlineData("a b c\na c b\n", "space", "lower --min-count")]
    [InlineData(" \n \n", "word", "no token that is frequent enough")]
    public void A_text_without_usable_words_is_refused(string text, string tokens, params string[] words)
    {
        File.WriteAllText(_folder["bad.txt"], text);
        CommandLine.Train(_folder["bad.txt"], _folder["next"], "--tokens", tokens, "--sentences", "--min-count", "9").Refuses(1, words);
        Assert.False(Directory.Exists(_folder["next"]));
    }

    [Fact]
    public void A_blank_text_cannot_be_measured()
    {
        File.WriteAllText(_folder["blank.txt"], "\n \n");
        CommandLine.Run("evaluate", _run, "--text", _folder["blank.txt"]).Refuses(1, "no line that is not blank");
    }
}
