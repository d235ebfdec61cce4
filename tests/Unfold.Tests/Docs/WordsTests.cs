using Unfold.Tests.Cli;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Docs;

/// <summary>The flags of docs/words.md; its experiments want data.</summary>
public sealed class WordsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _text;

    public WordsTests() => _text = CommandLine.WriteText(_folder["text.txt"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_flags_of_training_are_there()
    {
        string[] flags = [.. Repository.Read("docs/words.md").Split('\n').Where(line => line.StartsWith("| `--", StringComparison.Ordinal)).Select(line => line.Split('`')[1])];
        Assert.Equal(9, flags.Length);
        foreach ((int place, string flag) in flags.Index())
        {
            string[] with = flag.Contains("locked", StringComparison.Ordinal) ? ["--dropout", "0.5"] : flag.Contains("sampled", StringComparison.Ordinal) ? ["--sampled-tokens", "4"] : [];
            Said said = CommandLine.Train(_text, _folder[$"run{place}"], ["--tokens", "word", "--embedding", "8", "--steps", "4", .. with, .. flag.Replace("X", "0.5", StringComparison.Ordinal).Split(' ')]);
            Assert.True(said.Code == 0, $"{flag}: {said.Error}");
        }
    }

    [Fact]
    public void The_command_runs()
    {
        string command = Assert.Single(Repository.Read("docs/words.md").Split('\n'), line => line.StartsWith("    unfold train ", StringComparison.Ordinal));
        CommandLine.WriteText(_folder["train.txt"], words: 3000);
        CommandLine.WriteText(_folder["valid.txt"], words: 100, seed: 2);
        string[] words = [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(word => word.Contains(".txt", StringComparison.Ordinal) || word.StartsWith("runs/", StringComparison.Ordinal) ? _folder[word] : word)];
        Said said = CommandLine.Run(words);
        Assert.True(said.Code == 0, said.Error);
    }

    [Fact]
    public void A_text_is_followed()
    {
        string document = Repository.Read("docs/words.md");
        Assert.Contains("`unfold evaluate MODEL --text FILE --dynamic RATE`", document, StringComparison.Ordinal);
        Assert.Contains("`--cache N`", document, StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.Train(_text, _folder["run"], "--tokens", "word", "--steps", "2").Code);
        double Loss(params string[] more) => CommandLine.Run(["evaluate", _folder["run"], "--text", _text, "--json", .. more]).Json.GetProperty("loss").GetDouble();
        double plain = Loss();
        Assert.NotEqual(plain, Loss("--dynamic", "0.1"));
        Assert.NotEqual(plain, Loss("--cache", "20"));
    }
}
