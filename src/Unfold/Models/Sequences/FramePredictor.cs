using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Layers;
using Unfold.Numerics;

namespace Unfold.Models;

/// <summary>What the variables of a frame are.</summary>
public enum FrameKind
{
    /// <summary>Numbers: a frame is predicted by its mean, with the mean squared error of standardized variables.</summary>
    Values,

    /// <summary>0 or 1, as the notes of a chord: a frame is predicted by the probability of each 1, with the summed binary cross-entropy.</summary>
    Binary,
}

/// <summary>
/// Predicts each frame of a sequence from those before it: y_t = g(h_t W + b) is what is expected of x_(t+1), where h_t is the output of
/// recurrent layers that have read x_1 .. x_t. Numbers: g is the identity, and the loss the mean of (y_t - x_(t+1))^2 over standardized
/// variables. Binary frames: g is the sigmoid, and the loss is -sum_i (x log y + (1 - x) log(1 - y)) in nats per frame (Boulanger-
/// Lewandowski et al., 2012). The first frame of a sequence is not predicted.
/// </summary>
public sealed class FramePredictor : SequenceModel<Sequence>
{
    internal FramePredictor(SequenceSchema schema, FrameKind kind, SequenceEncoderSettings settings, SeededRandom? random)
    {
        settings = settings.RequireForward(nameof(FramePredictor));
        Kind = Enum.IsDefined(kind) ? kind : throw new UnfoldException($"The kind {kind} of frames is not known.");
        Encoder = new SequenceEncoder(schema, settings, random);
        Output = new Dense(Encoder.OutputSize, schema.Width, random!, "output");
        Parameters = new ParameterSet([.. Encoder.Parameters, .. Output.Parameters]);
    }

    /// <summary>What the variables of a frame are.</summary>
    public FrameKind Kind { get; }

    /// <summary>Reads the sequences.</summary>
    public SequenceEncoder Encoder { get; }

    /// <summary>The output layer.</summary>
    public Dense Output { get; }

    /// <inheritdoc/>
    public override ParameterSet Parameters { get; }

    private protected override IReadOnlyList<object> Layers => [Encoder, Output];

    private protected override IEnumerable<string> Choices => [.. ModelChoices.Of(Encoder.Settings), $"frames={Kind}"];

    private Standardization Scale => Encoder.Schema.Values!;

    /// <summary>Learns scales and symbols from the training sequences, and fits a model to them.</summary>
    /// <param name="examples">The training sequences, of at least two frames each; columns of symbols beside the variables are read and not predicted.</param>
    /// <param name="kind">What the variables are.</param>
    /// <param name="settings">The recurrent part, which reads forward.</param>
    /// <param name="options">How to fit.</param>
    /// <param name="validation">Sequences that choose the best weights, and end the fit early with <see cref="FitOptions.Patience"/>.</param>
    /// <exception cref="UnfoldException">There is no example, examples differ in columns or variables, one has a single frame or a binary one another number than 0 and 1, or a setting is out of range.</exception>
    /// <exception cref="Unfold.Training.DivergenceException">The loss or a gradient is not a number or infinite.</exception>
    public static FramePredictor Fit(
        IReadOnlyList<Sequence> examples, FrameKind kind, SequenceEncoderSettings settings, FitOptions options, IReadOnlyList<Sequence>? validation = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RequireExamples(examples, validation);
        SeededRandom random = WeightsRandom(options);
        settings.Validate();
        SequenceSchema schema = SequenceSchema.Learn(examples, settings.MinimumCount);
        if (schema.Width == 0)
        {
            throw new UnfoldException("A frame predictor is fitted to sequences of variables; found symbols only.");
        }

        // What is on or off needs no scale, and a note that is hardly ever on would get a huge one.
        schema = kind == FrameKind.Binary ? schema with { Values = Standardization.None(schema.Width) } : schema;
        var model = new FramePredictor(schema, kind, settings, random);
        foreach (Sequence example in examples)
        {
            model.Require(example);
        }

        model.Train(examples, validation, options);
        return model;
    }

    /// <summary>The mean loss per frame: squared error of standardized variables, or nats for binary ones.</summary>
    /// <inheritdoc/>
    public override Tensor Loss(Tape tape, IReadOnlyList<Sequence> batch, SeededRandom? random = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (Sequence sequence in batch)
        {
            Require(sequence);
        }

        int width = Encoder.Schema.Width;
        Sequence[] inputs = [.. batch.Select(sequence => sequence.Slice(0, sequence.Length - 1))];
        List<(int Sequence, int Step)> places = SequenceRows.Of(inputs);
        Tensor outputs = Output.Forward(tape, Encoder.ForwardRows(tape, inputs, random));
        var targets = new Tensor(outputs.Shape);
        Span<float> rows = targets.Edit();
        for (int row = 0; row < places.Count; row++)
        {
            Scale.Apply(batch[places[row].Sequence].Values.Span.Slice((places[row].Step + 1) * width, width), rows.Slice(row * width, width));
        }

        return Kind == FrameKind.Binary
            ? tape.BinaryCrossEntropy(outputs, targets, LossAverage.Rows)
            : tape.MeanSquaredError(outputs, targets);
    }

    /// <summary>For each frame of a sequence what is expected of the next: its values, or the probability of each 1. The last is that of a frame that is not there yet.</summary>
    /// <exception cref="UnfoldException">The sequence is not of the model's schema, or a binary frame holds another number than 0 and 1.</exception>
    public IReadOnlyList<IReadOnlyList<double>> Predict(Sequence sequence) => Predict([sequence])[0];

    /// <summary>The expected next frames of each sequence; the same as one by one, but faster.</summary>
    /// <param name="sequences">Any number, of any lengths.</param>
    /// <param name="workers">The threads; one for each core if not set. The result does not depend on their number. A team of several serves one call at a time.</param>
    /// <param name="cancellation">Stops the prediction between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="UnfoldException">A sequence is not of the model's schema, or a binary frame holds another number than 0 and 1.</exception>
    public IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> Predict(IReadOnlyList<Sequence> sequences, Workers? workers = null, CancellationToken cancellation = default) =>
        InBatches<IReadOnlyList<IReadOnlyList<double>>>(sequences, workers, (tape, batch) =>
        {
            foreach (Sequence sequence in batch)
            {
                Encoder.Schema.Require(sequence);
                RequireFrames(sequence);
            }

            Tensor outputs = Output.Forward(tape, Encoder.ForwardRows(tape, batch, random: null));
            double[][] rows = Scale.UndoRows(Kind == FrameKind.Binary ? tape.Activate(outputs, Activation.Sigmoid) : outputs);
            double[][][] frames = [.. batch.Select(sequence => new double[sequence.Length][])];
            List<(int Sequence, int Step)> places = SequenceRows.Of(batch);
            for (int row = 0; row < rows.Length; row++)
            {
                frames[places[row].Sequence][places[row].Step] = rows[row];
            }

            return frames;
        }, cancellation);

    /// <summary>The number of learned values of a model, before memory is taken for it.</summary>
    internal static Int128 CountParameters(SequenceSchema schema, SequenceEncoderSettings settings)
    {
        (Int128 encoder, Int128 width) = SequenceEncoder.Measure(schema, settings);
        return encoder + ((width + 1) * schema.Width);
    }

    private protected override void Require(Sequence example)
    {
        Encoder.Schema.Require(example);
        if (example.Length < 2)
        {
            throw new UnfoldException("A frame is predicted from the one before it: a sequence needs at least two frames; found 1.");
        }

        RequireFrames(example);
    }

    /// <summary>Throws where a binary frame holds another number than 0 and 1.</summary>
    private void RequireFrames(Sequence example)
    {
        ReadOnlySpan<float> values = example.Values.Span;
        int bad = Kind == FrameKind.Binary ? values.IndexOfAnyExcept(0f, 1f) : -1;
        if (bad >= 0)
        {
            throw new UnfoldException(FormattableString.Invariant($"Binary frames hold 0 and 1 only; found {values[bad]} for variable {bad % example.Width} at step {bad / example.Width}."));
        }
    }

    private protected override IReadOnlyList<(StackedLayers Stack, Func<Sequence, int> Steps)> Runs => [(Encoder.Stack, LengthOf)];

    private protected override int LengthOf(Sequence example) => example.Length;

    private protected override int TargetsOf(Sequence example) => example.Length - 1;
}
