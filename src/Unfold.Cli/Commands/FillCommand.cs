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
    private readonly Option<string[]> _among = Options.Texts("--among", "Compare this token and those of further --among, and no others.");
    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object.");

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
            .. Wanted(parsed, vocabulary)
                .OrderByDescending(token => probabilities[token])
                .Take((int)(parsed.GetValue(_count) ?? (parsed.Gave(_among) ? int.MaxValue : 10)))
                .Select(token => (vocabulary[token], probabilities[token])),
        ];
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(terminal, writer =>
            {
                writer.WriteString("text", text);
                writer.WriteNumber("unknown_tokens", unknown);
                Candidates.Write(writer, "candidates", candidates);
                writer.WriteFinite("unknown_probability", probabilities[Vocabulary.UnknownId]);
            });
            return ExitCode.Done;
        }

        Candidates.Write(terminal, candidates, probabilities[Vocabulary.UnknownId]);
        return ExitCode.Done;
    }

    /// <summary>The tokens to choose from: those that are named, or all.</summary>
    private IEnumerable<int> Wanted(ParseResult parsed, Vocabulary vocabulary) => parsed.GetValue(_among) is { Length: > 0 } among
        ? among.Distinct().Select(token => vocabulary.IdOf(token) is var id && !Vocabulary.IsSpecial(id)
            ? id
            : throw new UnfoldException($"The {vocabulary.Kind.Noun} '{token}' cannot stand in the gap: it is not in the model's vocabulary of {vocabulary.SymbolCount} {vocabulary.Kind.Noun}s, and a gap holds one of these."))
        : Enumerable.Range(Vocabulary.SpecialCount, vocabulary.SymbolCount);
}
