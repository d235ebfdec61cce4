using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Models.Sequences;

public sealed class FramePredictorTests
{
    private static readonly SequenceEncoderSettings Forward = new() { Reading = Reading.Forward, Hidden = 6, Embedding = 3 };

    public static TheoryData<FrameKind, int> Cases
    {
        get
        {
            var data = new TheoryData<FrameKind, int>();
            for (int number = 0; number < SequenceCases.Settings.Length; number++)
            {
                data.Add(FrameKind.Values, number);
                data.Add(FrameKind.Binary, number);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Loss_and_gradients_are_those_of_the_equations(FrameKind kind, int number)
    {
        Sequence[] batch = Frames(kind, 7, 3);
        FramePredictor model = Create(kind, SequenceCases.Settings[number]);
        OracleDifferences.AssertAgree(
            model.Parameters,
            tape => model.Loss(tape, batch),
            values => batch.Sum(sequence => Outputs(model, values, sequence).SkipLast(1).Select((y, t) => Loss(model, y, sequence, t + 1)).Sum())
                / batch.Sum(sequence => sequence.Length - 1),
            entries: 12,
            $"the predictor of {kind} {number}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_batch_is_predicted_as_its_sequences_are_one_by_one_and_by_the_equations(FrameKind kind, int number)
    {
        FramePredictor model = Create(kind, SequenceCases.Settings[number]);
        var values = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => Naive.Widen(parameter.Values));
        Sequence[] batch = Frames(kind, 60, 9);
        IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> together = model.Predict(batch, new Workers(2), TestContext.Current.CancellationToken);
        for (int b = 0; b < batch.Length; b++)
        {
            double[][] logits = Outputs(model, values, batch[b]);
            IReadOnlyList<IReadOnlyList<double>> alone = model.Predict(batch[b]);
            for (int t = 0; t < batch[b].Length; t++)
            {
                Standardization scale = model.Encoder.Schema.Values!;
                double[] wanted = [.. logits[t].Select((y, i) => kind == FrameKind.Binary ? Naive.Sigmoid(y) : scale.Undo(y, i))];
                Close.Equal(wanted, together[b][t].ToArray(), 1e-5, 2e-5, $"sequence {b}, frame {t}");
                Close.Equal(together[b][t].ToArray(), alone[t].ToArray(), 1e-5, 1e-6, $"sequence {b}, frame {t} alone");
            }
        }
    }

    [Fact]
    public void What_comes_later_changes_nothing()
    {
        FramePredictor model = Create(FrameKind.Values, SequenceCases.Settings[1]);
        Sequence whole = Frames(FrameKind.Values, 20, 4).MaxBy(sequence => sequence.Length)!;
        IReadOnlyList<IReadOnlyList<double>> all = model.Predict(whole);
        for (int length = 1; length < whole.Length; length++)
        {
            Close.Equal(all[length - 1].ToArray(), model.Predict(whole.Slice(0, length))[^1].ToArray(), 1e-6, 1e-6, $"{length} frames");
        }
    }

    [Fact]
    public void Binary_frames_that_alternate_are_learned_and_are_not_scaled()
    {
        // The notes 0 and 1 alternate; note 2 never sounds; note 3 sounds once in all, which a scale would make huge.
        Sequence Tune(int length, int phase, bool once) => Sequence.OfValues(
            [.. Enumerable.Range(0, length).SelectMany(t => (float[])[(t + phase) % 2, (t + phase + 1) % 2, 0, once && t == 1 ? 1 : 0])], 4);
        Sequence[] tunes = [.. Enumerable.Range(0, 60).Select(i => Tune(3 + (i % 4), i % 2, i == 0))];
        var options = new FitOptions { Epochs = 30, BatchSize = 10, LearningRate = 0.05, Workers = new Workers(2) };
        FramePredictor model = FramePredictor.Fit(tunes, FrameKind.Binary, Forward, options);
        Assert.Equal((0.0, 1.0), (model.Encoder.Schema.Values!.Means[3], model.Encoder.Schema.Values.Deviations[3]));
        Assert.True(model.Measure([Tune(12, 1, once: false)], cancellation: TestContext.Current.CancellationToken) < 0.1, $"The loss is {model.Measure([Tune(12, 1, once: false)], cancellation: TestContext.Current.CancellationToken)} nats per frame.");
        Assert.All(model.Predict(Tune(7, 0, once: false)).Select((frame, t) => (frame, t)), next => Assert.Equal((next.t + 1) % 2, Math.Round(next.frame[0])));
    }

    [Fact]
    public void A_sine_is_continued()
    {
        Sequence Wave(int start, int length) => Sequence.OfValues([.. Enumerable.Range(start, length).Select(t => 100 + (20 * MathF.Sin(t * 0.5f)))], 1);
        var options = new FitOptions { Epochs = 40, BatchSize = 8, LearningRate = 0.02, Schedule = ScheduleKind.Cosine, Workers = new Workers(2) };
        FramePredictor model = FramePredictor.Fit([.. Enumerable.Range(0, 40).Select(i => Wave(3 * i, 12 + (i % 5)))], FrameKind.Values, Forward, options);
        IReadOnlyList<IReadOnlyList<double>> found = model.Predict(Wave(500, 20));
        for (int t = 5; t < 20; t++)
        {
            Assert.Equal(100 + (20 * Math.Sin((501 + t) * 0.5)), found[t][0], 2.0);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_any_number_of_threads()
    {
        Sequence[] examples = Frames(FrameKind.Binary, 30, 2);
        FramePredictor Fit(int workers) =>
            FramePredictor.Fit(examples, FrameKind.Binary, Forward with { Dropout = 0.2 }, SequenceCases.Short with { Workers = new Workers(workers) });
        float[] wanted = Fit(1).Parameters.Values.ToArray();
        Close.Same(wanted, Fit(2).Parameters.Values, "two threads");
        Close.Same(wanted, Fit(3).Parameters.Values, "three threads");
    }

    [Fact]
    public void What_cannot_be_fitted_or_predicted_is_refused_with_a_sentence()
    {
        Sequence good = Sequence.OfValues([0, 1, 1, 0], 2);
        Refuses("reads forward", () => FramePredictor.Fit([good], FrameKind.Binary, new() { Reading = Reading.Bidirectional }, SequenceCases.Short));
        Refuses("found symbols only", () => FramePredictor.Fit([Sequence.OfSymbols(["a", "b"])], FrameKind.Values, Forward, SequenceCases.Short));
        Refuses("at least two frames; found 1", () => FramePredictor.Fit([good, Sequence.OfValues([0, 1], 2)], FrameKind.Values, Forward, SequenceCases.Short));
        Refuses("found 0.5 for variable 1 at step 0", () => FramePredictor.Fit([Sequence.OfValues([0, 0.5f, 1, 1], 2)], FrameKind.Binary, Forward, SequenceCases.Short));
        Refuses("The kind 4 of frames", () => FramePredictor.Fit([good], (FrameKind)4, Forward, SequenceCases.Short));
        FramePredictor model = FramePredictor.Fit([good], FrameKind.Binary, Forward, SequenceCases.Short);
        Refuses("0 columns of symbols and 1 variables", () => model.Predict(Sequence.OfValues([0, 1], 1)));
        Refuses("found 0.5 for variable 1 at step 0", () => model.Predict(Sequence.OfValues([0, 0.5f], 2)));
        Refuses("The measured example 0 does not fit the model: Binary frames", () => model.Measure([Sequence.OfValues([0, 2, 0, 1], 2)]));
    }

    private static Sequence[] Frames(FrameKind kind, int count, ulong seed)
    {
        Sequence[] longer = [.. SequenceCases.Mixed(3 * count, seed).Where(sequence => sequence.Length > 1).Take(count)];
        return kind == FrameKind.Values
            ? longer
            : [.. longer.Select(sequence => Sequence.OfSymbols([.. sequence.Columns]).With(Sequence.OfValues([.. sequence.Values.ToArray().Select(value => value > 0 ? 1f : 0)], 3)))];
    }

    private static FramePredictor Create(FrameKind kind, SequenceEncoderSettings settings)
    {
        SequenceSchema schema = SequenceSchema.Learn(SequenceCases.Mixed(5, 1));
        schema = kind == FrameKind.Binary ? schema with { Values = Standardization.None(3) } : schema;
        return SequenceCases.Loud(new FramePredictor(schema, kind, settings with { Reading = Reading.Forward }, new SeededRandom(1)));
    }

    private static double[][] Outputs(FramePredictor model, IReadOnlyDictionary<string, double[]> values, Sequence sequence) =>
        [.. ReferenceEncoder.Run(model.Encoder, values, sequence).Outputs.Select(row => ReferenceEncoder.Dense(values, "output", row))];

    /// <summary>The loss of an output as a frame's prediction.</summary>
    private static double Loss(FramePredictor model, double[] output, Sequence sequence, int frame)
    {
        ReadOnlySpan<float> values = sequence.Values.Span.Slice(frame * 3, 3);
        double loss = 0;
        for (int i = 0; i < 3; i++)
        {
            loss += model.Kind == FrameKind.Binary
                ? -Math.Log(Naive.Sigmoid(values[i] == 1 ? output[i] : -output[i]))
                : Math.Pow(output[i] - ((values[i] - model.Encoder.Schema.Values!.Means[i]) / model.Encoder.Schema.Values.Deviations[i]), 2) / 3;
        }

        return loss;
    }

    private static void Refuses(string words, Action action) =>
        Assert.Contains(words, Assert.Throws<UnfoldException>(action).Message, StringComparison.Ordinal);
}
