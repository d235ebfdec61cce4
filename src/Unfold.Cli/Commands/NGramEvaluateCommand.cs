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
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(terminal, json =>
            {
                json.WriteNumber("sentences", found.Sentences);
                json.WriteNumber("tokens", found.Tokens);
                json.WriteNumber("unknown", found.Unknown);
                json.WriteFinite("logprob10", found.LogProbability10);
                json.WriteFinite("ppl", found.Perplexity);
                json.WriteFinite("ppl1", found.PerplexityWithoutEnds);
                json.WriteFinite("ppl_with_unknown", found.PerplexityWithUnknown);
                json.WriteNumber("written_unknown", found.WrittenUnknown);
                json.WriteNumber("zeroprobs", found.ZeroProbabilities);
                ModelChoice.WriteShare(json, model);
            });
            return ExitCode.Done;
        }

        terminal.Output.WriteLine(FormattableString.Invariant($"sentences         {found.Sentences}"));
        terminal.Output.WriteLine(FormattableString.Invariant($"tokens            {found.Tokens}"));
        terminal.Output.WriteLine(FormattableString.Invariant($"unknown           {found.Unknown}"));
        terminal.Output.WriteLine(FormattableString.Invariant($"logprob10         {found.LogProbability10:0.000000}"));
        terminal.Output.WriteLine(FormattableString.Invariant($"ppl               {found.Perplexity:0.000000}"));
        terminal.Output.WriteLine(FormattableString.Invariant($"ppl1              {found.PerplexityWithoutEnds:0.000000}"));
        terminal.Output.WriteLine(FormattableString.Invariant($"ppl_with_unknown  {found.PerplexityWithUnknown:0.000000}"));
        terminal.Output.WriteLine(FormattableString.Invariant($"written <unk>     {found.WrittenUnknown}"));
        terminal.Output.WriteLine(FormattableString.Invariant($"zeroprobs         {found.ZeroProbabilities}"));
        return ExitCode.Done;
    }

    private TextPerplexity Measure(NextTokenModel model, TextSource text, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, $"Scoring {text.Name}");
        return TextPerplexity.Measure(model, text, progress.Show, cancellation);
    }
}
