using System.CommandLine;
using Unfold.Models;
using Unfold.Persistence;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>unfold fill: shows what may stand in a gap, from the words on both of its sides.</summary>
internal sealed class FillCommand(Terminal terminal)
{
    private readonly Argument<string> _model = Options.Model();
    private readonly Argument<string> _text = new("TEXT") { Description = "A sentence with one gap, written as two or more underscores." };
    private readonly Option<long?> _count = Options.Whole("--count", 1, int.MaxValue, "How many candidates; default 10.");
    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new FillCommand(terminal);
        var command = new Command("fill", "Show what may stand in a gap of a sentence, with probabilities.") { verb._model, verb._text, verb._count, verb._json };
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string text = parsed.GetRequiredValue(_text);
        var model = ClozeModel.Load(parsed.GetRequiredValue(_model));
        Vocabulary vocabulary = model.Vocabulary;
        SegmentationNote.Tell(terminal, parsed.GetRequiredValue(_model), vocabulary);
        var gap = GapText.Parse(text, vocabulary);
        int unknown = gap.Before.Concat(gap.After).Count(token => token == Vocabulary.UnknownId);
        if (unknown > 0)
        {
            terminal.Line($"{unknown} of the {vocabulary.Kind.Noun}s around the gap {(unknown == 1 ? "is" : "are")} not in the model's vocabulary, and read as unknown.");
        }

        double[] probabilities = model.Probabilities(gap.Before, gap.After);
        (string Token, double Probability)[] candidates =
        [
            .. Enumerable.Range(Vocabulary.SpecialCount, vocabulary.SymbolCount)
                .OrderByDescending(token => probabilities[token])
                .Take((int)(parsed.GetValue(_count) ?? 10))
                .Select(token => (vocabulary[token], probabilities[token])),
        ];
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(terminal, writer =>
            {
                writer.WriteString("text", text);
                writer.WriteNumber("unknown_tokens", unknown);
                Candidates.Write(writer, "candidates", candidates);
            });
            return ExitCode.Done;
        }

        Candidates.Write(terminal, candidates);
        return ExitCode.Done;
    }
}
