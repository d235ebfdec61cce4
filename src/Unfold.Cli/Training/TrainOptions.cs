using System.CommandLine;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Cli.Training;

/// <summary>The options of unfold train, and the settings that they make.</summary>
internal sealed class TrainOptions
{
    // What does not fit in memory is refused when the vocabulary is known.
    private const int Widest = int.MaxValue;

    public Option<string[]> Text { get; } = Options.Paths("--text", "UTF-8 files to learn, read as one text; default the embedded corpus.");

    public Option<string?> Valid { get; } = Options.Path("--valid", "FILE", "A text of its own for validation, which reads at most its first 262,144 tokens.");

    public Option<double?> ValidFraction { get; } = Options.Number("--valid-fraction", "of at least 0 and below 1", value => value is >= 0 and < 1, "The share at the text's end that is kept for validation; default 0.05; at most 262,144 of its tokens are read.");

    public Option<bool> Lowercase { get; } = Options.Switch("--lowercase", "Lower all letters.");

    public Option<TokenKind?> Tokens { get; init; } = Options.Choice("--tokens", "What one token is; default char, word for the embedded corpus.", [.. Enum.GetValues<TokenKind>().Select(kind => (kind.Name, kind))]);

    public Option<string?> Dictionary { get; } = DictionaryInput.Option();

    public Option<bool> Sentences { get; } = Options.Switch("--sentences", "Each line that is not blank is a sentence with an end; the line feed is no token.");

    public Option<int?> Vocabulary { get; init; } = Options.WholeNumber("--vocabulary", 2, int.MaxValue, "The most tokens to know, the most frequent ones; all others are read as unknown. Default all for char, 8000 for bpe, else 50000.");

    public Option<long?> MinCount { get; init; } = Options.WholeNumber("--min-count", 1, long.MaxValue, "How often a token must be seen to be known; for bpe a character, and the two parts of a merge together. Default 1.");

    public Option<CellKind?> Cell { get; } = Options.Cell("The recurrent cell; default lstm.");

    public Option<Activation?> Activation { get; } = Options.Choice<Activation>("--activation", "The function of the cell rnn; default tanh.");

    public Option<int?> Layers { get; } = Options.WholeNumber("--layers", 1, 1000, "Recurrent layers; default 1.");

    public Option<LayerWidths?> Hidden { get; } = Options.Widths("--hidden", Widest, "The width of the layers: one for all, or one for each with commas between; default 256.");

    public Option<bool> Residual { get; } = Options.Switch("--residual", "Add the input of each layer after the first to its output, where both are of one width.");

    public LstmChoices Lstm { get; } = new(Widest);

    public Option<int?> Embedding { get; } = Options.WholeNumber("--embedding", 0, Widest, "The width of token vectors, 0 for one-hot input; default 0 for char, else 128.");

    public Option<bool> Tied { get; } = Options.Switch("--tied", "Give the output the weights of the embedding, which must be as wide as the last layer.");

    public Option<SoftmaxKind?> Softmax { get; } = Options.Choice<SoftmaxKind>("--softmax", "Learn the probabilities of all tokens at each step, of rare ones where they come, or against a sample; default exact.");

    public Option<int?> SampledTokens { get; } = Options.WholeNumber("--sampled-tokens", 1, Widest, "The tokens that a sampled softmax draws for each step; default 1024.");

    public Option<double?> Dropout { get; } = Options.Number("--dropout", "of at least 0 and below 1", value => value is >= 0 and < 1, "The share of values dropped into, between and out of layers; default 0.");

    public Option<DropoutMask?> DropoutMask { get; } = Options.Choice<DropoutMask>("--dropout-mask", "Drop anew at each step, or the same at all steps of a window; default independent.");

    public Option<double?> WordDropout { get; } = Options.Number("--word-dropout", "of at least 0 and below 1", value => value is >= 0 and < 1, "The share of tokens whose vectors are dropped for a window; default 0.");

    public Option<double?> WeightDropout { get; } = Options.Number("--weight-dropout", "of at least 0 and below 1", value => value is >= 0 and < 1, "The share of recurrent weights dropped for a window; default 0.");

    public Option<int?> SequenceLength { get; } = Options.WholeNumber("--seq-length", 1, int.MaxValue, "The steps through which the gradient goes back; default 50.");

    public Option<int?> SegmentLength { get; } = Options.WholeNumber("--segment-length", 0, int.MaxValue, "Keep only so many steps of a long window in memory, for one more forward pass; default 0, all.");

    public Option<int?> BatchSize { get; } = Options.WholeNumber("--batch-size", 1, int.MaxValue, "Sequences side by side; default 50.");

    public Option<Batching?> Batching { get; } = Options.Choice<Batching>("--batching", "Contiguous streams with the state carried over, or random windows; default stream.");

    public Option<LossOver?> Loss { get; } = Options.Choice<LossOver>("--loss", "The steps of a window that count; default all.");

    public Option<long?> Steps { get; } = Options.WholeNumber("--steps", 1, long.MaxValue, "Updates to make.");

    public Option<int?> Epochs { get; } = Options.WholeNumber("--epochs", 1, int.MaxValue, "Passes over the text; default 10.");

    public Option<OptimizerKind?> Optimizer { get; } = Options.Choice<OptimizerKind>("--optimizer", "The update rule; default adam.");

    public Option<double?> LearningRate { get; } = Options.Number("--lr", "above 0 that single precision can hold (1.5e-45 to 3.4e38)", Unfold.Models.TrainingSettings.IsLearningRate, "The learning rate; default one that suits the optimizer, 0.002 for adam.");

    public Option<ScheduleKind?> Schedule { get; } = Options.Choice<ScheduleKind>("--schedule", "How the learning rate changes; default constant.");

    public Option<double?> ClipNorm { get; } = Options.Number("--clip-norm", "of at least 0", value => value >= 0, "The largest norm of all gradients together, 0 for none; default 5.");

    public Option<double?> ClipValue { get; } = Options.Number("--clip-value", "of at least 0", value => value >= 0, "The largest size of one gradient, 0 for none; default 0.");

    public Option<double?> Averaging { get; } = Options.Number("--averaging", "of at least 0 and below 1", value => value is >= 0 and < 1, "The share of updates, the last ones, whose weights are averaged; the mean counts where it is better on the validation text; default 0.");

    public Option<int?> Patience { get; } = Options.WholeNumber("--patience", 0, int.MaxValue, "End early after so many validations without improvement, 0 for never; default 0.");

    public Option<string?> VocabularyOf { get; } = VocabularyInput.Option();

    public Option<string?> InitFrom { get; } = Options.Path("--init-from", "MODEL", "Start from the weights, shape and vocabulary of this model.");

    public Option<ulong?> Seed { get; } = Options.Seed("The seed of all that is random; default 1.");

    public Option<int?> Threads { get; } = Options.Threads();

    public Option<int?> CheckpointEvery { get; } = Options.WholeNumber("--checkpoint-every", 1, int.MaxValue, "Updates between two validations with a checkpoint; default 500.");

    public Option<string?> Out { get; } = Options.Path("--out", "DIR", "The run's folder, which is a model; default runs/NAME after the text.");

    public Option<string?> Resume { get; } = Options.Path("--resume", "DIR", "Go on with an interrupted run and its own settings.");

    public Option<bool> Force { get; } = Options.Switch("--force", "Replace the run that stands in the folder.");

    public Option<bool> Json { get; } = Options.Switch("--json", "Print one JSON object at the end. Its seconds are the time by the clock up to the last checkpoint, over all sittings of the run; its tokens_per_second those of training steps alone.");

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All =>
    [
        Text, Valid, ValidFraction, Lowercase, Tokens, Dictionary, Sentences, Vocabulary, MinCount, VocabularyOf, Cell, Activation, .. Lstm.All, Layers, Hidden, Residual, Embedding, Tied, Softmax, SampledTokens, Dropout, DropoutMask, WordDropout, WeightDropout, SequenceLength, SegmentLength, BatchSize, Batching, Loss, Steps, Epochs,
        Optimizer, LearningRate, Schedule, ClipNorm, ClipValue, Averaging, Patience, InitFrom, Seed, Threads, CheckpointEvery, Out, Resume, Force, Json,
    ];

    /// <summary>How the text is cut into tokens.</summary>
    /// <exception cref="UsageException">The vocabulary has no room for the bytes of subwords.</exception>
    /// <exception cref="UnfoldException">The dictionary cannot be used.</exception>
    public CorpusOptions CorpusOptions(Terminal terminal, ParseResult parsed, TrainDefaults defaults)
    {
        TokenKind kind = parsed.GetValue(Tokens) ?? defaults.Tokens;
        int symbols = parsed.GetValue(Vocabulary) ?? TrainDefaults.Symbols(kind);
        if (kind == TokenKind.BytePair && symbols <= BytePairEncoding.ByteCount)
        {
            throw new UsageException(FormattableString.Invariant($"{Tokens.Name} bpe wants {Vocabulary.Name} of more than {BytePairEncoding.ByteCount}, which is how many bytes are tokens so that nothing is unknown; found {symbols}."));
        }

        return new CorpusOptions
        {
            Kind = kind,
            MaximumSymbols = symbols,
            MinimumCount = parsed.GetValue(MinCount) ?? 1,
            Dictionary = DictionaryInput.Read(terminal, parsed, Dictionary),
            Mode = parsed.GetValue(Sentences) ? TextMode.Sentences : TextMode.Running,
            LetterCase = parsed.GetValue(Lowercase) ? LetterCase.Lowered : LetterCase.Kept,
            ValidationFraction = parsed.GetValue(Valid) is null ? parsed.GetValue(ValidFraction) ?? TrainDefaults.ValidationFraction : 0,
        };
    }

    /// <summary>The shape of a new model.</summary>
    /// <exception cref="UsageException">The options do not go together.</exception>
    public LanguageModelSettings ModelSettings(ParseResult parsed, TrainDefaults defaults)
    {
        CellKind cell = parsed.GetValue(Cell) ?? defaults.Model.Cell;
        LayerWidths? hidden = parsed.GetValue(Hidden);
        var settings = new LanguageModelSettings
        {
            Cell = cell,
            Activation = parsed.GetValue(Activation) ?? defaults.Model.Activation,
            Lstm = Lstm.Of(parsed, cell),
            Layers = parsed.GetValue(Layers) ?? (hidden is { IsOneForAll: false } ? hidden.Values.Count : defaults.Model.Layers),
            Hidden = hidden ?? defaults.Model.Hidden,
            Connection = parsed.GetValue(Residual) ? StackConnection.Residual : StackConnection.Plain,
            Embedding = parsed.GetValue(Embedding) ?? defaults.Embedding(parsed.GetValue(Tokens) ?? defaults.Tokens),
            OutputWeights = parsed.GetValue(Tied) ? OutputWeights.Tied : OutputWeights.Own,
            Softmax = parsed.GetValue(Softmax) ?? defaults.Model.Softmax,
            SampledClasses = parsed.GetValue(SampledTokens) ?? defaults.Model.SampledClasses,
            Dropout = parsed.GetValue(Dropout) ?? defaults.Model.Dropout,
            DropoutMask = parsed.GetValue(DropoutMask) ?? defaults.Model.DropoutMask,
            WordDropout = parsed.GetValue(WordDropout) ?? defaults.Model.WordDropout,
            WeightDropout = parsed.GetValue(WeightDropout) ?? defaults.Model.WeightDropout,
        };
        return Checked(settings, settings.Validate);
    }

    /// <summary>How the model is trained.</summary>
    /// <exception cref="UsageException">The options do not go together.</exception>
    public TrainingSettings TrainingSettings(ParseResult parsed, TrainDefaults defaults)
    {
        TrainingSettings other = defaults.Training;
        bool epochs = parsed.Gave(Epochs);
        long steps = parsed.GetValue(Steps) ?? (epochs ? 0 : other.Steps);
        double rate = parsed.GetValue(Optimizer) is OptimizerKind chosen ? TrainDefaults.LearningRate(chosen) : other.LearningRate;
        var settings = new TrainingSettings
        {
            SequenceLength = parsed.GetValue(SequenceLength) ?? other.SequenceLength,
            SegmentLength = parsed.GetValue(SegmentLength) ?? other.SegmentLength,
            BatchSize = parsed.GetValue(BatchSize) ?? other.BatchSize,
            Batching = parsed.GetValue(Batching) ?? other.Batching,
            Loss = parsed.GetValue(Loss) ?? other.Loss,
            Steps = steps,
            Epochs = steps > 0 ? 0 : parsed.GetValue(Epochs) ?? other.Epochs,
            Optimizer = parsed.GetValue(Optimizer) ?? other.Optimizer,
            LearningRate = parsed.GetValue(LearningRate) ?? rate,
            Schedule = parsed.GetValue(Schedule) ?? other.Schedule,
            ClipNorm = parsed.GetValue(ClipNorm) ?? other.ClipNorm,
            ClipValue = parsed.GetValue(ClipValue) ?? other.ClipValue,
            Seed = parsed.GetValue(Seed) ?? other.Seed,
            CheckpointEvery = parsed.GetValue(CheckpointEvery) ?? other.CheckpointEvery,
            Averaging = parsed.GetValue(Averaging) ?? other.Averaging,
            Patience = parsed.GetValue(Patience) ?? other.Patience,
        };
        return Checked(settings, settings.Validate);
    }

    private static T Checked<T>(T settings, Action validate)
    {
        try
        {
            validate();
            return settings;
        }
        catch (UnfoldException failure)
        {
            throw new UsageException(failure.Message);
        }
    }
}
