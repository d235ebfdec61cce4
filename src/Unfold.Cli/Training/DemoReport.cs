using System.Text;
using Unfold.Generation;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Cli.Training;

/// <summary>What the model of the embedded corpus has learned, beside what counts can reach and what nothing can surpass.</summary>
/// <param name="Trigram">The validation perplexity of a trigram count model; NaN without a validation part.</param>
/// <param name="Source">The perplexity of the source itself: e to its exact entropy.</param>
internal sealed record DemoReport(double Trigram, double Source)
{
    private const int SampleTokens = 2000;

    // A little below 1, as most would choose it to read: rare slips become rarer.
    private const double Temperature = 0.7;

    /// <summary>Fits the trigram model and takes the source's entropy.</summary>
    public static DemoReport Measure(Corpus corpus, Grammar grammar)
    {
        double trigram = corpus.Validation.Count < 3 || corpus.Train.Count < 30
            ? double.NaN
            : TrigramModel.Train(corpus.Train, corpus.Vocabulary.Count).NatsPerToken(corpus.Validation);
        double source = corpus.Vocabulary.Kind == TokenKind.Word ? grammar.EntropyPerWord : grammar.EntropyPerCharacter;
        return new DemoReport(Math.Exp(trigram), Math.Exp(source));
    }

    /// <summary>Writes the table, a sample in both languages, and what to run next.</summary>
    public void Write(Terminal terminal, Run run, LanguageModel best)
    {
        string kind = run.Corpus.Vocabulary.Kind == TokenKind.Word ? "word" : "character";
        terminal.Line();
        terminal.Line($"Perplexity per {kind} on text that was not learned:");
        Row(terminal, "a trigram count model", Trigram);
        Row(terminal, "this model", Math.Exp(run.Trainer.BestLoss));
        Row(terminal, "the source itself (no model can be better)", Source);
        terminal.Line();
        terminal.Line(FormattableString.Invariant($"It writes, at temperature {Temperature}:"));
        foreach (string line in Samples(best, run.Trainer.Settings.Seed))
        {
            terminal.Line($"  {line}");
        }

        terminal.Line();
        terminal.Line("Next:");
        terminal.Line($"  unfold generate {run.Shown} --prompt \"我昨天\" --length 60");
        terminal.Line($"  unfold train --text FILE");
    }

    /// <summary>One whole line in English and one in Chinese, as the model writes them.</summary>
    private static IEnumerable<string> Samples(LanguageModel model, ulong seed)
    {
        var line = new StringBuilder();
        string? english = null, chinese = null;
        foreach (string piece in TextGenerator.Generate(model, "", new GenerationOptions { Length = SampleTokens, Sampling = new SamplingOptions { Temperature = Temperature } }, new SeededRandom(seed)))
        {
            foreach (char letter in piece)
            {
                if (letter != '\n')
                {
                    line.Append(letter);
                    continue;
                }

                string text = line.ToString().Trim();
                line.Clear();
                bool isChinese = text.Any(one => one >= '\u4E00');
                english ??= !isChinese && text.Length > 0 ? text : null;
                chinese ??= isChinese ? text : null;
            }

            if (english is not null && chinese is not null)
            {
                break;
            }
        }

        return new[] { english, chinese }.OfType<string>();
    }

    private static void Row(Terminal terminal, string what, double perplexity) =>
        terminal.Line(FormattableString.Invariant($"  {what,-44}{(double.IsNaN(perplexity) ? "-" : FormattableString.Invariant($"{perplexity:0.000}"))}"));
}
