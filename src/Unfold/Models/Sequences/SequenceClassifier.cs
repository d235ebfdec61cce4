using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Layers;
using Unfold.Numerics;

namespace Unfold.Models;

/// <summary>A sequence and its label.</summary>
public sealed record LabelledSequence
{
    /// <summary>Puts a label beside a sequence.</summary>
    public LabelledSequence(Sequence input, string label)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(label);
        (Input, Label) = (input, label);
    }

    /// <summary>The sequence.</summary>
    public Sequence Input { get; }

    /// <summary>Its label.</summary>
    public string Label { get; }
}

/// <summary>
/// Gives a whole sequence a label: p(label) = softmax(s W + b), where s is what recurrent layers make of the sequence: their last
/// state (of both directions where they read in both), or the mean or the largest of their outputs. Fitted to the mean
/// cross-entropy -log p in nats per sequence.
/// </summary>
public sealed class SequenceClassifier : SequenceModel<LabelledSequence>
{
    internal SequenceClassifier(SequenceSchema schema, LabelTable labels, SequenceEncoderSettings settings, SeededRandom? random)
    {
        Labels = labels;
        Encoder = new SequenceEncoder(schema, settings, random);
        Output = new SoftmaxOutput(Encoder.OutputSize, labels.Count, random!);
        Parameters = new ParameterSet([.. Encoder.Parameters, .. Output.Projection.Parameters]);
    }

    /// <summary>The labels, in the order of the probabilities.</summary>
    public LabelTable Labels { get; }

    /// <summary>Reads the sequences.</summary>
    public SequenceEncoder Encoder { get; }

    /// <summary>The output layer.</summary>
    public SoftmaxOutput Output { get; }

    /// <inheritdoc/>
    public override ParameterSet Parameters { get; }

    private protected override IReadOnlyList<object> Layers => [Encoder, Output.Projection];

    private protected override IEnumerable<string> Choices => ModelChoices.Of(Encoder.Settings);

    /// <summary>Learns symbols, scales and labels from the training examples, and fits a model to them.</summary>
    /// <inheritdoc cref="SequenceTagger.Fit" path="/param|/exception"/>
    public static SequenceClassifier Fit(
        IReadOnlyList<LabelledSequence> examples, SequenceEncoderSettings settings, FitOptions options, IReadOnlyList<LabelledSequence>? validation = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RequireExamples(examples, validation);
        SeededRandom random = WeightsRandom(options);
        settings.Validate();
        SequenceSchema schema = SequenceSchema.Learn([.. examples.Select(example => example.Input)], settings.MinimumCount);
        var model = new SequenceClassifier(schema, LabelTable.Build(examples.Select(example => example.Label)), settings, random);
        model.Train(examples, validation, options);
        return model;
    }

    /// <summary>The number of learned values of a model, before memory is taken for it.</summary>
    internal static Int128 CountParameters(SequenceSchema schema, int labels, SequenceEncoderSettings settings)
    {
        (Int128 encoder, Int128 width) = SequenceEncoder.Measure(schema, settings);
        return encoder + ((width + 1) * labels);
    }

    /// <summary>The mean cross-entropy in nats per sequence.</summary>
    /// <inheritdoc/>
    public override Tensor Loss(Tape tape, IReadOnlyList<LabelledSequence> batch, SeededRandom? random = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor summary = Encoder.Summarize(tape, [.. batch.Select(example => example.Input)], random);
        return Output.Loss(tape, summary, batch.Select(example => Labels[example.Label]).ToArray());
    }

    /// <summary>Labels a sequence.</summary>
    /// <exception cref="UnfoldException">The sequence is not of the model's schema.</exception>
    public Classification Predict(Sequence sequence) => Predict([sequence])[0];

    /// <summary>Labels each sequence; the same as one by one, but faster.</summary>
    /// <inheritdoc cref="SequenceTagger.Predict(IReadOnlyList{Sequence}, Workers?, CancellationToken)" path="/param|/exception"/>
    public IReadOnlyList<Classification> Predict(IReadOnlyList<Sequence> sequences, Workers? workers = null, CancellationToken cancellation = default) =>
        InBatches(sequences, workers, (tape, batch) =>
        {
            Tensor logits = Output.Projection.Forward(tape, Encoder.Summarize(tape, batch, random: null));
            return Classification.Rows(tape.Softmax(logits), Labels);
        }, cancellation);

    private protected override void Require(LabelledSequence example)
    {
        Encoder.Schema.Require(example.Input);
        Labels.Require([example.Label]);
    }

    private protected override IReadOnlyList<(StackedLayers Stack, Func<LabelledSequence, int> Steps)> Runs => [(Encoder.Stack, LengthOf)];

    private protected override int LengthOf(LabelledSequence example) => example.Input.Length;

    private protected override int TargetsOf(LabelledSequence example) => 1;
}
