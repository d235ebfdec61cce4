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
        NGramCommand.RequireOther(path, _options.Sources(parsed));
        NGramCommand.RequireFree(path, force);
        TextSource text = TextSource.FromFiles(parsed.GetRequiredValue(_options.Text));
        CorpusOptions reading = _options.Corpus(terminal, parsed);
        Vocabulary? shared = parsed.GetValue(_options.VocabularyOf) is string model ? VocabularyInput.Read(terminal, model, interruption.Token) : null;
        NGramFile.RequireHolds(path, shared?.Tokenization ?? new Tokenization(reading.Kind) { Dictionary = reading.Dictionary });
        Corpus corpus = Read(text, reading, shared, interruption.Token);
        Describe(corpus);
        NGramTraining training = Train(corpus, _options.Model(parsed), interruption.Token);
        Report(training);
        NGramCommand.Write(terminal, path, training.Model, force, interruption.Token);
        if (parsed.GetValue(_options.Json))
        {
            WriteJson(corpus, training);
        }

        return ExitCode.Done;
    }

    private Corpus Read(TextSource text, CorpusOptions options, Vocabulary? vocabulary, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, $"Reading {text.Name}");
        Corpus corpus = Corpus.Load(text, options, vocabulary: vocabulary, progress: progress.Show, cancellation: cancellation);
        return corpus.Vocabulary.SymbolCount > 0
            ? corpus
            : throw new UnfoldException($"The text {text.Name} holds no token that is frequent enough to be known, but at least one was wanted: give a text with words, or lower --min-token-count.");
    }

    private NGramTraining Train(Corpus corpus, NGramOptions options, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, "Estimating");
        return NGramTrainer.Train(corpus.Train, corpus.Vocabulary, options, progress.Show, cancellation);
    }

    private void Describe(Corpus corpus)
    {
        terminal.Line(FormattableString.Invariant($"{Tokens(corpus):N0} tokens; a vocabulary of {corpus.Vocabulary.SymbolCount:N0} {corpus.Vocabulary.Kind.Noun}s"));
        if (corpus.UnknownTokens > 0)
        {
            terminal.Line(FormattableString.Invariant($"{corpus.UnknownTokens:N0} of the tokens are <unk>, because they are not in it or are written so ({100.0 * corpus.UnknownTokens / Tokens(corpus):0.##}%)"));
        }
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
        json.WriteNumber("tokens", Tokens(corpus));
        json.WriteNumber("unknown_tokens", corpus.UnknownTokens);
        json.WriteNumber("vocabulary", corpus.Vocabulary.SymbolCount);
        NGramReport.WriteCounts(json, training.Model);
    });

    /// <summary>The tokens of the text: in sentence mode one end of a sentence stands before them.</summary>
    private static long Tokens(Corpus corpus) => corpus.Train.Count - (corpus.Vocabulary.Mode == TextMode.Sentences ? 1 : 0);
}
