using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Layers;
using Unfold.Numerics;

namespace Unfold.Models;

/// <summary>A sequence with a label at each of its steps.</summary>
public sealed record TaggedSequence
{
    /// <summary>Puts labels beside a sequence.</summary>
    /// <exception cref="UnfoldException">There is not one label a step, or a label is no text.</exception>
    public TaggedSequence(Sequence input, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count != input.Length)
        {
            throw new UnfoldException($"A tagged sequence has one label at each step; found {labels.Count} labels for {input.Length} steps.");
        }

        (Input, Labels) = (input, [.. labels]);
        foreach (string label in Labels)
        {
            SymbolTable.RequireText(label);
        }
    }

    /// <summary>The sequence.</summary>
    public Sequence Input { get; }

    /// <summary>One label a step.</summary>
    public IReadOnlyList<string> Labels { get; }
}

/// <summary>
/// Gives each step of a sequence a label: p(label_t) = softmax(y_t W + b), where y_t is the output of recurrent layers at step t, which
/// by choice see the whole sequence (Graves and Schmidhuber, 2005; Huang et al., 2015, without the random field). Fitted to the
/// mean cross-entropy -log p in nats per step.
/// </summary>
public sealed class SequenceTagger : SequenceModel<TaggedSequence>
{
    internal SequenceTagger(SequenceSchema schema, LabelTable labels, SequenceEncoderSettings settings, SeededRandom? random)
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
    /// <param name="examples">The training examples.</param>
    /// <param name="settings">The recurrent part.</param>
    /// <param name="options">How to fit.</param>
    /// <param name="validation">Examples that choose the best weights, and end the fit early with <see cref="FitOptions.Patience"/>.</param>
    /// <exception cref="UnfoldException">There is no example, examples differ in columns or variables, a validation label does not come in training, or a setting is out of range.</exception>
    /// <exception cref="Unfold.Training.DivergenceException">The loss or a gradient is not a number or infinite.</exception>
    public static SequenceTagger Fit(
        IReadOnlyList<TaggedSequence> examples, SequenceEncoderSettings settings, FitOptions options, IReadOnlyList<TaggedSequence>? validation = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RequireExamples(examples, validation);
        SeededRandom random = WeightsRandom(options);
        settings.Validate();
        SequenceSchema schema = SequenceSchema.Learn([.. examples.Select(example => example.Input)], settings.MinimumCount);
        var model = new SequenceTagger(schema, LabelTable.Build(examples.SelectMany(example => example.Labels)), settings, random);
        model.Train(examples, validation, options);
        return model;
    }

    /// <summary>The number of learned values of a model, before memory is taken for it.</summary>
    internal static Int128 CountParameters(SequenceSchema schema, int labels, SequenceEncoderSettings settings)
    {
        (Int128 encoder, Int128 width) = SequenceEncoder.Measure(schema, settings);
        return encoder + ((width + 1) * labels);
    }

    /// <summary>The mean cross-entropy in nats per step.</summary>
    /// <inheritdoc/>
    public override Tensor Loss(Tape tape, IReadOnlyList<TaggedSequence> batch, SeededRandom? random = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Sequence[] inputs = [.. batch.Select(example => example.Input)];
        int[] targets = SequenceRows.Of(inputs).ToArray(row => Labels[batch[row.Sequence].Labels[row.Step]]);
        return Output.Loss(tape, Encoder.ForwardRows(tape, inputs, random), targets);
    }

    /// <summary>Labels each step of a sequence.</summary>
    /// <exception cref="UnfoldException">The sequence is not of the model's schema.</exception>
    public IReadOnlyList<Classification> Predict(Sequence sequence) => Predict([sequence])[0];

    /// <summary>Labels each step of each sequence; the same as one by one, but faster.</summary>
    /// <param name="sequences">Any number, of any lengths.</param>
    /// <param name="workers">The threads; one for each core if not set. The result does not depend on their number. A team of several serves one call at a time.</param>
    /// <param name="cancellation">Stops the prediction between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="UnfoldException">A sequence is not of the model's schema.</exception>
    public IReadOnlyList<IReadOnlyList<Classification>> Predict(IReadOnlyList<Sequence> sequences, Workers? workers = null, CancellationToken cancellation = default) =>
        InBatches<IReadOnlyList<Classification>>(sequences, workers, (tape, batch) =>
        {
            Tensor logits = Output.Projection.Forward(tape, Encoder.ForwardRows(tape, batch, random: null));
            Classification[] rows = Classification.Rows(tape.Softmax(logits), Labels);
            Classification[][] predictions = [.. batch.Select(sequence => new Classification[sequence.Length])];
            List<(int Sequence, int Step)> places = SequenceRows.Of(batch);
            for (int row = 0; row < rows.Length; row++)
            {
                predictions[places[row].Sequence][places[row].Step] = rows[row];
            }

            return predictions;
        }, cancellation);

    private protected override void Require(TaggedSequence example)
    {
        Encoder.Schema.Require(example.Input);
        Labels.Require(example.Labels);
    }

    private protected override IReadOnlyList<(StackedLayers Stack, Func<TaggedSequence, int> Steps)> Runs => [(Encoder.Stack, LengthOf)];

    private protected override int LengthOf(TaggedSequence example) => example.Input.Length;

    private protected override int TargetsOf(TaggedSequence example) => example.Input.Length;
}
