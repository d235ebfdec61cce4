using System.Globalization;
using System.Text.Json;
using Unfold.Persistence;
using Unfold.Tests.Persistence;
using Unfold.Text;

namespace Unfold.Tests.Cli;

/// <summary>A vocabulary holds no more than it is told to, and says what that costs.</summary>
public sealed class VocabularyLimitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_rarer_tokens_are_unknown_and_counted()
    {
        string text = CommandLine.WriteText(_folder["text.txt"]);
        Said said = CommandLine.Train(text, _folder["run"], "--tokens", "word", "--vocabulary", "5", "--steps", "3", "--json");
        Assert.Equal(5, said.Json.GetProperty("vocabulary").GetInt32());

        Vocabulary vocabulary = Vocabulary.Load(_folder["run/vocabulary.json"]);
        int[] ids = vocabulary.Encode(File.ReadAllText(text));
        int unknown = ids.Count(id => id == Vocabulary.UnknownId);
        Assert.InRange(unknown, 100, ids.Length - 100);
        Assert.Contains("limited to the 5 most frequent tokens; --vocabulary", said.Error, StringComparison.Ordinal);
        string count = unknown.ToString("N0", CultureInfo.InvariantCulture);
        Assert.Contains(FormattableString.Invariant($"{count} tokens ({100.0 * unknown / ids.Length:0.##}%) are not in the vocabulary"), said.Error, StringComparison.Ordinal);
        Assert.Contains($"| tokens outside the vocabulary | {count}, read as unknown |", File.ReadAllText(_folder["run/README.md"]), StringComparison.Ordinal);
        Assert.Equal(unknown, CommandLine.Run("inspect", _folder["run"], "--json").Json.GetProperty("training").GetProperty("unknown_tokens").GetInt32());
        Assert.Equal(3, CommandLine.Run("train", "--resume", _folder["run"], "--json").Json.GetProperty("steps").GetInt32());
    }

    [Fact]
    public void A_limit_that_is_not_reached_changes_nothing()
    {
        string text = CommandLine.WriteText(_folder["text.txt"]);
        Said free = CommandLine.Train(text, _folder["free"], "--tokens", "word", "--steps", "3");
        Said limited = CommandLine.Train(text, _folder["limited"], "--tokens", "word", "--steps", "3", "--vocabulary", "40000");

        foreach (string file in (string[])["model.safetensors", "vocabulary.json", "config.json"])
        {
            Assert.Equal(File.ReadAllBytes(_folder[$"free/{file}"]), File.ReadAllBytes(_folder[$"limited/{file}"]));
        }

        Assert.Equal(0, free.Code);
        Assert.DoesNotContain("is limited", limited.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("unknown", File.ReadAllText(_folder["free/config.json"]) + File.ReadAllText(_folder["free/README.md"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Words_are_limited_where_nothing_is_said_and_characters_are_not()
    {
        const int limit = 50_000, more = 300;
        string text = _folder["words.txt"];
        string[] words = [.. Enumerable.Range(0, limit + more).Select(number => $"w{number}")];

        // The rarer words stand at the end: the frequent ones are known not because they come first.
        File.WriteAllText(text, string.Join(' ', [.. words[more..], .. words, "w0"]));
        JsonElement json = CommandLine.Train(text, _folder["run"], "--tokens", "word", "--hidden", "1", "--embedding", "1", "--batch-size", "1", "--seq-length", "2", "--steps", "1", "--valid-fraction", "0", "--json").Json;

        Vocabulary vocabulary = Vocabulary.Load(_folder["run/vocabulary.json"]);
        Assert.Equal(limit, json.GetProperty("vocabulary").GetInt32());
        Assert.Equal(Vocabulary.UnknownId, vocabulary.IdOf("w1"));
        Assert.NotEqual(Vocabulary.UnknownId, vocabulary.IdOf($"w{limit + more - 1}"));
        RunData data = RunSettings.Read(_folder["run/config.json"]).Data!;
        // Those of the first three hundred that come once, and of those that come twice the last in order, twice.
        Assert.Equal(more - 1 + 2, data.UnknownTokens);
    }
}
