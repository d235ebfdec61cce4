using System.CommandLine;
using Unfold.NGrams;
using Unfold.Persistence;

namespace Unfold.Cli.Commands;

/// <summary>unfold ngram convert: turns ARPA text into the compact form and back, and prunes.</summary>
internal sealed class NGramConvertCommand(Terminal terminal)
{
    private readonly Argument<string> _in = NGramCommand.File("IN", NGramCommand.ReadHelp);
    private readonly Argument<string> _out = NGramCommand.File("OUT", NGramCommand.WrittenHelp);
    private readonly Option<double?> _prune = NGramCommand.Prune();
    private readonly Option<bool> _force = Options.Switch("--force", "Replace OUT if it is there.");
    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new NGramConvertCommand(terminal);
        var command = new Command("convert", "Turn ARPA text into the compact form, which is used where it lies, and back; prune a model.") { verb._in, verb._out, verb._prune, verb._force, verb._json };
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        using var interruption = new Interruption(terminal);
        string source = parsed.GetRequiredValue(_in), destination = parsed.GetRequiredValue(_out);
        NGramFile.RequireName(destination);
        bool force = parsed.GetValue(_force);
        NGramCommand.RequireFree(destination, force);
        NGramModel model = NGramInput.Read(terminal, source, interruption.Token);
        if (parsed.GetValue(_prune) is > 0 and double threshold)
        {
            model = Pruned(model, threshold, interruption.Token);
        }

        NGramCommand.Write(terminal, destination, model, force, interruption.Token);
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(terminal, json =>
            {
                json.WriteString("read", source);
                json.WriteString("written", destination);
                json.WriteNumber("order", model.Order);
                json.WriteNumber("vocabulary", model.Vocabulary.SymbolCount);
                NGramReport.WriteCounts(json, model);
            });
        }

        return ExitCode.Done;
    }

    private NGramModel Pruned(NGramModel model, double threshold, CancellationToken cancellation)
    {
        NGramModel pruned;
        using (var progress = new ProgressLine(terminal, "Pruning"))
        {
            pruned = model.Prune(threshold, progress.Show, cancellation);
        }

        for (int length = 2; length <= model.Order; length++)
        {
            terminal.Line(FormattableString.Invariant($"{length}-grams: {pruned.Count(length):N0} of {model.Count(length):N0}"));
        }

        return pruned;
    }
}
