using System.CommandLine;
using Unfold.Models;
using Unfold.Persistence;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>unfold fill: shows what may stand in a gap, from the words on both of its sides.</summary>
internal sealed class FillCommand(Terminal terminal)
{
    private readonly Argument<string> _model = Options.Model();
    private readonly Argument<string> _text = new("TEXT") { Description = "A sentence with one gap, written as two or more underscores; with - each line of standard input, answered with one line." };
    private readonly Option<int?> _count = Options.WholeNumber("--count", 1, int.MaxValue, "How many candidates; default 10.");
    private readonly Option<string[]> _among = Options.Texts("--among", "Compare this token and those of further --among, and no others.");
    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object for each sentence.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new FillCommand(terminal);
        var command = new Command("fill", "Show what may stand in a gap of a sentence, with probabilities.") { verb._model, verb._text, verb._count, verb._among, verb._json };
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        parsed.Exclude(_among, _count);
        string text = parsed.GetRequiredValue(_text);
        var model = ClozeModel.Load(parsed.GetRequiredValue(_model));
        SegmentationNote.Tell(terminal, parsed.GetRequiredValue(_model), model.Vocabulary);
        int[] wanted = [.. Wanted(parsed, model.Vocabulary)];
        int count = parsed.GetValue(_count) ?? (parsed.Gave(_among) ? int.MaxValue : 10);
        bool json = parsed.GetValue(_json);
        if (text != ArrivingLines.Input)
        {
            Filled filled = Fill(model, text, wanted, count);
            if (filled.UnknownTokens > 0)
            {
                terminal.Line($"{filled.UnknownTokens} of the {model.Vocabulary.Kind.Noun}s around the gap {(filled.UnknownTokens == 1 ? "is" : "are")} not in the model's vocabulary, and read as unknown.");
            }

            if (json)
            {
                WriteJson(filled);
            }
            else
            {
                Candidates.Write(terminal, filled.Candidates, filled.Unknown);
            }

            return ExitCode.Done;
        }

        using var interruption = new Interruption(terminal);
        var lines = new ArrivingLines(terminal, text);
        foreach ((_, Filled filled) in lines.Answered(terminal, progress: null, line => Fill(model, line, wanted, count), interruption.Token))
        {
            if (json)
            {
                WriteJson(filled);
            }
            else
            {
                terminal.Output.WriteLine(string.Join('\t', filled.Candidates.Select(candidate => candidate.Token.Visible)));
            }
        }

        return ExitCode.Done;
    }

    private static Filled Fill(ClozeModel model, string text, int[] wanted, int count)
    {
        var gap = GapText.Parse(text, model.Vocabulary);
        double[] probabilities = model.Probabilities(gap.Before, gap.After);
        return new Filled(
            text,
            gap.Before.Concat(gap.After).Count(token => token == Vocabulary.UnknownId),
            [.. wanted.OrderByDescending(token => probabilities[token]).Take(count).Select(token => (model.Vocabulary[token], probabilities[token]))],
            probabilities[Vocabulary.UnknownId]);
    }

    private void WriteJson(Filled filled) => JsonOutput.Write(terminal, writer =>
    {
        writer.WriteString("text", filled.Text);
        writer.WriteNumber("unknown_tokens", filled.UnknownTokens);
        Candidates.Write(writer, "candidates", filled.Candidates);
        writer.WriteFinite("unknown_probability", filled.Unknown);
    });

    /// <summary>The tokens to choose from: those that are named, or all.</summary>
    private IEnumerable<int> Wanted(ParseResult parsed, Vocabulary vocabulary) => parsed.GetValue(_among) is { Length: > 0 } among
        ? among.Select(word => GapText.Filling(word, vocabulary)).Distinct()
        : Enumerable.Range(Vocabulary.SpecialCount, vocabulary.SymbolCount);

    /// <param name="Text">The sentence with its gap.</param>
    /// <param name="UnknownTokens">How many tokens around the gap the model does not know.</param>
    /// <param name="Candidates">What may stand in the gap, the likeliest first.</param>
    /// <param name="Unknown">The probability of all tokens together that the model does not know.</param>
    private sealed record Filled(string Text, int UnknownTokens, IReadOnlyList<(string Token, double Probability)> Candidates, double Unknown);
}
