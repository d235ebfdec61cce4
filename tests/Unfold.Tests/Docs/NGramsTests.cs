using Unfold.Persistence;
using Unfold.Tests.Cli;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Docs;

/// <summary>The commands of docs/ngrams.md.</summary>
public sealed class NGramsTests
{
    [Fact]
    public void The_commands_run()
    {
        string[] commands = [.. Repository.Read("docs/ngrams.md").Split('\n').Where(line => line.StartsWith("    unfold ", StringComparison.Ordinal))];
        Assert.Equal(9, commands.Length);
        using var folder = new TemporaryFolder();
        CommandLine.WriteText(folder["train.txt"]);
        CommandLine.WriteText(folder["test.txt"], words: 200, seed: 2);
        CommandLine.WriteText(folder["held-out.txt"], words: 200, seed: 3);
        File.WriteAllText(folder["lexicon.txt"], "cat\nzebra\nthe\n");
        foreach (string command in commands)
        {
            Said said = CommandLine.Run([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(word => word.Contains('.', StringComparison.Ordinal) ? folder[word] : word)]);
            Assert.True(said.Code == 0, $"{command}: {said.Error}");
        }

        Vocabulary limited = NGramFile.Read(folder["limited.arpa"], cancellation: TestContext.Current.CancellationToken).Vocabulary;
        Assert.Equal(["cat", "the", "zebra"], Enumerable.Range(Vocabulary.SpecialCount, limited.SymbolCount).Select(id => limited[id]).Order(StringComparer.Ordinal));
    }
}
