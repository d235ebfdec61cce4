using Unfold.Rescoring;
using Unfold.Tests.Cli;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Docs;

/// <summary>The commands and the list of docs/scoring.md.</summary>
public sealed class ScoringTests : IDisposable
{
    private const string Document = "docs/scoring.md";
    private const string Lines = "the cat sat\nthe dog sat on the mat\na cat ran\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_commands_run()
    {
        string json = Example();
        File.WriteAllText(_folder["lines.txt"], string.Concat(Enumerable.Repeat(Lines, 40)));
        File.WriteAllText(_folder["held-out.txt"], Lines);
        File.WriteAllText(_folder["typed.txt"], "the cst sat\n");
        File.WriteAllText(_folder["lists.jsonl"], json);
        File.WriteAllText(_folder["development.jsonl"], json);
        Assert.Equal(0, CommandLine.Train(_folder["lines.txt"], _folder["runs/lines"], "--steps", "2").Code);
        string[] commands = [.. Repository.Read(Document).Split('\n').Where(line => line.StartsWith("    unfold ", StringComparison.Ordinal))];
        Assert.Equal(9, commands.Length);
        foreach (string command in commands)
        {
            string[] words = [.. command.Replace("\"the c\"", "the_c", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1)
                .Select(word => word.Contains(".txt", StringComparison.Ordinal) || word.Contains(".jsonl", StringComparison.Ordinal) || word.Contains(".arpa", StringComparison.Ordinal) || word.StartsWith("runs/", StringComparison.Ordinal) ? _folder[word] : word.Replace('_', ' '))];
            Said said = CommandLine.Run(words);
            Assert.True(said.Code == 0, $"{command}: {said.Error}");
            Assert.True(said.Output.Length > 0 || File.Exists(words[^1]), command);
        }
    }

    [Fact]
    public void The_list_is_one()
    {
        File.WriteAllText(_folder["list"], Example());
        NBestList list = Assert.Single(NBestFile.Read([_folder["list"]], cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(("a", 2, "the cat sat"), (list.Id, list.Hypotheses.Count, list.Reference));
    }

    private static string Example() => Repository.Read(Document).Split("```json\n")[1].Split("```")[0];
}
