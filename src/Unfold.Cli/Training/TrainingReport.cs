using System.Diagnostics;
using System.Globalization;
using Unfold.Models;

namespace Unfold.Cli.Training;

/// <summary>What a finished run says: a summary for the reader, one JSON object for other tools.</summary>
internal static class TrainingReport
{
    /// <summary>So many nats above a guess are no matter of a training that has hardly begun.</summary>
    private const double WorseThanGuessing = 1;

    /// <summary>Writes the summary to stderr.</summary>
    public static void Summarize(Run run, Terminal terminal)
    {
        LanguageModelTrainer trainer = run.Trainer;
        terminal.Line(FormattableString.Invariant(
            $"Done: {trainer.StepsDone:N0} steps in {run.Time.Wall:0.0} s, {Speed(run):N0} tokens/s; training loss {Shown(trainer.RecentLoss)}, validation loss {Validation(trainer.BestLoss)}"));
        terminal.Line($"The model: {run.Shown}");
        double guessing = Math.Log(trainer.Model.Vocabulary.Count);

        // The validation loss alone may be so high where the text to learn is small, or another one than that to validate.
        if (double.IsFinite(trainer.BestLoss) && Math.Min(trainer.BestLoss, trainer.RecentLoss) > guessing + WorseThanGuessing)
        {
            string rate = DivergenceAdvice.LowerRate(trainer.Settings.LearningRate, trainer.Settings.Optimizer);
            terminal.Line(FormattableString.Invariant($"Guessing would be better, at {guessing:0.0000} nats: the training has diverged. Begin again with a lower rate, such as --lr {rate} --force"));
        }
    }

    /// <summary>Writes the JSON object to stdout.</summary>
    /// <param name="run">The run, finished or interrupted.</param>
    /// <param name="demo">What the embedded corpus is compared with, if that is the text.</param>
    /// <param name="terminal">Where to.</param>
    public static void WriteJson(Run run, DemoReport? demo, Terminal terminal)
    {
        LanguageModelTrainer trainer = run.Trainer;
        TrainingResults results = trainer.Results(run.Time.Steps);
        JsonOutput.Write(terminal, json =>
        {
            json.WriteNumber("steps", results.Steps);
            json.WriteNumber("epochs", trainer.EpochsDone);
            json.WriteNumber("parameters", trainer.Model.Settings.CountParameters(trainer.Model.Vocabulary.Count));
            json.WriteNumber("vocabulary", trainer.Model.Vocabulary.SymbolCount);
            json.WriteNumber("unknown_tokens", run.Corpus.UnknownTokens);
            json.WriteFinite("train_loss", results.TrainLoss);
            json.WriteFinite("valid_loss", results.ValidationLoss);
            json.WriteFinite("valid_perplexity", results.ValidationPerplexity);
            json.WriteFinite("bits_per_token", results.BitsPerToken);
            json.WriteFinite("tokens_per_second", Speed(run));
            json.WriteNumber("seconds", run.Time.Wall);
            json.WriteNumber("peak_memory_bytes", PeakMemory());
            if (demo is not null)
            {
                json.WriteFinite("trigram_perplexity", demo.Trigram);
                json.WriteFinite("source_perplexity", demo.Source);
            }

            json.WriteString("model", run.Folder.FullPath);
        });
    }

    private static string Validation(double loss) =>
        double.IsFinite(loss) ? FormattableString.Invariant($"{Shown(loss)} nats (perplexity {Shown(Math.Exp(loss), "0.000")})") : "-";

    /// <summary>A number that is long only where training went wrong.</summary>
    private static string Shown(double value, string format = "0.0000") => value.ToString(value < 1e6 ? format : "G4", CultureInfo.InvariantCulture);

    private static double Speed(Run run) => run.Trainer.StepsDone * (double)run.Trainer.TokensPerStep / run.Time.Steps;

    private static long PeakMemory()
    {
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }
}
