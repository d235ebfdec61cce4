using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Models.Sequences;

public sealed class SequenceClassifierTests
{
    [Theory]
    [MemberData(nameof(SequenceCases.Numbers), MemberType = typeof(SequenceCases))]
    public void Loss_and_gradients_are_those_of_the_equations(int number)
    {
        LabelledSequence[] batch = Labelled(9, 3);
        SequenceClassifier model = Create(SequenceCases.Settings[number]);
        OracleDifferences.AssertAgree(
            model.Parameters,
            tape => model.Loss(tape, batch),
            values => batch.Average(example => ReferenceEncoder.CrossEntropy(
                ReferenceEncoder.Dense(values, "output", ReferenceEncoder.Summary(model.Encoder, values, example.Input)), model.Labels[example.Label])),
            entries: 12,
            $"the classifier {number}");
    }

    [Theory]
    [MemberData(nameof(SequenceCases.Numbers), MemberType = typeof(SequenceCases))]
    public void A_batch_is_predicted_as_its_sequences_are_one_by_one(int number)
    {
        SequenceClassifier model = Create(SequenceCases.Settings[number]);
        Sequence[] batch = SequenceCases.Mixed(150, 9);
        IReadOnlyList<Classification> together = model.Predict(batch, new Workers(2), TestContext.Current.CancellationToken);
        for (int b = 0; b < batch.Length; b++)
        {
            Classification alone = model.Predict(batch[b]);
            Close.Equal(alone.Probabilities.Span, together[b].Probabilities.Span, 1e-5, 1e-6, $"sequence {b}");
            Assert.Equal(alone.Label, together[b].Label);
        }
    }

    [Theory]
    [InlineData(Pooling.Last)]
    [InlineData(Pooling.Mean)]
    [InlineData(Pooling.Max)]
    public void Whether_a_symbol_comes_is_learned(Pooling pooling)
    {
        LabelledSequence[] examples = Containing(200, 5);
        var options = new FitOptions { Epochs = 15, BatchSize = 10, LearningRate = 0.02, Workers = new Workers(2) };
        SequenceClassifier model = SequenceClassifier.Fit(examples[..150], new() { Hidden = 10, Embedding = 5, Pooling = pooling }, options, examples[150..]);
        LabelledSequence[] fresh = Containing(100, 6);
        IReadOnlyList<Classification> found = model.Predict([.. fresh.Select(example => example.Input)], cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(fresh.Select(example => example.Label), found.Select(prediction => prediction.Label));
        Assert.True(model.Training!.Best.Validation < 0.05, $"The validation loss is {model.Training.Best.Validation}.");
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_any_number_of_threads()
    {
        LabelledSequence[] examples = Labelled(30, 2);
        SequenceClassifier Fit(int workers) =>
            SequenceClassifier.Fit(examples, SequenceCases.Settings[2] with { Dropout = 0.2 }, SequenceCases.Short with { Workers = new Workers(workers) });
        float[] wanted = Fit(1).Parameters.Values.ToArray();
        Close.Same(wanted, Fit(2).Parameters.Values, "two threads");
        Close.Same(wanted, Fit(3).Parameters.Values, "three threads");
    }

    [Fact]
    public void What_cannot_be_fitted_or_predicted_is_refused_with_a_sentence()
    {
        LabelledSequence good = new(Sequence.OfSymbols(["a"]), "x"), other = new(Sequence.OfSymbols(["b"]), "y");
        Refuses("at least one training example", () => SequenceClassifier.Fit([], new(), SequenceCases.Short));
        Refuses("'x' only", () => SequenceClassifier.Fit([good], new(), SequenceCases.Short));
        Refuses("The label 'z' is not one", () => SequenceClassifier.Fit([good, other], new(), SequenceCases.Short, [new(good.Input, "z")]));
        SequenceClassifier model = SequenceClassifier.Fit([good, other], new() { Hidden = 2 }, SequenceCases.Short);
        Refuses("0 columns of symbols and 1 variables", () => model.Predict(Sequence.OfValues([1], 1)));
        Assert.Empty(model.Predict(Array.Empty<Sequence>(), cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Weights_that_overflow_give_no_prediction()
    {
        SequenceClassifier model = Create(SequenceCases.Settings[0]);
        model.Parameters.Edit().Fill(float.MaxValue);
        Refuses("not numbers", () => model.Predict(SequenceCases.Mixed(1, 2)));
    }

    private static SequenceClassifier Create(SequenceEncoderSettings settings) => SequenceCases.Loud(
        new SequenceClassifier(SequenceSchema.Learn(SequenceCases.Mixed(5, 1)), new LabelTable(["x", "y", "z", "u"]), settings, new SeededRandom(1)));

    private static LabelledSequence[] Labelled(int count, ulong seed)
    {
        var random = new SeededRandom(seed + 100);
        return [.. SequenceCases.Mixed(count, seed).Select(sequence => new LabelledSequence(sequence, "xyzu"[random.NextInt32(4)].ToString()))];
    }

    private static LabelledSequence[] Containing(int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                string[] words = SequenceCases.Words(random, 3 + random.NextInt32(6), 6);
                words = [.. words.Select(word => word == "w0" ? "w1" : word)];
                words[random.NextInt32(words.Length)] = i % 2 == 0 ? "w0" : "w2";
                return new LabelledSequence(Sequence.OfSymbols(words), i % 2 == 0 ? "with" : "without");
            }),
        ];
    }

    private static void Refuses(string words, Action action) =>
        Assert.Contains(words, Assert.Throws<UnfoldException>(action).Message, StringComparison.Ordinal);
}
