using System.Text;
using Unfold.Generation;
using Unfold.Models;
using Unfold.NGrams;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Cli.Training;

/// <summary>What the model of the embedded corpus has learned, beside what counts can reach and what nothing can surpass.</summary>
/// <param name="Trigram">The validation perplexity of a trigram count model; NaN without a validation part.</param>
/// <param name="Source">The perplexity of the source itself: e to its exact entropy.</param>
internal sealed record DemoReport(double Trigram, double Source)
{
    private const int SampleTokens = 2000, LongestEnding = 12;

    // A little below 1, as most would choose it to read: rare slips become rarer.
    private const double Temperature = 0.7;

    // Each is decided near its beginning, too far back for three words to see.
    private static readonly string[] Agreements =
    [
        "我昨天上学迟到了，老师批评了",
        "他们昨天上学迟到了，老师批评了",
        "yesterday the boy lost a hat in the park, but the doctor found it and gave it back to ",
    ];

    /// <summary>Fits the trigram model and takes the source's entropy.</summary>
    public static DemoReport Measure(Corpus corpus, Grammar grammar)
    {
        double trigram = corpus.Validation.Count < 3 || corpus.Train.Count < 30
            ? double.NaN
            : LanguageModelScorer.Score(NGramTrainer.Train(corpus.Train, corpus.Vocabulary, new NGramOptions()).Model, corpus.Validation, new Workers(1)).Loss;
        double source = corpus.Vocabulary.Kind == TokenKind.Word ? grammar.EntropyPerWord : grammar.EntropyPerCharacter;
        return new DemoReport(Math.Exp(trigram), Math.Exp(source));
    }

    /// <summary>Writes the table, a sample in both languages, the agreement over a distance, and what to run next.</summary>
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

        WriteAgreements(terminal, best);
        terminal.Line();
        terminal.Line("Next:");
        terminal.Line($"  unfold generate {run.Shown} --prompt \"我们昨天\" --length 20");
        terminal.Line($"  unfold train --text FILE");
    }

    /// <summary>What the model puts where a word must agree with one far before it.</summary>
    private static void WriteAgreements(Terminal terminal, LanguageModel model)
    {
        // A line break before it, as before every sentence that was learned. A vocabulary of another model's may lack a word.
        string[] prompts = [.. Agreements.Where(prompt => !model.Vocabulary.Encode("\n" + prompt).Contains(Vocabulary.UnknownId))];
        if (prompts.Length == 0)
        {
            return;
        }

        terminal.Line();
        terminal.Line("How it ends a sentence, with the probability of that ending:");
        foreach (string prompt in prompts)
        {
            (string ending, double probability) = Ending(model, "\n" + prompt);
            terminal.Line(FormattableString.Invariant($"  {prompt}... {ending} ({probability:0.000})"));
        }
    }

    /// <summary>The likeliest token again and again, up to the end of the line.</summary>
    private static (string Ending, double Probability) Ending(LanguageModel model, string prompt)
    {
        string ending = "";
        double probability = 1;
        for (int i = 0; i < LongestEnding; i++)
        {
            (string token, double next) = TextGenerator.Next(model, prompt + ending, 1)[0];
            probability *= next;
            if (token == "\n")
            {
                break;
            }

            bool word = model.Vocabulary.Kind == TokenKind.Word && ending.Length > 0 && char.IsAsciiLetter(token[0]);
            ending += word ? $" {token}" : token;
        }

        return (ending, probability);
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
        terminal.Line(FormattableString.Invariant($"  {what,-44}{(!double.IsFinite(perplexity) ? "-" : FormattableString.Invariant($"{perplexity:0.000}"))}"));
}
