using Unfold.Autograd;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Models.Sequences;

public sealed class SequenceTaggerTests
{
    private static readonly string[] Letters = ["a", "b", "c", "d"];

    [Theory]
    [MemberData(nameof(SequenceCases.Numbers), MemberType = typeof(SequenceCases))]
    public void Loss_and_gradients_are_those_of_the_equations(int number)
    {
        TaggedSequence[] batch = Tagged(6, 3);
        SequenceTagger model = Create(SequenceCases.Settings[number]);
        OracleDifferences.AssertAgree(
            model.Parameters,
            tape => model.Loss(tape, batch),
            values => batch.Sum(example => ReferenceEncoder.Run(model.Encoder, values, example.Input).Outputs
                .Select((row, t) => ReferenceEncoder.CrossEntropy(ReferenceEncoder.Dense(values, "output", row), model.Labels[example.Labels[t]])).Sum())
                / batch.Sum(example => example.Input.Length),
            entries: 12,
            $"the tagger {number}");
    }

    [Theory]
    [MemberData(nameof(SequenceCases.Numbers), MemberType = typeof(SequenceCases))]
    public void A_batch_is_predicted_as_its_sequences_are_one_by_one(int number)
    {
        SequenceTagger model = Create(SequenceCases.Settings[number]);
        Sequence[] batch = SequenceCases.Mixed(150, 9);
        IReadOnlyList<IReadOnlyList<Classification>> together = model.Predict(batch, new Workers(2), TestContext.Current.CancellationToken);
        for (int b = 0; b < batch.Length; b++)
        {
            IReadOnlyList<Classification> alone = model.Predict(batch[b]);
            Assert.Equal(batch[b].Length, together[b].Count);
            for (int t = 0; t < alone.Count; t++)
            {
                Close.Equal(alone[t].Probabilities.Span, together[b][t].Probabilities.Span, 1e-5, 1e-6, $"sequence {b}, step {t}");
                Assert.Equal(alone[t].Label, together[b][t].Label);
            }
        }
    }

    [Fact]
    public void Probabilities_are_the_softmax_of_the_equations_in_the_order_of_the_labels()
    {
        SequenceTagger model = Create(SequenceCases.Settings[0]);
        Sequence sequence = SequenceCases.Mixed(1, 8)[0];
        var values = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => Naive.Widen(parameter.Values));
        double[][] outputs = ReferenceEncoder.Run(model.Encoder, values, sequence).Outputs;
        IReadOnlyList<Classification> found = model.Predict(sequence);
        for (int t = 0; t < sequence.Length; t++)
        {
            double[] logits = ReferenceEncoder.Dense(values, "output", outputs[t]);
            double[] wanted = [.. Enumerable.Range(0, 3).Select(label => Math.Exp(-ReferenceEncoder.CrossEntropy(logits, label)))];
            Close.Equal(wanted, found[t].Probabilities.Span, 1e-5, 1e-6, $"step {t}");
            Assert.Equal(model.Labels.Labels[Array.IndexOf(wanted, wanted.Max())], found[t].Label);
            Assert.Equal(wanted.Max(), found[t].Probability, 1e-5);
        }
    }

    [Fact]
    public void What_comes_later_is_seen_in_both_directions_only()
    {
        // The tag of every step is the last symbol: known to a forward reader at the last step alone.
        TaggedSequence[] examples = [.. Letterwise(160, 3).Select(sequence => new TaggedSequence(sequence, [.. sequence.Columns[0].Select(_ => sequence.Columns[0][^1])]))];
        var settings = new SequenceEncoderSettings { Hidden = 12, Embedding = 4 };
        var options = new FitOptions { Epochs = 12, BatchSize = 8, LearningRate = 0.02, Workers = new Workers(2) };
        SequenceTagger both = SequenceTagger.Fit(examples, settings, options), forward = SequenceTagger.Fit(examples, settings with { Reading = Reading.Forward }, options);
        Sequence[] fresh = Letterwise(40, 4);
        Assert.True(Right(both, fresh) == fresh.Sum(sequence => sequence.Length), "In both directions not every tag is right.");
        Assert.True(Right(forward, fresh) < 0.8 * fresh.Sum(sequence => sequence.Length), "A forward reader saw what comes later.");
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_any_number_of_threads()
    {
        TaggedSequence[] examples = Tagged(30, 2);
        SequenceTagger Fit(int workers, ulong seed) =>
            SequenceTagger.Fit(examples, SequenceCases.Settings[0] with { Dropout = 0.2 }, SequenceCases.Short with { Workers = new Workers(workers), Seed = seed }, examples[..5]);
        float[] wanted = Fit(1, 5).Parameters.Values.ToArray();
        Close.Same(wanted, Fit(2, 5).Parameters.Values, "two threads");
        Close.Same(wanted, Fit(3, 5).Parameters.Values, "three threads");
        Assert.NotEqual(wanted, Fit(1, 6).Parameters.Values.ToArray());
    }

    [Fact]
    public void Rare_symbols_share_the_vector_of_the_unknown()
    {
        TaggedSequence[] examples = [new(Sequence.OfSymbols(["a", "b", "a"]), ["1", "2", "1"]), new(Sequence.OfSymbols(["a", "c"]), ["1", "2"])];
        SequenceTagger model = SequenceTagger.Fit(examples, new() { Hidden = 3, MinimumCount = 2 }, SequenceCases.Short);
        Assert.Equal(["a"], model.Encoder.Schema.Columns[0].Symbols);
        Assert.Equal(model.Predict(Sequence.OfSymbols(["a", "b"]))[1].Probabilities.ToArray(), model.Predict(Sequence.OfSymbols(["a", "never seen"]))[1].Probabilities.ToArray());
    }

    [Fact]
    public void What_cannot_be_fitted_or_predicted_is_refused_with_a_sentence()
    {
        TaggedSequence good = new(Sequence.OfSymbols(["a", "b"]), ["1", "2"]);
        Refuses("at least one training example", () => Fit([]));
        Refuses("at least one validation example", () => Fit([good], []));
        Refuses("The training example 1 is missing", () => Fit([good, null!]));
        Refuses("at least two labels; found '1' only", () => Fit([new(good.Input, ["1", "1"])]));
        Refuses("The label '3' is not one", () => Fit([good], [new(good.Input, ["1", "3"])]));
        Refuses("0 columns of symbols and 1 variables", () => Fit([good], [new(Sequence.OfValues([1, 2], 1), ["1", "2"])]));
        Refuses("Sequence 1 has 2 columns", () => Fit([good, new(Sequence.OfSymbols(["a"], ["b"]), ["1"])]));
        Refuses("number of epochs must be at least 1; found 0", () => SequenceTagger.Fit([good], new(), new() { Epochs = 0 }));
        SequenceTagger model = Fit([good]);
        Refuses("2 columns of symbols", () => model.Predict(Sequence.OfSymbols(["a"], ["b"])));
        Refuses("it is null", () => model.Predict([good.Input, null!]));
        Refuses("The label '3' is not one", () => model.Loss(new Tape(new Workers(1)), [new(good.Input, ["1", "3"])]));
        Assert.Empty(model.Predict(Array.Empty<Sequence>(), cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_model_prints_itself_with_its_parameters()
    {
        SequenceTagger model = Create(SequenceCases.Settings[0]);
        string text = model.ToString();
        Assert.StartsWith($"SequenceTagger({model.Parameters.ValueCount:N0} parameters)\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  Embedding(6 -> 4", text, StringComparison.Ordinal);
        Assert.Contains("\n  Bidirectional(concatenate: LstmCell(10 -> 5", text, StringComparison.Ordinal);
        Assert.EndsWith("\n  Dense(10 -> 3, 33 parameters)", text, StringComparison.Ordinal);
        Assert.Equal((Int128)model.Parameters.ValueCount, SequenceTagger.CountParameters(model.Encoder.Schema, 3, model.Encoder.Settings));
    }

    private static SequenceTagger Fit(TaggedSequence[] examples, TaggedSequence[]? validation = null) =>
        SequenceTagger.Fit(examples, new() { Hidden = 2 }, SequenceCases.Short, validation);

    private static SequenceTagger Create(SequenceEncoderSettings settings) => SequenceCases.Loud(
        new SequenceTagger(SequenceSchema.Learn(SequenceCases.Mixed(5, 1)), new LabelTable(["x", "y", "z"]), settings, new SeededRandom(1)));

    private static TaggedSequence[] Tagged(int count, ulong seed)
    {
        var random = new SeededRandom(seed + 100);
        return [.. SequenceCases.Mixed(count, seed).Select(sequence => new TaggedSequence(sequence, [.. Enumerable.Range(0, sequence.Length).Select(_ => "xyz"[random.NextInt32(3)].ToString())]))];
    }

    private static Sequence[] Letterwise(int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Sequence.OfSymbols([.. Enumerable.Range(0, 2 + random.NextInt32(6)).Select(_ => Letters[random.NextInt32(4)])]))];
    }

    private static int Right(SequenceTagger model, Sequence[] sequences) =>
        model.Predict(sequences, new Workers(2)).Zip(sequences, (tags, sequence) => tags.Count(tag => tag.Label == sequence.Columns[0][^1])).Sum();

    private static void Refuses(string words, Action action) =>
        Assert.Contains(words, Assert.Throws<UnfoldException>(action).Message, StringComparison.Ordinal);
}
