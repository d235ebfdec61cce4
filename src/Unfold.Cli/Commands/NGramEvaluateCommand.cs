using System.CommandLine;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>unfold ngram evaluate: the perplexity of a text as it is told of n-grams, with and without ends of sentences and unknown words.</summary>
internal sealed class NGramEvaluateCommand(Terminal terminal)
{
    private readonly ModelChoice _models = new(terminal);
    private readonly Option<string[]> _text = Options.Paths("--text", "UTF-8 files to score, read as one text.");
    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new NGramEvaluateCommand(terminal);
        verb._text.Required = true;
        var command = new Command("evaluate", "Measure an n-gram model, or for comparison a recurrent one or a mixture, on a text: perplexity with ends of sentences (ppl) and without them (ppl1), both without tokens that are unknown or have no probability, and that of all tokens (ppl_with_unknown), as unfold evaluate says it.")
        {
            verb._models.Argument, verb._text, verb._json,
        };
        verb._models.AddTo(command);
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        using var interruption = new Interruption(terminal);
        TextSource text = TextSource.FromFiles(parsed.GetRequiredValue(_text));
        NextTokenModel model = _models.Open(parsed, interruption.Token);
        TextPerplexity found = Measure(model, text, interruption.Token);
        Figure[] figures =
        [
            new("sentences", "sentences", found.Sentences, Figure.Count),
            new("tokens", "tokens", found.Tokens, Figure.Count),
            new("unknown", "unknown", found.Unknown, Figure.Count),
            new("logprob10", "logprob10", found.LogProbability10),
            new("ppl", "ppl", found.Perplexity),
            new("ppl1", "ppl1", found.PerplexityWithoutEnds),
            new("ppl_with_unknown", "ppl_with_unknown", found.PerplexityWithUnknown),
            new("written <unk>", "written_unknown", found.WrittenUnknown, Figure.Count),
            new("zeroprobs", "zeroprobs", found.ZeroProbabilities, Figure.Count),
        ];
        Figure.Write(terminal, parsed.GetValue(_json), figures, json => ModelChoice.WriteShare(json, model));
        return ExitCode.Done;
    }

    private TextPerplexity Measure(NextTokenModel model, TextSource text, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, $"Scoring {text.Name}");
        return TextPerplexity.Measure(model, text, progress.Show, cancellation);
    }
}
