using System.CommandLine;
using Unfold.NGrams;
using Unfold.Persistence;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>unfold ngram train: counts a text and estimates a model.</summary>
internal sealed class NGramTrainCommand(Terminal terminal)
{
    private readonly NGramTrainOptions _options = new();

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new NGramTrainCommand(terminal);
        var command = new Command("train", "Count the n-grams of a text and estimate a model of them, interpolated over all orders.");
        foreach (Option option in verb._options.All)
        {
            command.Options.Add(option);
        }

        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        using var interruption = new Interruption(terminal);
        _options.Require(parsed);
        string path = parsed.GetRequiredValue(_options.Out)!;
        bool force = parsed.GetValue(_options.Force);
        NGramCommand.RequireOther(path, _options.Counting.Sources(parsed));
        NGramCommand.RequireFree(path, force);
        TextSource text = TextSource.FromFiles(parsed.GetRequiredValue(_options.Counting.Text));
        CorpusOptions reading = _options.Counting.Corpus(terminal, parsed);
        Vocabulary? shared = _options.Counting.Known(terminal, parsed, interruption.Token);
        NGramFile.RequireHolds(path, shared?.Tokenization ?? new Tokenization(reading.Kind) { Dictionary = reading.Dictionary });
        Corpus corpus = NGramText.Read(terminal, text, reading, shared, interruption.Token);
        NGramTraining training = Train(corpus, _options.Model(parsed), interruption.Token);
        Report(training);
        NGramCommand.Write(terminal, path, training.Model, force, interruption.Token);
        if (parsed.GetValue(_options.Json))
        {
            WriteJson(corpus, training);
        }

        return ExitCode.Done;
    }

    private NGramTraining Train(Corpus corpus, NGramOptions options, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, "Estimating");
        return NGramTrainer.Train(corpus.Train, corpus.Vocabulary, options, progress.Show, cancellation);
    }

    private void Report(NGramTraining training)
    {
        for (int length = 1; length <= training.Model.Order; length++)
        {
            Discount discount = training.Discounts[length - 1];
            string taken = discount.Added > 0 ? "" : FormattableString.Invariant($"; discounts {discount.One:0.0000} {discount.Two:0.0000} {discount.Three:0.0000}");
            string fallback = discount.IsFallback ? ", which are assumed: the text is too small to tell them" : "";
            terminal.Line(FormattableString.Invariant($"{length}-grams: {training.Model.Count(length):N0}{taken}{fallback}"));
        }
    }

    private void WriteJson(Corpus corpus, NGramTraining training) => JsonOutput.Write(terminal, json =>
    {
        json.WriteNumber("order", training.Model.Order);
        json.WriteNumber("tokens", NGramText.Tokens(corpus));
        json.WriteNumber("unknown_tokens", corpus.UnknownTokens);
        json.WriteNumber("vocabulary", corpus.Vocabulary.SymbolCount);
        NGramReport.WriteCounts(json, training.Model);
    });
}
