using Unfold.Layers;
using Unfold.Models;
using Unfold.Text;

namespace Unfold.Cli.Training;

/// <summary>Reads the text of a run.</summary>
internal static class RunText
{
    /// <summary>Opens and encodes the files, or the embedded corpus where there are none.</summary>
    /// <param name="files">The files; none stands for the embedded corpus.</param>
    /// <param name="validation">The validation file, or null.</param>
    /// <param name="options">How to cut it.</param>
    /// <param name="vocabulary">A vocabulary to use, or null for a new one.</param>
    /// <param name="seed">The seed of the embedded corpus.</param>
    /// <param name="terminal">Shows the progress of a large text.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static (Corpus Corpus, Grammar? Grammar) Load(
        IReadOnlyList<string> files, string? validation, CorpusOptions options, Vocabulary? vocabulary, ulong seed, Terminal terminal, CancellationToken cancellation)
    {
        Grammar? grammar = files.Count == 0 ? Grammar.CreateEmbedded() : null;
        TextSource text = grammar is null ? TextSource.FromFiles(files) : DemoSettings.WriteText(grammar, seed);
        TextSource? separate = validation is null ? null : TextSource.FromFiles(validation);
        using var progress = new ProgressLine(terminal, $"Reading {text.Name}");
        Corpus corpus = Corpus.Load(text, options, separate, vocabulary, progress.Show, cancellation);
        if (corpus.Vocabulary.SymbolCount == 0)
        {
            throw new UnfoldException($"The text {text.Name} holds no token that is frequent enough to be known, but at least 2 different ones were wanted: give a text with words, or lower --min-count.");
        }

        if (corpus.Vocabulary.SymbolCount < 2)
        {
            throw new UnfoldException($"The text {text.Name} is made of one token, {Quoted(corpus.Vocabulary[Vocabulary.SpecialCount])}, over and over; at least 2 different ones were wanted, or there is nothing to learn.");
        }

        return (corpus, grammar);
    }

    /// <summary>Says what was read.</summary>
    public static void Describe(Run run, Terminal terminal)
    {
        Corpus corpus = run.Corpus;
        terminal.Line(FormattableString.Invariant(
            $"{corpus.Train.Count:N0} tokens to learn, {corpus.Validation.Count:N0} for validation; a vocabulary of {corpus.Vocabulary.SymbolCount:N0} {corpus.Vocabulary.Kind.Noun}s"));
        if (corpus.UnknownTokens > 0)
        {
            double share = (double)corpus.UnknownTokens / (corpus.Train.Count + corpus.Validation.Count);
            terminal.Line(FormattableString.Invariant($"{corpus.UnknownTokens:N0} tokens ({share * 100:0.##}%) are not in the vocabulary and are read as unknown"));
        }

        LanguageModelTrainer trainer = run.Trainer;
        foreach (string layer in trainer.Model.ToString().Split('\n'))
        {
            terminal.Line(layer);
        }

        if (trainer.Model.Settings.Softmax == SoftmaxKind.Adaptive && AdaptiveSoftmaxOutput.Cutoffs(corpus.Vocabulary.Count).Count == 0)
        {
            terminal.Line("The vocabulary is too small for clusters of rare tokens: the adaptive softmax is the exact one here");
        }

        terminal.Line(FormattableString.Invariant($"{trainer.TotalSteps:N0} steps of {trainer.Settings.BatchSize} x {trainer.Settings.SequenceLength} tokens, into {run.Shown}"));
    }

    private static string Quoted(string token) => token == "\n" ? "the line break" : $"'{token}'";
}
