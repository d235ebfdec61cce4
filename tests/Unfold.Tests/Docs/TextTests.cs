using Unfold.Tests.Cli;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;
using Unfold.Tests.Text;
using Unfold.Text;

namespace Unfold.Tests.Docs;

/// <summary>docs/text.md shows what the tokenizers do, and its commands run.</summary>
public sealed class TextTests
{
    private const string Document = "docs/text.md";
    private const string Line = "The cat doesn't, 我昨天上学迟到了";

    public static TheoryData<TokenKind> Kinds => [.. Enum.GetValues<TokenKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_line_is_cut_as_is_shown(TokenKind kind)
    {
        string shown = Repository.Read(Document).Split("```text\n")[1].Split("```")[0].Split('\n').Single(line => line.StartsWith($"{kind.Name} ", StringComparison.Ordinal));
        Tokenization tokenization = Tokenizations.Of(kind, string.Concat(Enumerable.Repeat(Line + "\n", 10)));
        Assert.Equal(shown, $"{kind.Name,-10} {string.Join(" · ", tokenization.CreateTokenizer().Split(Line)).Replace(' ', '_').Replace("_·_", " · ")}");
    }

    [Fact]
    public void The_commands_run()
    {
        string[] commands = [.. Repository.Read(Document).Split('\n').Where(line => line.StartsWith("    unfold ", StringComparison.Ordinal))];
        Assert.Equal(7, commands.Length);
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["lines.txt"], string.Concat(Enumerable.Repeat(Line + "\n", 40)));
        File.WriteAllText(folder["book.txt"], "A cat\nsat. It ran.\n");
        File.WriteAllText(folder["words.txt"], "昨天上学 3\n");
        File.WriteAllText(folder["mixed.txt"], "買\n");
        foreach (string command in commands)
        {
            if (command.Contains("segmented", StringComparison.Ordinal) || command.Contains("unfold sentences", StringComparison.Ordinal))
            {
                Tokenizations.RequireIcu();
            }

            if (command.Contains("simplify", StringComparison.Ordinal))
            {
                Tokenizations.RequireSimplifiedChinese();
            }

            string[] words = [.. command.Split(" > ")[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(word => word.Contains(".txt", StringComparison.Ordinal) || word.StartsWith("runs/", StringComparison.Ordinal) ? folder[word] : word)];
            Said said = CommandLine.Run(words[0] == "train" ? [.. words, .. CommandLine.Tiny, "--steps", "2"] : words);
            Assert.True(said.Code == 0, said.Error);
        }
    }
}
