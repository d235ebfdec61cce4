using System.CommandLine;
using System.Diagnostics;
using Unfold.Cli.Training;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>unfold cloze: trains and measures models that fill a gap from both of its sides.</summary>
internal sealed class ClozeCommand(Terminal terminal)
{
    private readonly TrainOptions _options = new();
    private readonly Argument<string> _model = Options.Model();
    private readonly Option<string[]> _text = Options.Paths("--text", "UTF-8 files; each line that is not blank is a sentence.");
    private readonly Option<string?> _out = Options.Path("--out", "DIR", "The model's folder, which must be new or empty.");
    private readonly Option<long?> _hidden = Options.Whole("--hidden", 1, 1_000_000, "The width of the layers of each side; default 256.");
    private readonly Option<long?> _batchSize = Options.Whole("--batch-size", 1, int.MaxValue, "Sentences side by side; default 32.");
    private readonly Option<long?> _epochs = Options.Whole("--epochs", 1, int.MaxValue, "Passes over the text; default 10.");
    private readonly Option<double?> _learningRate = Options.Number("--lr", "above 0 that single precision can hold (1.5e-45 to 3.4e38)", TrainingSettings.IsLearningRate, "The learning rate of Adam; default 0.002.");
    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new ClozeCommand(terminal);
        TrainOptions options = verb._options;
        verb._text.Required = true;
        verb._out.Required = true;
        var train = new Command("train", "Learn to foretell each word of a sentence from all words before and after it. The model is saved at the end; an interrupted training saves its best weights so far and cannot be gone on with.")
        {
            verb._text, options.Valid, options.ValidFraction, options.Lowercase, options.Tokens, options.Dictionary, options.Vocabulary, options.MinCount, options.Cell, options.Layers, verb._hidden,
            options.Embedding, options.Dropout, verb._epochs, verb._batchSize, verb._learningRate, options.Patience, options.Seed, options.Threads, verb._out, verb._json,
        };
        var evaluate = new Command("evaluate", "Measure how well each word of a text is foretold from the others of its sentence.") { verb._model, verb._text, options.Threads, verb._json };
        train.SetAction(parsed => verb.Train(parsed));
        evaluate.SetAction(verb.Evaluate);
        return new Command("cloze", "Train and measure models for unfold fill, which see both sides of a gap.") { train, evaluate };
    }

    private int Train(ParseResult parsed)
    {
        parsed.Exclude(_options.Valid, _options.ValidFraction);
        _options.RequireDictionaryUse(parsed);
        if (parsed.GetValue(_options.Tokens) == TokenKind.BytePair)
        {
            throw new UsageException("Gaps are filled by models of characters or of words; found --tokens bpe: choose char or word.");
        }

        string folder = parsed.GetValue(_out)!;
        RequireEmpty(folder);
        IReadOnlyList<string> created = RunFolder.Missing(Path.GetFullPath(folder));
        try
        {
            // A folder that cannot be written is refused before the training, not after it.
            var target = new ModelFolder(folder);
            target.CreateFolder();
            AtomicFile.RequireWritable(target.ConfigFile);
            return Train(parsed, folder);
        }
        catch
        {
            RunFolder.RemoveEmpty(created);
            throw;
        }
    }

    private int Train(ParseResult parsed, string folder)
    {
        var watch = Stopwatch.StartNew();
        using var interruption = new Interruption(terminal);
        CorpusOptions cut = _options.CorpusOptions(parsed, TrainDefaults.Text) with { Mode = TextMode.Sentences };
        ulong seed = parsed.GetValue(_options.Seed) ?? 1;
        (Corpus corpus, _) = RunText.Load(parsed.GetRequiredValue(_text), parsed.GetValue(_options.Valid), cut, vocabulary: null, seed, terminal, interruption.Token);
        IReadOnlyList<IReadOnlyList<int>> sentences = SentenceList.Of(corpus.Train), validation = SentenceList.Of(corpus.Validation);
        if (sentences.Count == 0 || (parsed.Gave(_options.Valid) && validation.Count == 0))
        {
            throw new UnfoldException($"The {(sentences.Count == 0 ? "text" : "validation text")} holds no sentence to learn from; at least one was wanted.");
        }

        ClozeModel model = Fit(parsed, corpus.Vocabulary, sentences, validation, seed, interruption.Token);
        model.Save(folder);
        Report(parsed, corpus, sentences.Count, validation.Count, model.Training!, watch.Elapsed.TotalSeconds);
        return model.Training!.Stopped ? ExitCode.Interrupted : ExitCode.Done;
    }

    private ClozeModel Fit(
        ParseResult parsed, Vocabulary vocabulary, IReadOnlyList<IReadOnlyList<int>> sentences, IReadOnlyList<IReadOnlyList<int>> validation, ulong seed, CancellationToken stopping)
    {
        var settings = new SequenceEncoderSettings
        {
            Cell = parsed.GetValue(_options.Cell) ?? CellKind.Lstm,
            Layers = (int)(parsed.GetValue(_options.Layers) ?? 1),
            Hidden = (int)(parsed.GetValue(_hidden) ?? 256),
            Embedding = (int)(parsed.GetValue(_options.Embedding) ?? TrainDefaults.Text.Embedding(vocabulary.Kind)),
            Dropout = parsed.GetValue(_options.Dropout) ?? 0,
        };
        using var progress = new ProgressLine(terminal, "Training");
        var options = new FitOptions
        {
            Epochs = (int)(parsed.GetValue(_epochs) ?? 10),
            BatchSize = (int)(parsed.GetValue(_batchSize) ?? 32),
            LearningRate = parsed.GetValue(_learningRate) ?? TrainDefaults.LearningRate(OptimizerKind.Adam),
            Patience = (int)(parsed.GetValue(_options.Patience) ?? 0),
            Seed = seed,
            Workers = new Workers(_options.ThreadCount(parsed)),
            Progress = fit => progress.Show((fit.Epoch - 1 + fit.Done) / fit.Epochs),
            Stopping = stopping,
        };
        return ClozeModel.Fit(sentences, vocabulary, settings, options, validation.Count > 0 ? validation : null);
    }

    private void Report(ParseResult parsed, Corpus corpus, int sentences, int validation, FitResult fit, double seconds)
    {
        if (fit.Stopped)
        {
            terminal.Line(FormattableString.Invariant($"Interrupted; the weights of epoch {fit.BestEpoch}{(double.IsNaN(fit.Best.Validation) ? ", as far as it came," : "")} are saved to {parsed.GetValue(_out)}. This training cannot be gone on with."));
        }

        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(terminal, json =>
            {
                json.WriteNumber("sentences", sentences);
                json.WriteNumber("validation_sentences", validation);
                json.WriteNumber("vocabulary", corpus.Vocabulary.SymbolCount);
                json.WriteNumber("unknown_tokens", corpus.UnknownTokens);
                json.WriteNumber("epochs", fit.Epochs.Count);
                json.WriteNumber("best_epoch", fit.BestEpoch);
                json.WriteFinite("loss", fit.Best.Training);
                json.WriteFinite("validation_loss", fit.Best.Validation);
                json.WriteFinite("validation_perplexity", Math.Exp(fit.Best.Validation));
                json.WriteNumber("seconds", seconds);
            });
            return;
        }

        terminal.Line(FormattableString.Invariant($"{sentences:N0} sentences learned, {validation:N0} kept for validation; a vocabulary of {corpus.Vocabulary.SymbolCount:N0} {corpus.Vocabulary.Kind.Noun}s, {corpus.UnknownTokens:N0} tokens unknown"));
        string kept = double.IsNaN(fit.Best.Validation) ? "" : FormattableString.Invariant($", validation loss {fit.Best.Validation:0.0000}, perplexity {Math.Exp(fit.Best.Validation):0.00}");
        terminal.Line(FormattableString.Invariant($"loss {fit.Best.Training:0.0000} nats per token{kept}, after epoch {fit.BestEpoch} of {fit.Epochs.Count}, {seconds:0.0} s"));
        terminal.Line($"To fill a gap: unfold fill {parsed.GetValue(_out)} \"... ____ ...\"");
    }

    private int Evaluate(ParseResult parsed)
    {
        using var interruption = new Interruption(terminal);
        var model = ClozeModel.Load(parsed.GetRequiredValue(_model));
        SegmentationNote.Tell(terminal, parsed.GetRequiredValue(_model), model.Vocabulary);
        (Corpus corpus, IReadOnlyList<IReadOnlyList<int>> sentences) = Read(parsed, model.Vocabulary, interruption.Token);
        var workers = new Workers(_options.ThreadCount(parsed));
        double sum = 0;
        long tokens = 0, all = sentences.Sum(sentence => (long)sentence.Count);
        using (var progress = new ProgressLine(terminal, "Scoring"))
        {
            foreach (IReadOnlyList<int>[] batch in sentences.Chunk(256))
            {
                interruption.Token.ThrowIfCancellationRequested();
                int own = batch.Sum(sentence => sentence.Count);
                sum += own * model.Measure(batch, workers);
                tokens += own;
                progress.Show((double)tokens / all);
            }
        }

        double loss = sum / tokens;
        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(terminal, json =>
            {
                json.WriteNumber("sentences", sentences.Count);
                json.WriteNumber("tokens", tokens);
                json.WriteNumber("unknown_tokens", corpus.UnknownTokens);
                json.WriteFinite("loss", loss);
                json.WriteFinite("perplexity", Math.Exp(loss));
            });
            return ExitCode.Done;
        }

        terminal.Output.WriteLine(FormattableString.Invariant($"sentences       {sentences.Count}"));
        terminal.Output.WriteLine(FormattableString.Invariant($"tokens          {tokens}"));
        terminal.Output.WriteLine(FormattableString.Invariant($"unknown tokens  {corpus.UnknownTokens}"));
        terminal.Output.WriteLine(FormattableString.Invariant($"loss            {loss:0.000000} nats per token"));
        terminal.Output.WriteLine(FormattableString.Invariant($"perplexity      {Math.Exp(loss):0.000000}"));
        return ExitCode.Done;
    }

    private (Corpus Corpus, IReadOnlyList<IReadOnlyList<int>> Sentences) Read(ParseResult parsed, Vocabulary vocabulary, CancellationToken cancellation)
    {
        TextSource text = TextSource.FromFiles(parsed.GetRequiredValue(_text));
        using var progress = new ProgressLine(terminal, $"Reading {text.Name}");
        Corpus corpus = Corpus.Load(text, new CorpusOptions(), vocabulary: vocabulary, progress: progress.Show, cancellation: cancellation);
        IReadOnlyList<IReadOnlyList<int>> sentences = SentenceList.Of(corpus.Train);
        return sentences.Count > 0 ? (corpus, sentences) : throw new UnfoldException($"The text {text.Name} holds no sentence; at least one was wanted.");
    }

    private static void RequireEmpty(string folder)
    {
        if (File.Exists(folder))
        {
            throw new UnfoldException($"{folder} is a file, but a folder for the model was wanted: choose another one with --out.");
        }

        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new UnfoldException($"{folder} is not empty, and nothing in it is replaced: choose another folder with --out.");
        }
    }
}
