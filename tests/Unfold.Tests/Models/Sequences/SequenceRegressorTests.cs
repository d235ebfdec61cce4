using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Models.Sequences;

public sealed class SequenceRegressorTests
{
    private static readonly Standardization Targets = new([3, -50], [0.5, 8]);

    [Theory]
    [MemberData(nameof(SequenceCases.Numbers), MemberType = typeof(SequenceCases))]
    public void Loss_and_gradients_are_those_of_the_equations(int number)
    {
        ValuedSequence[] batch = Valued(9, 3);
        SequenceRegressor model = Create(SequenceCases.Settings[number]);
        OracleDifferences.AssertAgree(
            model.Parameters,
            tape => model.Loss(tape, batch),
            values => batch.Average(example => Outputs(model, values, example.Input)
                .Select((y, i) => Math.Pow(y - ((example.Values.Span[i] - Targets.Means[i]) / Targets.Deviations[i]), 2)).Average()),
            entries: 12,
            $"the regressor {number}");
    }

    [Theory]
    [MemberData(nameof(SequenceCases.Numbers), MemberType = typeof(SequenceCases))]
    public void A_batch_is_predicted_as_its_sequences_are_one_by_one_and_in_the_units_of_the_examples(int number)
    {
        SequenceRegressor model = Create(SequenceCases.Settings[number]);
        var values = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => Naive.Widen(parameter.Values));
        Sequence[] batch = SequenceCases.Mixed(150, 9);
        IReadOnlyList<IReadOnlyList<double>> together = model.Predict(batch, new Workers(2), TestContext.Current.CancellationToken);
        for (int b = 0; b < batch.Length; b++)
        {
            double[] wanted = [.. Outputs(model, values, batch[b]).Select((y, i) => Targets.Means[i] + (Targets.Deviations[i] * y))];
            Close.Equal(wanted, together[b].ToArray(), 1e-5, 1e-4, $"sequence {b}");
            Close.Equal(together[b].ToArray(), model.Predict(batch[b]).ToArray(), 1e-5, 1e-5, $"sequence {b} alone");
        }
    }

    [Fact]
    public void A_sum_of_marked_numbers_is_learned()
    {
        ValuedSequence[] Examples(int count, ulong seed)
        {
            var random = new SeededRandom(seed);
            return [.. Enumerable.Range(0, count).Select(_ => Adding(random, 6))];
        }

        var options = new FitOptions { Epochs = 25, BatchSize = 20, LearningRate = 0.02, Schedule = ScheduleKind.Cosine, Workers = new Workers(2) };
        SequenceRegressor model = SequenceRegressor.Fit(Examples(400, 1), new() { Hidden = 10, Reading = Reading.Forward }, options, Examples(50, 2));
        ValuedSequence[] fresh = Examples(100, 3);
        double error = model.Predict([.. fresh.Select(example => example.Input)], cancellation: TestContext.Current.CancellationToken).Zip(fresh, (found, example) => Math.Pow(found[0] - example.Values.Span[0], 2)).Average();

        // The variance of the sum of two uniform numbers is 1/6.
        Assert.True(error < 0.01, $"The squared error is {error}.");
        Assert.Equal(error / Math.Pow(model.Targets.Deviations[0], 2), model.Measure(fresh, cancellation: TestContext.Current.CancellationToken), 1e-4);
    }

    [Fact]
    public void Scales_come_from_the_training_part_alone()
    {
        ValuedSequence[] training = [new(Sequence.OfValues([1, 3], 1), 10), new(Sequence.OfValues([5], 1), 20)];
        SequenceRegressor model = SequenceRegressor.Fit(training, new() { Hidden = 2 }, SequenceCases.Short, [new(Sequence.OfValues([1000], 1), 9999)]);
        Assert.Equal((3.0, 15.0, 5.0), (model.Encoder.Schema.Values!.Means[0], model.Targets.Means[0], model.Targets.Deviations[0]));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_any_number_of_threads()
    {
        ValuedSequence[] examples = Valued(30, 2);
        SequenceRegressor Fit(int workers) =>
            SequenceRegressor.Fit(examples, SequenceCases.Settings[4] with { Dropout = 0.2 }, SequenceCases.Short with { Workers = new Workers(workers) });
        float[] wanted = Fit(1).Parameters.Values.ToArray();
        Close.Same(wanted, Fit(2).Parameters.Values, "two threads");
        Close.Same(wanted, Fit(3).Parameters.Values, "three threads");
    }

    [Fact]
    public void What_cannot_be_fitted_or_predicted_is_refused_with_a_sentence()
    {
        ValuedSequence good = new(Sequence.OfSymbols(["a"]), 1, 2);
        Refuses("found NaN", () => _ = new ValuedSequence(good.Input, 1, float.NaN));
        Refuses("at least one value; found none", () => _ = new ValuedSequence(good.Input));
        Refuses("the first has 2, and one has 1", () => SequenceRegressor.Fit([good, new(good.Input, 1)], new(), SequenceCases.Short));
        Refuses("The validation example 0 does not fit the model", () => SequenceRegressor.Fit([good], new() { Hidden = 2 }, SequenceCases.Short, [new(good.Input, 1)]));
        Refuses("at least one training example", () => SequenceRegressor.Fit([], new(), SequenceCases.Short));
        SequenceRegressor model = Create(SequenceCases.Settings[0]);
        Refuses("at least one measured example", () => model.Measure([]));
        Refuses("1 columns of symbols and 0 variables", () => model.Predict(good.Input));
        model.Parameters.Edit().Fill(float.MaxValue);
        Refuses("not numbers", () => model.Predict(SequenceCases.Mixed(1, 2)));
    }

    private static SequenceRegressor Create(SequenceEncoderSettings settings) =>
        SequenceCases.Loud(new SequenceRegressor(SequenceSchema.Learn(SequenceCases.Mixed(5, 1)), Targets, settings, new SeededRandom(1)));

    private static ValuedSequence[] Valued(int count, ulong seed)
    {
        var random = new SeededRandom(seed + 100);
        return [.. SequenceCases.Mixed(count, seed).Select(sequence => new ValuedSequence(sequence, 3 + random.NextSingle(), -50 + (10 * random.NextSingle())))];
    }

    private static ValuedSequence Adding(SeededRandom random, int length)
    {
        float[] values = new float[2 * length];
        int first = random.NextInt32(length / 2), second = (length / 2) + random.NextInt32(length / 2);
        for (int t = 0; t < length; t++)
        {
            (values[2 * t], values[(2 * t) + 1]) = (random.NextSingle(), t == first || t == second ? 1 : 0);
        }

        return new ValuedSequence(Sequence.OfValues(values, 2), values[2 * first] + values[2 * second]);
    }

    private static double[] Outputs(SequenceRegressor model, IReadOnlyDictionary<string, double[]> values, Sequence input) =>
        ReferenceEncoder.Dense(values, "output", ReferenceEncoder.Summary(model.Encoder, values, input));

    private static void Refuses(string words, Action action) =>
        Assert.Contains(words, Assert.Throws<UnfoldException>(action).Message, StringComparison.Ordinal);
}
