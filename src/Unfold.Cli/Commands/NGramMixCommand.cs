using System.CommandLine;
using Unfold.NGrams;
using Unfold.Persistence;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>unfold ngram mix: makes one model of two.</summary>
internal sealed class NGramMixCommand(Terminal terminal)
{
    private const double Half = 0.5;

    private readonly Argument<string> _first = NGramCommand.File("FIRST", NGramCommand.ReadHelp);
    private readonly Argument<string> _second = NGramCommand.File("SECOND", "The file of another one, of any order and vocabulary, that cuts a text alike.");
    private readonly Option<string?> _out = Options.Path("--out", "FILE", NGramCommand.WrittenHelp);
    private readonly Option<double?> _share = Options.Number("--share", "above 0 and below 1", value => value is > 0 and < 1, "The share of the first model; default 0.5.");
    private readonly Option<string[]> _tune = Options.Paths("--tune", "Held-out UTF-8 files: take the share that foretells them best.");
    private readonly Option<bool> _force = Options.Switch("--force", "Replace the file if it is there.");
    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new NGramMixCommand(terminal);
        verb._out.Required = true;
        var command = new Command("mix", "Make one n-gram model of two: the n-grams of both, each as likely as the two foretell it together.")
        {
            verb._first, verb._second, verb._out, verb._share, verb._tune, verb._force, verb._json,
        };
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        using var interruption = new Interruption(terminal);
        parsed.Exclude(_share, _tune);
        string path = parsed.GetRequiredValue(_out)!;
        NGramFile.RequireName(path);
        bool force = parsed.GetValue(_force);
        NGramCommand.RequireOther(path, parsed.GetValue(_tune) ?? []);
        NGramCommand.RequireFree(path, force);
        NGramModel first = Read(parsed.GetRequiredValue(_first), interruption.Token), second = Read(parsed.GetRequiredValue(_second), interruption.Token);
        Vocabulary all = first.Vocabulary.Union(second.Vocabulary);
        NGramFile.RequireHolds(path, all.Tokenization);
        NGramModel widerFirst = Over(all, first, interruption.Token), widerSecond = Over(all, second, interruption.Token);
        double share = parsed.Gave(_tune)
            ? MixtureShare.Tune(terminal, new MixtureModel(widerFirst, widerSecond, Half), parsed.GetRequiredValue(_tune), interruption.Token).Weight
            : parsed.GetValue(_share) ?? Half;
        NGramModel mixed = Mixed(widerFirst, widerSecond, share, interruption.Token);
        for (int length = 1; length <= mixed.Order; length++)
        {
            terminal.Line(FormattableString.Invariant($"{length}-grams: {mixed.Count(length):N0} of {Count(first, length):N0} and {Count(second, length):N0}"));
        }

        NGramCommand.Write(terminal, path, mixed, force, interruption.Token);
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(terminal, json =>
            {
                json.WriteString("written", path);
                json.WriteNumber("share", share);
                json.WriteNumber("order", mixed.Order);
                json.WriteNumber("vocabulary", mixed.Vocabulary.SymbolCount);
                NGramReport.WriteCounts(json, mixed);
            });
        }

        return ExitCode.Done;
    }

    private NGramModel Read(string path, CancellationToken cancellation)
    {
        NGramModel model = NGramInput.Read(terminal, path, cancellation);
        SegmentationNote.Tell(terminal, path, model.Vocabulary);
        return model;
    }

    private NGramModel Over(Vocabulary all, NGramModel model, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, "Joining the vocabularies");
        return model.Over(all, progress.Show, cancellation);
    }

    private NGramModel Mixed(NGramModel first, NGramModel second, double share, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, "Mixing");
        return first.Mix(second, share, progress.Show, cancellation);
    }

    private static int Count(NGramModel model, int length) => length <= model.Order ? model.Count(length) : 0;
}
