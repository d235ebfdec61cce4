using System.CommandLine;
using Unfold.Cli.Training;
using Unfold.Models;
using Unfold.Persistence;
using Unfold.Text;
using Unfold.Training;

namespace Unfold.Cli.Commands;

/// <summary>Trains a model of both sides of a gap in a folder, from the beginning or from where it was interrupted.</summary>
internal sealed class ClozeTraining(ClozeOptions options, ParseResult parsed, Terminal terminal)
{
    /// <summary>Runs it; the exit code.</summary>
    public int Run() => parsed.GetValue(options.Shared.Resume) is string folder ? Resume(folder) : Begin();

    private int Begin()
    {
        RequireSense();
        string folder = parsed.GetValue(options.Out)!;
        if (File.Exists(folder))
        {
            throw new UnfoldException($"{folder} is a file, but a folder for the model was wanted: choose another one with --out.");
        }

        using var interruption = new Interruption(terminal);
        IReadOnlyList<string> created = RunFolder.Missing(new ModelFolder(folder).FullPath);
        RunLock? held = null;
        ClozeRun run;
        Sentences sentences;
        try
        {
            // A folder that cannot be written is refused before the text is read, not after it.
            new ModelFolder(folder).CreateFolder();
            held = RunLock.Take(folder);
            RequireEmpty(folder);
            AtomicFile.RequireWritable(new ModelFolder(folder).ConfigFile);
            (run, sentences) = Plan(interruption.Token);
        }
        catch
        {
            held?.Withdraw();
            RunFolder.RemoveEmpty(created);
            throw;
        }

        using (held)
        {
            try
            {
                held.Require();
                run.Save(folder, sentences.Corpus.Vocabulary);
                return Train(held, folder, run, sentences, interruption.Token);
            }
            catch when (held.IsInPlace && !File.Exists(ClozeRun.CheckpointIn(folder)))
            {
                // There is nothing to go on from; a model that was saved stays.
                ClozeRun.Delete(folder);
                held.Withdraw();
                RunFolder.RemoveEmpty(created);
                throw;
            }
        }
    }

    private int Resume(string folder)
    {
        foreach (Option option in options.All)
        {
            if (option != options.Shared.Resume && option != options.Shared.Threads && option != options.Json && parsed.Gave(option))
            {
                throw new UsageException($"--resume goes on with the training's own settings, so {option.Name} cannot be given with it: leave it out, or start a new training in another folder.");
            }
        }

        RequireRun(folder);
        using var interruption = new Interruption(terminal);
        using RunLock held = RunLock.Take(folder);

        // Another process may have ended it before.
        RequireRun(folder);
        var run = ClozeRun.Read(folder);
        var vocabulary = Vocabulary.Load(new ModelFolder(folder).VocabularyFile);
        SegmentationNote.Tell(terminal, folder, vocabulary);
        var cut = new CorpusOptions { ValidationFraction = run.Data.ValidationFraction };
        Sentences sentences = Read(run.Data.Text, run.Data.Validation, cut, vocabulary, interruption.Token);
        return sentences.Corpus.Fingerprint == run.Data.Fingerprint
            ? Train(held, folder, run, sentences, interruption.Token)
            : throw new UnfoldException($"The text of {folder} has changed since the training began ({string.Join(", ", run.Data.Text)}), so it cannot go on as it was: restore the text, or start a new training in another folder.");
    }

    /// <summary>A new training and its text.</summary>
    private (ClozeRun Run, Sentences Sentences) Plan(CancellationToken stopping)
    {
        TrainOptions shared = options.Shared;
        CorpusOptions cut = shared.CorpusOptions(terminal, parsed, TrainDefaults.Text) with { Mode = TextMode.Sentences };
        string[] text = [.. parsed.GetValue(options.Text)!.Select(Path.GetFullPath)];
        string? validation = parsed.GetValue(shared.Valid) is string path ? Path.GetFullPath(path) : null;
        Sentences sentences = Read(parsed.GetValue(options.Text)!, parsed.GetValue(shared.Valid), cut, vocabulary: null, stopping);
        var model = new SequenceEncoderSettings
        {
            Cell = parsed.GetValue(shared.Cell) ?? CellKind.Lstm,
            Layers = parsed.GetValue(shared.Layers) ?? 1,
            Hidden = parsed.GetValue(options.Hidden) ?? 256,
            Embedding = parsed.GetValue(shared.Embedding) ?? TrainDefaults.Text.Embedding(sentences.Corpus.Vocabulary.Kind),
            Dropout = parsed.GetValue(shared.Dropout) ?? 0,
        };
        var training = new FitOptions
        {
            Epochs = parsed.GetValue(options.Epochs) ?? 10,
            BatchSize = parsed.GetValue(options.BatchSize) ?? 32,
            LearningRate = parsed.GetValue(options.LearningRate) ?? TrainDefaults.LearningRate(OptimizerKind.Adam),
            Patience = parsed.GetValue(shared.Patience) ?? 0,
            Seed = parsed.GetValue(shared.Seed) ?? 1,
        };
        return (new ClozeRun(model, training, new RunData(text, validation, cut.ValidationFraction, sentences.Corpus.Fingerprint)), sentences);
    }

    private Sentences Read(IReadOnlyList<string> text, string? validation, CorpusOptions cut, Vocabulary? vocabulary, CancellationToken stopping)
    {
        (Corpus corpus, _) = RunText.Load(text, validation, cut, vocabulary, seed: 0, terminal, stopping);
        var sentences = new Sentences(corpus, SentenceList.Of(corpus.Train), SentenceList.Of(corpus.Validation));
        bool none = sentences.Train.Count == 0;
        return none || (validation is not null && sentences.Validation.Count == 0)
            ? throw new UnfoldException($"The {(none ? "text" : "validation text")} holds no sentence to learn from; at least one was wanted.")
            : sentences;
    }

    private int Train(RunLock held, string folder, ClozeRun run, Sentences sentences, CancellationToken stopping)
    {
        ClozeModel model;
        try
        {
            model = Fit(held, folder, run, sentences, stopping);
        }
        catch (DivergenceException divergence)
        {
            throw EndDiverged(held, folder, run, sentences, divergence);
        }

        held.Require(ClozeRun.FileName);
        model.Save(folder);
        FitResult fit = model.Training!;
        if (fit.Stopped)
        {
            terminal.Line($"Interrupted; the weights of {Saved(fit, folder)}. Go on with: unfold cloze train --resume {folder}");
        }
        else
        {
            ClozeRun.Delete(folder);
        }

        Report(folder, run, sentences, fit);
        return fit.Stopped ? ExitCode.Interrupted : ExitCode.Done;
    }

    private ClozeModel Fit(RunLock held, string folder, ClozeRun run, Sentences sentences, CancellationToken stopping)
    {
        using var progress = new ProgressLine(terminal, "Training");
        FitOptions training = run.Training with
        {
            Workers = Options.Workers(parsed.GetValue(options.Shared.Threads)),
            Progress = fit => progress.Show((fit.Epoch - 1 + fit.Done) / fit.Epochs),
            Stopping = stopping,
        };
        training = training.KeptIn(ClozeRun.CheckpointIn(folder), () => held.Require(ClozeRun.FileName));
        return ClozeModel.Fit(sentences.Train, sentences.Corpus.Vocabulary, run.Model, training, sentences.Validation.Count > 0 ? sentences.Validation : null);
    }

    /// <summary>Saves the best weights of a training that diverged, if there are any, and takes the training out of its folder; what to say of it.</summary>
    private UnfoldException EndDiverged(RunLock held, string folder, ClozeRun run, Sentences sentences, DivergenceException divergence)
    {
        held.Require(ClozeRun.FileName);
        string outcome = "No weights were saved yet: begin again";
        if (File.Exists(ClozeRun.CheckpointIn(folder)))
        {
            // Stopped at once where it was kept, it gives its best weights. To go on from there would diverge again.
            ClozeModel model = Fit(held, folder, run, sentences, new CancellationToken(canceled: true));
            model.Save(folder);
            outcome = $"The weights of {Saved(model.Training!, folder)}. Begin again in another folder";
        }

        ClozeRun.Delete(folder);
        string rate = DivergenceAdvice.LowerRate(run.Training.LearningRate, run.Training.Optimizer);
        return new UnfoldException(FormattableString.Invariant($"Training diverged at step {divergence.Step}: {divergence.Finding}. {outcome} with --lr {rate}."), divergence);
    }

    private static string Saved(FitResult fit, string folder) =>
        FormattableString.Invariant($"epoch {fit.BestEpoch}{(fit.OfPart ? ", as far as it came," : "")} are saved to {folder}");

    private void Report(string folder, ClozeRun run, Sentences sentences, FitResult fit)
    {
        (Corpus corpus, int learned, int validation) = (sentences.Corpus, sentences.Train.Count, sentences.Validation.Count);
        if (parsed.GetValue(options.Json))
        {
            JsonOutput.Write(terminal, json =>
            {
                json.WriteNumber("sentences", learned);
                json.WriteNumber("validation_sentences", validation);
                json.WriteNumber("vocabulary", corpus.Vocabulary.SymbolCount);
                json.WriteNumber("unknown_tokens", corpus.UnknownTokens);
                json.WriteNumber("epochs", fit.Epochs.Count);
                json.WriteNumber("best_epoch", fit.BestEpoch);
                json.WriteFinite("loss", fit.Best.Training);
                json.WriteFinite("validation_loss", fit.Best.Validation);
                json.WriteFinite("validation_perplexity", Math.Exp(fit.Best.Validation));
                json.WriteNumber("seconds", fit.Seconds);
            });
            return;
        }

        terminal.Line(FormattableString.Invariant($"{learned:N0} sentences learned, {validation:N0} kept for validation; a vocabulary of {corpus.Vocabulary.SymbolCount:N0} {corpus.Vocabulary.Kind.Noun}s, {corpus.UnknownTokens:N0} tokens unknown"));
        string kept = double.IsNaN(fit.Best.Validation) ? "" : FormattableString.Invariant($", validation loss {fit.Best.Validation:0.0000}, perplexity {Math.Exp(fit.Best.Validation):0.00}");
        terminal.Line(FormattableString.Invariant($"loss {fit.Best.Training:0.0000} nats per token{kept}, after epoch {fit.BestEpoch} of {run.Training.Epochs}, {fit.Seconds:0.0} s"));
        terminal.Line($"To fill a gap: unfold fill {folder} \"... ____ ...\"");
    }

    private void RequireSense()
    {
        foreach (Option wanted in (Option[])[options.Text, options.Out])
        {
            if (!parsed.Gave(wanted))
            {
                throw new UsageException($"{wanted.Name} is missing: give it as {wanted.Name} {wanted.HelpName}, or go on with a training by {options.Shared.Resume.Name} {options.Shared.Resume.HelpName}");
            }
        }

        parsed.Exclude(options.Shared.Valid, options.Shared.ValidFraction);
        DictionaryInput.RequireUse(parsed, options.Shared.Dictionary, options.Shared.Tokens);
    }

    private static void RequireRun(string folder)
    {
        if (!ClozeRun.IsIn(folder))
        {
            throw new UnfoldException(ClozeModel.IsIn(folder)
                ? $"{folder} holds no training that could go on: that of the model which stands there has ended."
                : $"{folder} holds no training that could go on: it has no run.json, which stands there until a training has ended.");
        }
    }

    private static void RequireEmpty(string folder)
    {
        if (ClozeRun.IsIn(folder))
        {
            throw new UnfoldException($"{folder} holds a training that has not ended: go on with it with --resume {folder}, or choose another folder with --out.");
        }

        if (!RunFolder.IsFree(folder))
        {
            throw new UnfoldException($"{folder} is not empty, and nothing in it is replaced: choose another folder with --out.");
        }
    }

    /// <summary>A text and its sentences to learn and to validate with.</summary>
    private sealed record Sentences(Corpus Corpus, IReadOnlyList<IReadOnlyList<int>> Train, IReadOnlyList<IReadOnlyList<int>> Validation);
}
