using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Numerics;

namespace Unfold.Models;

/// <summary>
/// Turns a sequence into symbols of another number (Sutskever et al., 2014; Cho et al., 2014): an encoder reads the source, a
/// decoder writes the target symbol by symbol, by choice looking back at the source's steps (Bahdanau et al., 2015; Luong et
/// al., 2015). Fitted to the mean cross-entropy in nats per symbol with the right symbols as input (teacher forcing).
/// </summary>
/// <remarks>
/// Attention comes after the recurrent step and its result is not fed back into the next one, as in Luong et al. without input feeding:
/// so all steps of all targets are computed at once. See <see cref="TargetDecoder"/> for the equations.
/// </remarks>
public sealed class EncoderDecoder : SequenceModel<SequencePair>
{
    /// <summary>Creates a model that is not fitted yet.</summary>
    /// <param name="schema">What the sources look like.</param>
    /// <param name="symbols">The symbols that can be written, at least one.</param>
    /// <param name="settings">The shape.</param>
    /// <param name="random">Where the weights come from; null leaves them for a file to fill.</param>
    /// <exception cref="UnfoldException">A setting is out of range or does not go with the schema, there is no symbol, or the model does not fit into memory.</exception>
    public EncoderDecoder(SequenceSchema schema, SymbolTable symbols, EncoderDecoderSettings settings, SeededRandom? random)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(symbols);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        settings = settings.WithDirections();
        if (symbols.Symbols.Count == 0)
        {
            throw new UnfoldException($"There is no target symbol that comes {settings.Decoder.MinimumCount} times or more in the training examples, so there is nothing to write.");
        }

        MemoryBudget.RequireParameters(CountParameters(schema, symbols, settings), $"An encoder-decoder of {settings.Encoder.Hidden} and {settings.Decoder.Hidden} with {symbols.Count} target symbols");
        Settings = settings;
        Encoder = new SequenceEncoder(schema, settings.Encoder, random);
        Decoder = new TargetDecoder(Encoder, symbols, settings, random);
        Parameters = new ParameterSet([.. Encoder.Parameters, .. Decoder.Parameters]);
    }

    /// <summary>The shape.</summary>
    public EncoderDecoderSettings Settings { get; }

    /// <summary>Reads sources.</summary>
    public SequenceEncoder Encoder { get; }

    /// <summary>Writes targets.</summary>
    public TargetDecoder Decoder { get; }

    /// <inheritdoc/>
    public override ParameterSet Parameters { get; }

    private protected override IReadOnlyList<object> Layers => [Encoder, .. Decoder.Layers];

    private protected override IEnumerable<string> Choices => ModelChoices.Of(Settings);

    /// <summary>Learns the symbols of sources and targets from the training examples, and fits a model to them.</summary>
    /// <param name="examples">The training examples.</param>
    /// <param name="settings">The shape.</param>
    /// <param name="options">How to fit.</param>
    /// <param name="validation">Examples that choose the best weights, and end the fit early with <see cref="FitOptions.Patience"/>.</param>
    /// <exception cref="UnfoldException">There is no example, no target symbol, sources differ in columns or variables, or a setting is out of range.</exception>
    /// <exception cref="Unfold.Training.DivergenceException">The loss or a gradient is not a number or infinite.</exception>
    public static EncoderDecoder Fit(
        IReadOnlyList<SequencePair> examples, EncoderDecoderSettings settings, FitOptions options, IReadOnlyList<SequencePair>? validation = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RequireExamples(examples, validation);
        SeededRandom random = WeightsRandom(options);
        settings.Validate();
        SequenceSchema schema = SequenceSchema.Learn([.. examples.Select(example => example.Source)], settings.Encoder.MinimumCount);
        SymbolTable symbols = SymbolTable.Build(examples.SelectMany(example => example.Target), settings.Decoder.MinimumCount);
        var model = new EncoderDecoder(schema, symbols, settings, random);
        model.Train(examples, validation, options);
        return model;
    }

    /// <summary>The number of learned values of a model, before memory is taken for it.</summary>
    internal static Int128 CountParameters(SequenceSchema schema, SymbolTable symbols, EncoderDecoderSettings settings)
    {
        (Int128 encoder, Int128 width) = SequenceEncoder.Measure(schema, settings.Encoder);
        return encoder + TargetDecoder.CountParameters(symbols, settings, width);
    }

    /// <summary>The mean cross-entropy in nats per target symbol, the end included, given the right symbols before it.</summary>
    /// <inheritdoc/>
    public override Tensor Loss(Tape tape, IReadOnlyList<SequencePair> batch, SeededRandom? random = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (AttentionMemory? memory, StackState start) = Read(tape, [.. batch.Select(example => example.Source)], random);
        return Decoder.Loss(tape, memory, start, [.. batch.Select(example => example.Target)], random);
    }

    /// <summary>The symbols of the best target that a search finds; greedy where no options are given.</summary>
    /// <exception cref="UnfoldException">The source is not of the model's schema, or an option is out of range.</exception>
    public IReadOnlyList<string> Predict(Sequence source, DecodingOptions? options = null) => Predict([source], options)[0];

    /// <summary>The symbols of the best target of each source; the same as one by one, but faster.</summary>
    /// <param name="sources">Any number, of any lengths.</param>
    /// <param name="options">How to search; greedily if not set.</param>
    /// <param name="workers">The threads; one for each core if not set. The result does not depend on their number. A team of several serves one call at a time.</param>
    /// <param name="cancellation">Stops the search between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="UnfoldException">A source is not of the model's schema, or an option is out of range.</exception>
    public IReadOnlyList<IReadOnlyList<string>> Predict(
        IReadOnlyList<Sequence> sources, DecodingOptions? options = null, Workers? workers = null, CancellationToken cancellation = default) =>
        [.. Search(sources, options, workers, cancellation).Select(hypotheses => hypotheses[0].Symbols)];

    /// <summary>The targets that a search finds for a source, the best first, with scores and attention.</summary>
    /// <exception cref="UnfoldException">The source is not of the model's schema, or an option is out of range.</exception>
    public IReadOnlyList<Hypothesis> Search(Sequence source, DecodingOptions? options = null) => Search([source], options)[0];

    /// <summary>The targets that a search finds for each source, the best first, with scores and attention; the same as one by one, but faster.</summary>
    /// <inheritdoc cref="Predict(IReadOnlyList{Sequence}, DecodingOptions?, Workers?, CancellationToken)" path="/param|/exception"/>
    public IReadOnlyList<IReadOnlyList<Hypothesis>> Search(
        IReadOnlyList<Sequence> sources, DecodingOptions? options = null, Workers? workers = null, CancellationToken cancellation = default)
    {
        options ??= new DecodingOptions();
        options.Validate();
        return InBatches(sources, workers, (tape, batch) =>
        {
            (AttentionMemory? memory, StackState start) = Read(tape, batch, random: null);
            return new BeamSearch(Decoder, options, tape, memory, [.. batch.Select(source => source.Length)]).Run(start);
        }, cancellation, options.Beam);
    }

    private protected override void Require(SequencePair example) => Encoder.Schema.Require(example.Source);

    private protected override IReadOnlyList<(StackedLayers Stack, Func<SequencePair, int> Steps)> Runs =>
        [(Encoder.Stack, example => example.Source.Length), (Decoder.Stack, TargetsOf)];

    private protected override void RequireMemory(IReadOnlyList<SequencePair> batch)
    {
        base.RequireMemory(batch);
        Decoder.Attention?.RequireTraining(batch.Count, batch.Max(TargetsOf), batch.Max(example => example.Source.Length));
    }

    private protected override int LengthOf(SequencePair example) => example.Source.Length + example.Target.Count;

    private protected override int TargetsOf(SequencePair example) => example.Target.Count + 1;

    private (AttentionMemory? Memory, StackState Start) Read(Tape tape, IReadOnlyList<Sequence> sources, SeededRandom? random)
    {
        (Tensor outputs, StackState final, IReadOnlyList<int>? lengths) = Encoder.Forward(tape, sources, random);
        return (Decoder.Attention?.Prepare(tape, outputs, lengths), Decoder.Start(tape, final));
    }
}
