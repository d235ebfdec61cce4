using System.Text.Json;
using Unfold.Tests.Persistence;
using Unfold.Text;

namespace Unfold.Tests.Cli;

/// <summary>Models of subwords.</summary>
public sealed class SubwordTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Subwords_are_learned_saved_and_written_back()
    {
        string text = CommandLine.WriteText(_folder["text.txt"]), run = _folder["run"];
        Said said = CommandLine.Train(text, run, "--tokens", "bpe", "--vocabulary", "290", "--hidden", "16", "--lr", "0.02", "--steps", "150", "--json");
        Assert.InRange(said.Json.GetProperty("vocabulary").GetInt32(), 257, 290);
        Assert.Equal(0, said.Json.GetProperty("unknown_tokens").GetInt32());
        Assert.Contains("subwords", said.Error, StringComparison.Ordinal);

        Vocabulary vocabulary = Vocabulary.Load(Path.Combine(run, "vocabulary.json"));
        Assert.NotEmpty(vocabulary.Tokenization.Pairs!.Merges);
        Assert.Contains("language model over subwords", File.ReadAllText(Path.Combine(run, "README.md")), StringComparison.Ordinal);

        // A prompt may hold what the text never did, and what is written is whole characters.
        JsonElement json = CommandLine.Run("generate", run, "--prompt", "the 🚀猫", "--length", "30", "--seed", "1", "--json").Json;
        Assert.Equal(30, json.GetProperty("tokens").GetInt32());
        File.WriteAllText(_folder["test.txt"], "the cat 🚀\n");
        json = CommandLine.Run("evaluate", run, "--text", _folder["test.txt"], "--json").Json;
        Assert.Equal(vocabulary.Encode("the cat 🚀\n").Length - 1, json.GetProperty("tokens").GetInt32());
        Assert.Equal("bpe", CommandLine.Run("inspect", run, "--json").Json.GetProperty("tokens").GetString());
        Assert.DoesNotContain("commonest", CommandLine.Run("inspect", run).Output, StringComparison.Ordinal);
        Assert.Equal(150, CommandLine.Run("train", "--resume", run, "--json").Json.GetProperty("steps").GetInt32());
    }

    [Fact]
    public void A_vocabulary_without_room_for_the_bytes_is_refused()
    {
        string text = CommandLine.WriteText(_folder["text.txt"]);
        CommandLine.Train(text, _folder["run"], "--tokens", "bpe", "--vocabulary", "256").Refuses(2, "--tokens bpe wants --vocabulary of more than 256", "found 256");
        Assert.Equal(0, CommandLine.Train(text, _folder["run"], "--tokens", "bpe", "--vocabulary", "257", "--steps", "1").Code);
    }
}
