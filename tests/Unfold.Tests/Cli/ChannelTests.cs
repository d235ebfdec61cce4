using System.Text.Json;
using Unfold.Tests.Persistence;
using Unfold.Tests.Text;

namespace Unfold.Tests.Cli;

/// <summary>What channel makes, which rescore reads.</summary>
public sealed class ChannelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _train, _text;

    public ChannelTests()
    {
        _train = CommandLine.WriteText(_folder["train.txt"]);
        _text = _folder["text.txt"];
        File.WriteAllText(_text, "the cat sat on the mat.\n\n  \nAnn sat on the red dog.\r\nthe dog\n");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("words")]
    [InlineData("keyboard")]
    [InlineData("shape")]
    public void Lists_can_be_rescored(string noise)
    {
        Tokenizations.RequireIcu();
        string[] command = ["channel", "--text", _text, "--train", _train, "--noise", noise, "--rate", "0.5", "--size", "20", "--seed", "2"];
        Said said = CommandLine.Run(command);
        Assert.True(said.Code == 0, said.Error);
        Assert.Equal(said.Output, CommandLine.Run(command).Output);
        JsonElement[] lists = [.. said.Output.TrimEnd('\n').Split('\n').Select(Parse)];
        Assert.Equal(["the cat sat on the mat.", "Ann sat on the red dog.", "the dog"], lists.Select(list => list.GetProperty("reference").GetString()));
        Assert.Contains(lists, list => list.GetProperty("observed").GetString() != list.GetProperty("reference").GetString());
        Assert.All(lists, list => Assert.InRange(list.GetProperty("hypotheses").GetArrayLength(), 1, 20));
        Assert.Contains(lists, list => list.GetProperty("hypotheses").GetArrayLength() > 1);

        File.WriteAllText(_folder["lists.jsonl"], said.Output);
        Assert.Equal(0, CommandLine.Train(_train, _folder["run"], "--steps", "5").Code);
        Assert.Equal(0, CommandLine.Run("rescore", _folder["run"], "--nbest", _folder["lists.jsonl"], "--tune", _folder["lists.jsonl"]).Code);
    }

    [Fact]
    public void What_was_typed_is_put_right()
    {
        File.WriteAllText(_folder["learned.txt"], string.Concat(Enumerable.Repeat("the cat sat on the mat.\nthe red dog ran to the cat.\n", 20)));
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--tokens", "char", "--order", "6", "--text", _folder["learned.txt"], "--out", _folder["model.arpa"]).Code);
        File.WriteAllText(_folder["typed.txt"], "the cst sat on thr mat.\n\nthe ted dog rsn to the cat.\n");
        Said said = CommandLine.Run("channel", "--text", _folder["typed.txt"], "--observed", "--train", _folder["learned.txt"], "--noise", "keyboard", "--rate", "0.05", "--size", "2000");
        JsonElement[] lists = [.. said.Output.TrimEnd('\n').Split('\n').Select(Parse)];
        Assert.Equal(["the cst sat on thr mat.", "the ted dog rsn to the cat."], lists.Select(list => list.GetProperty("observed").GetString()));
        Assert.All(lists, list => Assert.Equal(["id", "observed", "hypotheses"], list.EnumerateObject().Select(field => field.Name)));
        File.WriteAllText(_folder["lists.jsonl"], said.Output);
        Assert.Equal("1 the cat sat on the mat.\n2 the red dog ran to the cat.\n", CommandLine.Run("rescore", _folder["model.arpa"], "--nbest", _folder["lists.jsonl"]).Output);
    }

    [Fact]
    public void Chinese_words_become_words_that_sound_alike()
    {
        Tokenizations.RequireIcu();
        File.WriteAllText(_folder["chinese.txt"], "他 来 了 3 次 。\n她 来 了\n我 去 它 那里\n");
        Said said = CommandLine.Run("channel", "--text", _folder["chinese.txt"], "--train", _folder["chinese.txt"], "--rate", "0.9", "--size", "5");
        Assert.True(said.Code == 0, said.Error);
        string[] observed = [.. said.Output.TrimEnd('\n').Split('\n').Select(line => Parse(line).GetProperty("observed").GetString()!)];
        Assert.Matches("^[他她它] 来 了 3 次 。$", observed[0]);
        Assert.Matches("^我 去 [他她它] 那里$", observed[2]);
        Assert.NotEqual("他它", $"{observed[0][0]}{observed[2][4]}");
        Assert.Contains("10 of 13 words resemble no other", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_meant_is_refused()
    {
        File.WriteAllText(_folder["blank.txt"], "\n \n");
        CommandLine.Run("channel", "--text", _text).Refuses(2, "--train is missing");
        CommandLine.Run("channel", "--train", _text).Refuses(2, "--text is missing");
        CommandLine.Run("channel", "--text", _text, "--train", _train, "--observed", "--seed", "1").Refuses(2, "--observed", "--seed");
        CommandLine.Run("channel", "--text", _text, "--train", _train, "--rate", "1").Refuses(2, "--rate must be a number of at least 1e-100 and below 1");
        CommandLine.Run("channel", "--text", _text, "--train", _train, "--noise", "loud").Refuses(2, "words, keyboard, shape");
        CommandLine.Run("channel", "--text", _text, "--train", _folder["blank.txt"]).Refuses(1, "can be taken for each other");
        CommandLine.Run("channel", "--text", _folder["blank.txt"], "--train", _train).Refuses(1, "no line that is not blank");
        CommandLine.Run("channel", "--text", _folder["none"], "--train", _train).Refuses(1, "does not exist");
        CommandLine.Run("channel", "--text", _text, _folder["none"], "--train", _train).Refuses(1, "does not exist");
    }

    private static JsonElement Parse(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }
}
