using System.CommandLine;
using System.Diagnostics;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Text;

namespace Unfold.Cli.Training;

/// <summary>Takes up a run where its last checkpoint stands.</summary>
internal sealed class ResumedRun(TrainOptions options, ParseResult parsed, Terminal terminal)
{
    private readonly Stopwatch _sinceBegin = Stopwatch.StartNew();

    /// <summary>Reads settings, text and checkpoint.</summary>
    public Run Start(CancellationToken cancellation)
    {
        RequireNothingElse();
        string shown = parsed.GetRequiredValue(options.Resume)!;
        var folder = new ModelFolder(shown);
        RunReplacement.Recover(shown);
        folder.Require();
        RunLock held = RunLock.Take(shown);
        try
        {
            RunReplacement.Sweep(folder);
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
        SegmentationNote.Tell(terminal, shown, vocabulary);
        var corpusOptions = new CorpusOptions { ValidationFraction = data.ValidationFraction };
        (Corpus corpus, Grammar? grammar) = RunText.Load(data.Text, data.Validation, corpusOptions, vocabulary, training.Seed, terminal, cancellation);
        if (corpus.Fingerprint != data.Fingerprint)
        {
            throw new UnfoldException($"The text of {shown} has changed since the run began ({Changed(data, corpus.Fingerprint)}), so it cannot go on as it was: restore the text, or start a new run with --init-from {shown}.");
        }

        var model = new LanguageModel(settings.Model, vocabulary, new SeededRandom(training.Seed));
        var trainer = new LanguageModelTrainer(model, training, corpus.Train, corpus.Validation, Options.Workers(parsed.GetValue(options.Threads)));
        TrainingTime earlier = TrainingCheckpoint.Restore(folder.CheckpointFile, trainer);
        var run = new Run(folder, shown, settings, corpus, trainer, grammar, held, _sinceBegin) { Earlier = earlier };
        RequireWeights(run, cancellation);
        return run;
    }

    /// <summary>The best weights are in no other file: where they are damaged the user decides, where they are lost the last ones take their place.</summary>
    private void RequireWeights(Run run, CancellationToken cancellation)
    {
        LanguageModelTrainer trainer = run.Trainer;
        if (trainer.StepsDone == 0)
        {
            return;
        }

        string file = run.Folder.WeightsFile;
        if (File.Exists(file))
        {
            try
            {
                run.Folder.Load();
            }
            catch (UnfoldException damage)
            {
                throw new UnfoldException(FormattableString.Invariant(
                    $"{file} is damaged, and the best weights stood there ({damage.Message.TrimEnd('.')}). The checkpoint holds the last weights, of step {trainer.StepsDone}: to keep those, delete model.safetensors and give --resume again."), damage);
            }

            return;
        }

        terminal.Line(FormattableString.Invariant($"{file} is lost, and the best weights stood there: the last ones, of step {trainer.StepsDone}, take their place"));
        trainer.TakeAsBest(cancellation);
        run.SaveWeights();
        run.SaveProgress();
    }

    /// <summary>The files whose fingerprint is another one: the fingerprint of a text with a validation file is that of the one, a plus, and that of the other.</summary>
    private static string Changed(RunData data, string found)
    {
        string text = data.Text.Count == 0 ? "the embedded corpus" : string.Join(", ", data.Text);
        string[] before = data.Fingerprint.Split('+'), now = found.Split('+');
        if (data.Validation is null || before.Length != 2 || now.Length != 2)
        {
            return text;
        }

        return string.Join(", ", new[] { before[0] == now[0] ? null : text, before[1] == now[1] ? null : data.Validation }.OfType<string>());
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
