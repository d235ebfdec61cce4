using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Models.Sequences;
using Unfold.Text;

namespace Unfold.Tests.Persistence;

/// <summary>A row for each type of model that is fitted: the fit, and the same with one other setting at a time.</summary>
internal static class KeptFits
{
    private const int Count = 24, Kept = 6;

    private static readonly Sequence[] Inputs = [.. SequenceCases.Mixed(2 * (Count + Kept), 3).Where(input => input.Length > 1).Take(Count + Kept)];
    private static readonly Vocabulary Letters = new(TokenKind.Character, LetterCase.Kept, ["a", "b", "c", "d"]);

    private static readonly SequenceEncoderSettings Encoder = new() { Cell = CellKind.Rnn, Layers = 2, Hidden = 4, Embedding = 3, FurtherEmbedding = 2, Dropout = 0.2 };

    private static readonly (string Word, SequenceEncoderSettings Settings)[] OtherEncoders =
    [
        ("encoder.cell", Encoder with { Cell = CellKind.Gru }),
        ("encoder.activation", Encoder with { Activation = Activation.Sigmoid }),
        ("encoder.layers", Encoder with { Layers = 3 }),
        ("encoder.hidden", Encoder with { Hidden = 5 }),
        ("encoder.connection", Encoder with { Connection = StackConnection.Residual }),
        ("encoder.embedding", Encoder with { Embedding = 4 }),
        ("encoder.further_embedding", Encoder with { FurtherEmbedding = 3 }),
    ];

    private static readonly (string Word, SequenceEncoderSettings Settings)[] OtherReaders =
    [
        .. OtherEncoders,
        ("encoder.merge", Encoder with { Merge = Merge.Sum }),
        ("encoder.minimum_count", Encoder with { MinimumCount = 2 }),
        ("encoder.pooling", Encoder with { Pooling = Pooling.Mean }),
    ];

    private static readonly (string Word, SequenceEncoderSettings Settings)[] OtherDirections = [.. OtherReaders, ("encoder.reading", Encoder with { Reading = Reading.Forward })];

    private static readonly JordanNetworkSettings Network = new() { Hidden = 5, Embedding = 3, Sampling = new ScheduledSampling { Final = 0.8 } };

    private static readonly EncoderDecoderSettings Pair = new() { Encoder = Encoder, Decoder = Encoder };

    private static readonly ForecasterSettings Window = new() { InputLength = 5, Horizon = 2, Encoder = Encoder };

    /// <summary>Two passes of three batches, or four of a forecaster.</summary>
    public static FitOptions Options => new() { Epochs = 2, BatchSize = 8, LearningRate = 0.02, Seed = 5, Workers = new Workers(1) };

    public static IReadOnlyDictionary<string, Row> Rows { get; } = new Dictionary<string, Row>(StringComparer.Ordinal)
    {
        [nameof(SequenceTagger)] = Of(Encoder, OtherDirections, Examples((input, i) => new TaggedSequence(input, [.. input.Columns[1].Select(Label)])), (part, settings, options) => SequenceTagger.Fit(part.Training, settings, options, part.Validation)),
        [nameof(SequenceClassifier)] = Of(Encoder, OtherDirections, Examples((input, i) => new LabelledSequence(input, Label(input.Columns[1][0]))), (part, settings, options) => SequenceClassifier.Fit(part.Training, settings, options, part.Validation)),
        [nameof(SequenceRegressor)] = Of(Encoder, OtherDirections, Examples((input, i) => new ValuedSequence(input, i, i % 3)), (part, settings, options) => SequenceRegressor.Fit(part.Training, settings, options, part.Validation)),
        [nameof(SequenceGenerator)] = Of(
            Encoder,
            OtherReaders,
            Examples((input, i) => new GeneratedSequence(Sequence.OfSymbols([$"x{i % 2}"], ["y"]), [.. input.Columns[1].Select(Label)])),
            (part, settings, options) => SequenceGenerator.Fit(part.Training, settings, options, part.Validation)),
        [nameof(FramePredictor)] = Of(
            (Encoder, FrameKind.Binary),
            [("frames", (Encoder, FrameKind.Values)), .. OtherReaders.Select(other => (other.Word, (other.Settings, FrameKind.Binary)))],
            Examples((input, _) => Sequence.OfSymbols([.. input.Columns]).With(Sequence.OfValues([.. input.Columns[1].Select(symbol => symbol == "w0" ? 1f : 0)], 1))),
            (part, choice, options) => FramePredictor.Fit(part.Training, choice.Item2, choice.Item1, options, part.Validation)),
        [nameof(ClozeModel)] = Of(
            (Encoder, Letters),
            [("vocabulary", (Encoder, new Vocabulary(TokenKind.Character, LetterCase.Kept, ["a", "b", "d", "c"]))), .. OtherEncoders.Select(other => (other.Word, (other.Settings, Letters)))],
            Examples((input, i) => (IReadOnlyList<int>)[.. input.Columns[1].Select((symbol, t) => Vocabulary.SpecialCount + ((symbol[^1] + t) % 4))]),
            (part, choice, options) => ClozeModel.Fit(part.Training, choice.Item2, choice.Item1, options, part.Validation)),
        [nameof(EncoderDecoder)] = Of(
            Pair,
            [
                ("attention", Pair with { Attention = AttentionKind.Additive }),
                .. OtherDirections.Select(other => (other.Word, Pair with { Encoder = other.Settings })),
                .. OtherReaders.Select(other => (other.Word.Replace("encoder", "decoder", StringComparison.Ordinal), Pair with { Decoder = other.Settings })),
            ],
            Examples((input, _) => new SequencePair(input, input.Columns[1])),
            (part, settings, options) => EncoderDecoder.Fit(part.Training, settings, options, part.Validation)),
        [nameof(JordanNetwork)] = Of(
            Network,
            [
                ("network.hidden", Network with { Hidden = 6 }),
                ("network.activation", Network with { Activation = Activation.Sigmoid }),
                ("network.embedding", Network with { Embedding = 4 }),
                ("network.minimum_count", Network with { MinimumCount = 2 }),
                ("network.sampling", Network with { Sampling = null }),
                ("network.sampling", Network with { Sampling = Network.Sampling! with { Final = 0.7 } }),
                ("network.sampling", Network with { Sampling = Network.Sampling! with { Rise = SamplingRise.Exponential } }),
                ("network.measured", Network with { Measured = OutputFeedback.Targets }),
            ],
            Examples((input, _) => new JordanExample(input, Sequence.OfSymbols(input.Columns[1]))),
            (part, settings, options) => JordanNetwork.Fit(part.Training, settings, options, part.Validation)),
        [nameof(Forecaster)] = Of(
            (Series(4, "load"), Window),
            [
                .. OtherReaders.Select(other => (other.Word, (Series(4, "load"), Window with { Encoder = other.Settings }))),
                ("encoder.reading", (Series(4, "load"), Window with { Encoder = Encoder with { Reading = Reading.Bidirectional } })),
                ("forecast.variables", (Series(4, "work, and heat"), Window)),
                ("forecast.known", (Series(4, "load").WithKnown("holiday", new double[50]), Window)),
                ("forecast.targets", (Series(4, "load"), Window with { Targets = ["heat", "load"] })),
                ("forecast.season", (Series(5, "load"), Window)),
                ("forecast.input_length", (Series(4, "load"), Window with { InputLength = 6 })),
                ("forecast.horizon", (Series(4, "load"), Window with { Horizon = 3 })),
                ("forecast.output", (Series(4, "load"), Window with { Output = ForecastOutput.Gaussian })),
                ("forecast.levels", (Series(4, "load"), Window with { Levels = [0.2, 0.5, 0.9] })),
                ("forecast.scaling", (Series(4, "load"), Window with { Scaling = WindowScaling.None })),
                ("forecast.transform", (Series(4, "load"), Window with { Transform = ValueTransform.Log })),
                ("forecast.validation_fraction", (Series(4, "load"), Window with { ValidationFraction = 0.3 })),
                ("forecast.stride", (Series(4, "load"), Window with { Stride = 2 })),
            ],
            new Parts<int>([], []),
            (_, choice, options) => Forecaster.Fit(choice.Item1, choice.Item2, options)),
    };

    /// <summary>The same options for a fit that is stopped after some updates.</summary>
    public static FitOptions Stopping(FitOptions options, int updates)
    {
        var source = new CancellationTokenSource();
        return options with
        {
            Stopping = source.Token,
            Progress = _ =>
            {
                if (--updates == 0)
                {
                    source.Cancel();
                }
            },
        };
    }

    /// <summary>The same fit again, but for the dropout.</summary>
    public static SequenceModel FitTagger(double dropout, FitOptions options)
    {
        TaggedSequence[] examples = [.. Inputs.Select(input => new TaggedSequence(input, [.. input.Columns[1].Select(Label)]))];
        return SequenceTagger.Fit(examples, Encoder with { Cell = CellKind.Lstm, Dropout = dropout, Lstm = new() { RecurrentDropout = dropout } }, options);
    }

    private static Row Of<TChoice, T>(TChoice usual, IEnumerable<(string Word, TChoice Choice)> others, Parts<T> examples, Func<Parts<T>, TChoice, FitOptions, SequenceModel> fit) => new(
        options => fit(examples, usual, options),
        [.. others.Select(other => (other.Word, (Func<FitOptions, SequenceModel>)(options => fit(examples, other.Choice, options))))]);

    private static Parts<T> Examples<T>(Func<Sequence, int, T> of)
    {
        T[] all = [.. Inputs.Select(of)];
        return new Parts<T>(all[..Count], all[Count..]);
    }

    private static string Label(string symbol) => symbol == "w0" ? "x" : "y";

    private static TimeSeries Series(int season, string name)
    {
        var random = new SeededRandom(7);
        double[] Values() => [.. Enumerable.Range(0, 40).Select(_ => 5 + random.NextDouble())];
        return TimeSeries.Of(Values(), season, name).With("heat", Values());
    }

    internal sealed record Row(Func<FitOptions, SequenceModel> Fit, IReadOnlyList<(string Word, Func<FitOptions, SequenceModel> Fit)> Others);

    internal sealed record Parts<T>(IReadOnlyList<T> Training, IReadOnlyList<T> Validation);
}
