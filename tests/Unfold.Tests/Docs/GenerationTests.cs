using Unfold.Tests.Cli;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Docs;

/// <summary>The commands and options of docs/generation.md, but for the fetching of a text.</summary>
public sealed class GenerationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _text, _run;

    public GenerationTests()
    {
        _text = _folder["text.txt"];
        _run = _folder["run"];
        File.WriteAllText(_text, string.Concat(Enumerable.Repeat("我的手机坏了，我打算买一部新手机\n", 40)));
        Assert.Equal(0, CommandLine.Train(_text, _run, "--steps", "2").Code);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_commands_run()
    {
        string[] commands = [.. Repository.Read("docs/generation.md").Split('`').Where(text => text.StartsWith("unfold ", StringComparison.Ordinal) && !text.Contains("data get", StringComparison.Ordinal))];
        Assert.Equal(6, commands.Length);
        foreach (string command in commands)
        {
            string[] words = [.. command.Split(' ').Skip(1).Select(word => word switch
            {
                "MODEL" => _run,
                "FILE" => _text,
                "DIR" => _folder["gaps"],
                _ => word.Trim('"'),
            })];
            string[] more = words switch
            {
                ["generate", ..] => ["--length", "5"],
                ["cloze", "train", "--text", ..] => ["--epochs", "1", "--hidden", "4"],
                ["cloze", "evaluate", ..] => [_folder["gaps"], "--text", _text],
                _ => [],
            };
            Said said = CommandLine.Run([.. words, .. more]);
            if (words.Contains("--resume"))
            {
                // The training has ended by then.
                said.Refuses(1, "no training that could go on");
                continue;
            }

            Assert.True(said.Code == 0, $"{command}: {said.Error}");
        }
    }

    [Fact]
    public void The_options_of_drawing_and_searching_are_there()
    {
        string[] options = [.. Repository.Read("docs/generation.md").Split("## Filling")[0].Split('`').Where(text => text.StartsWith("--", StringComparison.Ordinal) && text.Contains(' ', StringComparison.Ordinal))];
        Assert.Equal(14, options.Length);
        foreach (string option in options)
        {
            string[] words = [.. option.Split(' ').Select(word => word switch
            {
                "X" => option.Contains("penalty", StringComparison.Ordinal) ? "1.2" : "0.5",
                "N" or "K" or "G" => "2",
                "TEXT" => "手机",
                _ => word,
            })];
            bool searches = option.Contains("--beam-groups", StringComparison.Ordinal) || option.Contains("--must", StringComparison.Ordinal);
            Said said = CommandLine.Run(["generate", _run, .. option.StartsWith("--next", StringComparison.Ordinal) ? (string[])[] : ["--length", "5"], .. words, .. searches ? (string[])["--beam", "2"] : []]);
            Assert.True(said.Code == 0, $"{option}: {said.Error}");
        }
    }
}
