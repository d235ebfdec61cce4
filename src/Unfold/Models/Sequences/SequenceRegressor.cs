using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Layers;
using Unfold.Numerics;

namespace Unfold.Models;

/// <summary>A sequence and the values that belong to it.</summary>
public sealed record ValuedSequence
{
    /// <summary>Puts values beside a sequence.</summary>
    /// <exception cref="UnfoldException">There is no value, or one is not a number or infinite.</exception>
    public ValuedSequence(Sequence input, params ReadOnlySpan<float> values)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (values.IsEmpty)
        {
            throw new UnfoldException("A valued sequence has at least one value; found none.");
        }

        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new UnfoldException(FormattableString.Invariant($"The values of a sequence are finite numbers; found {value}."));
            }
        }

        (Input, Values) = (input, values.ToArray());
    }

    /// <summary>The sequence.</summary>
    public Sequence Input { get; }

    /// <summary>Its values, in units of their own.</summary>
    public ReadOnlyMemory<float> Values { get; }
}

/// <summary>
/// Gives a whole sequence one or several values: v = mean + deviation (s W + b), where s is what recurrent layers make of the
/// sequence, and mean and deviation are those of the training values. Fitted to the mean squared error of the standardized
/// values: 1 is what the mean alone would come to.
/// </summary>
public sealed class SequenceRegressor : SequenceModel<ValuedSequence>
{
    internal SequenceRegressor(SequenceSchema schema, Standardization targets, SequenceEncoderSettings settings, SeededRandom? random)
    {
        Targets = targets;
        Encoder = new SequenceEncoder(schema, settings, random);
        Output = new Dense(Encoder.OutputSize, targets.Width, random!, "output");
        Parameters = new ParameterSet([.. Encoder.Parameters, .. Output.Parameters]);
    }

    /// <summary>The scale of the values.</summary>
    public Standardization Targets { get; }

    /// <summary>Reads the sequences.</summary>
    public SequenceEncoder Encoder { get; }

    /// <summary>The output layer.</summary>
    public Dense Output { get; }

    /// <inheritdoc/>
    public override ParameterSet Parameters { get; }

    private protected override IReadOnlyList<object> Layers => [Encoder, Output];

    private protected override IEnumerable<string> Choices => ModelChoices.Of(Encoder.Settings);

    /// <summary>Learns symbols and scales from the training examples, and fits a model to them.</summary>
    /// <param name="examples">The training examples, all with one number of values.</param>
    /// <param name="settings">The recurrent part.</param>
    /// <param name="options">How to fit.</param>
    /// <param name="validation">Examples that choose the best weights, and end the fit early with <see cref="FitOptions.Patience"/>.</param>
    /// <exception cref="UnfoldException">There is no example, examples differ in columns, variables or values, or a setting is out of range.</exception>
    /// <exception cref="Unfold.Training.DivergenceException">The loss or a gradient is not a number or infinite.</exception>
    public static SequenceRegressor Fit(
        IReadOnlyList<ValuedSequence> examples, SequenceEncoderSettings settings, FitOptions options, IReadOnlyList<ValuedSequence>? validation = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RequireExamples(examples, validation);
        SeededRandom random = WeightsRandom(options);
        settings.Validate();
        int width = examples[0].Values.Length;
        foreach (ValuedSequence example in examples)
        {
            RequireWidth(example, width);
        }

        SequenceSchema schema = SequenceSchema.Learn([.. examples.Select(example => example.Input)], settings.MinimumCount);
        var model = new SequenceRegressor(schema, Standardization.Learn(examples.Select(example => example.Values), width), settings, random);
        model.Train(examples, validation, options);
        return model;
    }

    /// <summary>The mean squared error of the standardized values.</summary>
    /// <inheritdoc/>
    public override Tensor Loss(Tape tape, IReadOnlyList<ValuedSequence> batch, SeededRandom? random = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int width = Targets.Width;
        var targets = new Tensor(new Shape(batch.Count, width));
        Span<float> rows = targets.Edit();
        for (int b = 0; b < batch.Count; b++)
        {
            Require(batch[b]);
            Targets.Apply(batch[b].Values.Span, rows.Slice(b * width, width));
        }

        Tensor summary = Encoder.Summarize(tape, [.. batch.Select(example => example.Input)], random);
        return tape.MeanSquaredError(Output.Forward(tape, summary), targets);
    }

    /// <summary>The values of a sequence, in the units of the examples.</summary>
    /// <exception cref="UnfoldException">The sequence is not of the model's schema.</exception>
    public IReadOnlyList<double> Predict(Sequence sequence) => Predict([sequence])[0];

    /// <summary>The values of each sequence; the same as one by one, but faster.</summary>
    /// <param name="sequences">Any number, of any lengths.</param>
    /// <param name="workers">The threads; one for each core if not set. The result does not depend on their number. A team of several serves one call at a time.</param>
    /// <param name="cancellation">Stops the prediction between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="UnfoldException">A sequence is not of the model's schema.</exception>
    public IReadOnlyList<IReadOnlyList<double>> Predict(IReadOnlyList<Sequence> sequences, Workers? workers = null, CancellationToken cancellation = default) =>
        InBatches(sequences, workers, (tape, batch) => Targets.UndoRows(Output.Forward(tape, Encoder.Summarize(tape, batch, random: null))), cancellation);

    /// <summary>The number of learned values of a model, before memory is taken for it.</summary>
    internal static Int128 CountParameters(SequenceSchema schema, int values, SequenceEncoderSettings settings)
    {
        (Int128 encoder, Int128 width) = SequenceEncoder.Measure(schema, settings);
        return encoder + ((width + 1) * values);
    }

    private protected override void Require(ValuedSequence example)
    {
        Encoder.Schema.Require(example.Input);
        RequireWidth(example, Targets.Width);
    }

    private protected override IReadOnlyList<(StackedLayers Stack, Func<ValuedSequence, int> Steps)> Runs => [(Encoder.Stack, LengthOf)];

    private protected override int LengthOf(ValuedSequence example) => example.Input.Length;

    private protected override int TargetsOf(ValuedSequence example) => 1;

    private static void RequireWidth(ValuedSequence example, int width)
    {
        if (example.Values.Length != width)
        {
            throw new UnfoldException($"All examples have the same number of values; the first has {width}, and one has {example.Values.Length}.");
        }
    }
}
