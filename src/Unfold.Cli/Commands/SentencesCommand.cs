using System.CommandLine;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>unfold sentences: writes a running text with one sentence a line.</summary>
internal sealed class SentencesCommand(Terminal terminal)
{
    private readonly Argument<string> _file = Options.FileOrInput("A UTF-8 file, or - for standard input.");
    private readonly Option<bool> _wrapped = Options.Switch("--wrapped", "Lines are wrapped: a sentence goes on in the next line, up to a blank one. Default each line ends its last sentence.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new SentencesCommand(terminal);
        var command = new Command("sentences", "Write a running text with one sentence a line, as --sentences and unfold ngram want it.") { verb._file, verb._wrapped };
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        using var interruption = new Interruption(terminal);
        var cutter = new SentenceCutter();
        var lines = new ArrivingLines(terminal, parsed.GetRequiredValue(_file));
        using var progress = new ProgressLine(terminal, $"Cutting {lines.Name}");
        IEnumerable<string> read = lines.Each(terminal, progress, interruption.Token);
        foreach (string text in parsed.GetValue(_wrapped) ? SentenceCutter.Paragraphs(read, lines.Name) : read)
        {
            foreach (string sentence in cutter.Cut(text))
            {
                progress.MakeRoom();
                terminal.Output.Write(sentence);
                terminal.Output.Write('\n');
            }
        }

        return ExitCode.Done;
    }
}
