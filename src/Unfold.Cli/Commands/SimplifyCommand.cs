using System.CommandLine;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>unfold simplify: writes a Chinese text of both scripts in simplified characters.</summary>
internal sealed class SimplifyCommand(Terminal terminal)
{
    private readonly Argument<string> _file = Options.FileOrInput("A UTF-8 file, or - for standard input.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new SimplifyCommand(terminal);
        var command = new Command("simplify", "Write a Chinese text in simplified characters, so that 買 and 买 are one word.") { verb._file };
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        using var interruption = new Interruption(terminal);
        using var simplified = new SimplifiedChinese();
        var lines = new ArrivingLines(terminal, parsed.GetRequiredValue(_file));
        using var progress = new ProgressLine(terminal, $"Simplifying {lines.Name}");
        foreach (string line in lines.Each(terminal, progress, interruption.Token))
        {
            string written = simplified.Of(line);
            progress.MakeRoom();
            terminal.Output.Write(written);
            terminal.Output.Write('\n');
        }

        return ExitCode.Done;
    }
}
