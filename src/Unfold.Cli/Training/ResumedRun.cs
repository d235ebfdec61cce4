using System.CommandLine;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Text;

namespace Unfold.Cli.Training;

/// <summary>Takes up a run where its last checkpoint stands.</summary>
internal sealed class ResumedRun(TrainOptions options, ParseResult parsed, Terminal terminal)
{
    /// <summary>Reads settings, text and checkpoint.</summary>
    public Run Start(CancellationToken cancellation)
    {
        RequireNothingElse();
        string shown = parsed.GetRequiredValue(options.Resume)!;
        var folder = new ModelFolder(shown);
        folder.Require();
        RunLock held = RunLock.Take(folder.FullPath);
        try
        {
            return Read(folder, shown, held, cancellation);
        }
        catch
        {
            held.Withdraw();
            throw;
        }
    }

    private Run Read(ModelFolder folder, string shown, RunLock held, CancellationToken cancellation)
    {
        RunSettings settings = RunSettings.Read(folder.ConfigFile);
        if (settings is not { Training: TrainingSettings training, Data: RunData data } || !File.Exists(folder.CheckpointFile))
        {
            throw new UnfoldException($"{shown} is a model, but no training run that could go on (a run has training settings and checkpoint.safetensors): start a new run from its weights with --init-from {shown}.");
        }

        Vocabulary vocabulary = Vocabulary.Load(folder.VocabularyFile);
        var corpusOptions = new CorpusOptions { ValidationFraction = data.ValidationFraction };
        (Corpus corpus, Grammar? grammar) = RunText.Load(data.Text, data.Validation, corpusOptions, vocabulary, training.Seed, terminal, cancellation);
        if (corpus.Fingerprint != data.Fingerprint)
        {
            string text = data.Text.Count == 0 ? "the embedded corpus" : string.Join(", ", data.Text);
            throw new UnfoldException($"The text of {shown} has changed since the run began ({text}), so it cannot go on as it was: restore the text, or start a new run with --init-from {shown}.");
        }

        var model = new LanguageModel(settings.Model, vocabulary, new SeededRandom(training.Seed));
        var trainer = new LanguageModelTrainer(model, training, corpus.Train, corpus.Validation, new Workers(options.ThreadCount(parsed)));
        double seconds = TrainingCheckpoint.Restore(folder.CheckpointFile, trainer);
        return new Run(folder, shown, settings, corpus, trainer, grammar, held) { StepSeconds = seconds };
    }

    private void RequireNothingElse()
    {
        foreach (Option option in options.All)
        {
            if (option != options.Resume && option != options.Threads && option != options.Json && parsed.Gave(option))
            {
                throw new UsageException($"--resume goes on with the run's own settings, so {option.Name} cannot be given with it: leave it out, or start a new run with --init-from.");
            }
        }
    }
}
