using System.CommandLine;
using System.Diagnostics;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Text;

namespace Unfold.Cli.Training;

/// <summary>Starts a run from the command line's settings.</summary>
internal sealed class NewRun(TrainOptions options, ParseResult parsed, Terminal terminal)
{
    private readonly Stopwatch _sinceBegin = Stopwatch.StartNew();

    /// <summary>Reads the text, makes the model, and writes the first checkpoint; before that nothing on the disk changes.</summary>
    public Run Start(CancellationToken cancellation)
    {
        RequireSense();
        string[] files = [.. (parsed.GetValue(options.Text) ?? []).Select(Path.GetFullPath)];
        string? validation = parsed.GetValue(options.Valid) is string valid ? Path.GetFullPath(valid) : null;
        string shown = parsed.GetValue(options.Out) ?? Path.Combine("runs", Name(files));
        bool force = parsed.GetValue(options.Force);
        RunReplacement.Recover(shown);
        RunFolder.RequireFree(shown, force);

        TrainDefaults defaults = files.Length == 0 ? DemoSettings.Defaults : TrainDefaults.Text;
        TrainingSettings training = options.TrainingSettings(parsed, defaults);
        (LanguageModel? origin, LanguageModelSettings shape) = parsed.GetValue(options.InitFrom) is string from
            ? LoadOrigin(from)
            : (null, options.ModelSettings(parsed, defaults));
        if (origin is not null)
        {
            SegmentationNote.Tell(terminal, parsed.GetRequiredValue(options.InitFrom)!, origin.Vocabulary);
        }

        CorpusOptions corpusOptions = options.CorpusOptions(terminal, parsed, defaults);
        Vocabulary? vocabulary = parsed.GetValue(options.VocabularyOf) is string other ? VocabularyInput.Read(terminal, other, cancellation) : origin?.Vocabulary;
        (Corpus corpus, Grammar? grammar) = RunText.Load(files, validation, corpusOptions, vocabulary, training.Seed, terminal, cancellation);
        if (vocabulary is null && corpus.UnknownTokens > 0 && corpus.Vocabulary.SymbolCount == corpusOptions.MaximumSymbols)
        {
            terminal.Line(FormattableString.Invariant($"The vocabulary is limited to the {corpusOptions.MaximumSymbols:N0} most frequent tokens; --vocabulary sets another limit"));
        }

        if (validation is not null)
        {
            KnownText.RequireTwo(corpus.Validation, validation, corpus.Vocabulary.Mode);
        }

        if (training.Averaging > 0 && corpus.Validation.Count < 2)
        {
            throw new UnfoldException($"{options.Averaging.Name} takes the mean of the weights where it is better on a validation text, and there is none: give one with {options.Valid.Name}, or a larger {options.ValidFraction.Name}.");
        }

        LanguageModel model = CreateModel(shape, corpus.Vocabulary, origin, training.Seed);
        var trainer = new LanguageModelTrainer(model, training, corpus.Train, corpus.Validation, Options.Workers(parsed.GetValue(options.Threads)));
        var data = new RunData(files, validation, corpusOptions.ValidationFraction, corpus.Fingerprint) { UnknownTokens = corpus.UnknownTokens };
        var settings = new RunSettings(model.Settings, training, data);
        cancellation.ThrowIfCancellationRequested();
        return Write(new ModelFolder(shown), shown, force, settings, corpus, trainer, grammar);
    }

    private Run Write(ModelFolder folder, string shown, bool force, RunSettings settings, Corpus corpus, LanguageModelTrainer trainer, Grammar? grammar)
    {
        IReadOnlyList<string> created = RunFolder.Missing(folder.FullPath);
        RunLock? held = null;
        try
        {
            folder.CreateFolder();
            held = RunLock.Take(shown);
            RunFolder.RequireFree(shown, force);

            // The checkpoint of step 0 holds the first weights, wherever they come from; config.json, the last file, makes the
            // folder a run. So a run that is killed at any moment can go on or is not there.
            RunReplacement.Replace(folder, fresh =>
            {
                TrainingCheckpoint.Save(fresh.CheckpointFile, trainer, default);
                fresh.Create(settings, corpus.Vocabulary);
            });
            return new Run(folder, shown, settings, corpus, trainer, grammar, held, _sinceBegin);
        }
        catch
        {
            held?.Withdraw();
            RunFolder.RemoveEmpty(created);
            throw;
        }
    }

    private static string Name(string[] files)
    {
        string file = files.Length == 0 ? DemoSettings.Name : files[0];
        string name = Path.GetFileNameWithoutExtension(file.EndsWith(".gz", StringComparison.Ordinal) ? file[..^3] : file);
        return name.Length == 0 ? "text" : name;
    }

    private void RequireSense()
    {
        parsed.Exclude(options.Steps, options.Epochs);
        parsed.Exclude(options.Valid, options.ValidFraction);
        foreach (Option own in (Option[])[options.InitFrom, options.Tokens, options.Dictionary, options.Sentences, options.Lowercase, options.Vocabulary, options.MinCount])
        {
            parsed.Exclude(options.VocabularyOf, own);
        }

        if (!parsed.Gave(options.Text) && parsed.Gave(options.VocabularyOf))
        {
            throw new UsageException($"{options.VocabularyOf.Name} wants --text too: the embedded corpus has a vocabulary of its own.");
        }

        if (!parsed.Gave(options.Text) && parsed.Gave(options.Valid))
        {
            throw new UsageException("--valid wants --text too: the embedded corpus has its own validation part.");
        }

        if (!parsed.Gave(options.InitFrom))
        {
            DictionaryInput.RequireUse(parsed, options.Dictionary, options.Tokens);
            if (parsed.Gave(options.SampledTokens) && parsed.GetValue(options.Softmax) != SoftmaxKind.Sampled)
            {
                throw new UsageException($"{options.SampledTokens.Name} wants {options.Softmax.Name} sampled too: no other softmax draws tokens.");
            }
        }

        bool demoTokens = parsed.GetValue(options.Tokens) is null or TokenKind.Character or TokenKind.Word;
        if (!parsed.Gave(options.Text) && (!demoTokens || parsed.GetValue(options.Sentences)))
        {
            string option = demoTokens ? options.Sentences.Name : $"{options.Tokens.Name} {parsed.GetValue(options.Tokens)!.Value.Name}";
            throw new UsageException($"{option} wants --text too: the embedded corpus is running text of characters or words, which its known entropy is per.");
        }
    }

    /// <summary>The model to start from, and its shape with what the command line may change of it.</summary>
    private (LanguageModel Origin, LanguageModelSettings Shape) LoadOrigin(string path)
    {
        LanguageModel origin = RunFolder.Load(path);
        LanguageModelSettings has = origin.Settings;
        RequireSame(options.Cell, has.Cell, path);
        RequireSame(options.Activation, has.Activation, path);
        RequireSame(options.Layers, has.Layers, path);
        RequireSame(options.Embedding, has.Embedding, path);
        RequireSame(options.Softmax, has.Softmax, path);
        RequireSame(options.SampledTokens, has.SampledClasses, path);
        if (parsed.GetValue(options.Hidden) is { } hidden && !hidden.Equals(has.Hidden))
        {
            throw Conflict(options.Hidden, $"hidden {has.Hidden}", path);
        }

        if (parsed.GetValue(options.Residual) && has.Connection != StackConnection.Residual)
        {
            throw Conflict(options.Residual, "no residual connections", path);
        }

        if (parsed.GetValue(options.Tokens) is TokenKind kind && kind != origin.Vocabulary.Kind)
        {
            throw Conflict(options.Tokens, $"tokens {origin.Vocabulary.Kind.Name}", path);
        }

        foreach (Option option in (Option[])[options.Vocabulary, options.MinCount, options.Dictionary])
        {
            if (parsed.Gave(option))
            {
                throw Conflict(option, FormattableString.Invariant($"{origin.Vocabulary.SymbolCount} tokens"), path);
            }
        }

        if (parsed.GetValue(options.Sentences) && origin.Vocabulary.Mode == TextMode.Running)
        {
            throw Conflict(options.Sentences, "running text", path);
        }

        if (parsed.GetValue(options.Lowercase) && origin.Vocabulary.LetterCase == LetterCase.Kept)
        {
            throw Conflict(options.Lowercase, "a vocabulary with capital letters", path);
        }

        if (parsed.GetValue(options.Tied) && has.OutputWeights != OutputWeights.Tied)
        {
            throw Conflict(options.Tied, "an output with weights of its own", path);
        }

        LstmOptions lstm = options.Lstm.From(parsed, has, (option, found) => Conflict(option, found, path));
        var shape = has with
        {
            Dropout = parsed.GetValue(options.Dropout) ?? has.Dropout,
            DropoutMask = parsed.GetValue(options.DropoutMask) ?? has.DropoutMask,
            WordDropout = parsed.GetValue(options.WordDropout) ?? has.WordDropout,
            WeightDropout = parsed.GetValue(options.WeightDropout) ?? has.WeightDropout,
            Lstm = lstm,
        };
        try
        {
            shape.Validate();
            return (origin, shape);
        }
        catch (UnfoldException failure)
        {
            throw new UsageException(failure.Message);
        }
    }

    private void RequireSame<T>(Option<T?> option, T has, string path)
        where T : struct
    {
        if (parsed.GetValue(option) is T wanted && !wanted.Equals(has))
        {
            throw Conflict(option, $"{option.Name.TrimStart('-')} {has}".ToLowerInvariant(), path);
        }
    }

    private static UsageException Conflict(Option option, string has, string path) =>
        new($"--init-from takes the shape and the vocabulary of {path}, which has {has}: leave out {option.Name}.");

    private static LanguageModel CreateModel(LanguageModelSettings shape, Vocabulary vocabulary, LanguageModel? origin, ulong seed)
    {
        var model = new LanguageModel(shape, vocabulary, new SeededRandom(seed));
        origin?.Parameters.Values.CopyTo(model.Parameters.Edit());
        return model;
    }
}
