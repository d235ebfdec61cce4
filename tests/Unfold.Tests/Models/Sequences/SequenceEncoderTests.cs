using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Models.Sequences;

public sealed class SequenceEncoderTests
{
    [Fact]
    public void A_model_chooses_the_direction_that_is_not_chosen()
    {
        SequenceSchema schema = SequenceSchema.Learn(SequenceCases.Mixed(5, 1));
        var settings = new SequenceEncoderSettings { Hidden = 3 };
        var encoder = new SequenceEncoder(schema, settings, new SeededRandom(1));
        Assert.Equal((6, Reading.Bidirectional), (encoder.OutputSize, encoder.Settings.Reading));
        FramePredictor predictor = new(schema, FrameKind.Values, settings, new SeededRandom(1));
        Assert.Equal((3, Reading.Forward), (predictor.Encoder.OutputSize, predictor.Encoder.Settings.Reading));
        Assert.Equal(Reading.Forward, new SequenceGenerator(schema, new SymbolTable(["a"]), 4, settings, new SeededRandom(1)).Settings.Reading);
        var pair = new EncoderDecoder(schema, new SymbolTable(["a"]), new() { Encoder = settings, Decoder = settings }, new SeededRandom(1));
        Assert.Equal((Reading.Bidirectional, Reading.Forward), (pair.Settings.Encoder.Reading, pair.Settings.Decoder.Reading));
        Assert.Contains("set Reading.Forward, or leave it out", Assert.Throws<UnfoldException>(() => new FramePredictor(schema, FrameKind.Values, settings with { Reading = Reading.Bidirectional }, null)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SequenceCases.Numbers), MemberType = typeof(SequenceCases))]
    public void Outputs_and_summaries_are_those_of_the_equations(int number)
    {
        Sequence[] batch = SequenceCases.Mixed(7, 3);
        SequenceEncoder encoder = Create(SequenceCases.Settings[number]);
        var values = encoder.Parameters.ToDictionary(parameter => parameter.Name, parameter => Naive.Widen(parameter.Values));
        foreach (int workers in (int[])[1, 2])
        {
            var tape = new Tape(new Workers(workers));
            (Tensor outputs, _, IReadOnlyList<int>? lengths) = encoder.Forward(tape, batch, random: null);
            Assert.Equal(batch.Select(sequence => sequence.Length), lengths);
            Tensor summaries = encoder.Summarize(tape, batch, random: null);
            for (int b = 0; b < batch.Length; b++)
            {
                double[][] wanted = ReferenceEncoder.Run(encoder, values, batch[b]).Outputs;
                for (int t = 0; t < wanted.Length; t++)
                {
                    Close.Equal(wanted[t], Row(outputs, (t * batch.Length) + b), 1e-5, 2e-6, $"sequence {b}, step {t}");
                }

                Close.Equal(ReferenceEncoder.Summary(encoder, values, batch[b]), Row(summaries, b), 1e-5, 2e-6, $"the summary of sequence {b}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(SequenceCases.Numbers), MemberType = typeof(SequenceCases))]
    public void Parameters_are_counted_before_they_are_made(int number)
    {
        SequenceEncoderSettings settings = SequenceCases.Settings[number];
        SequenceEncoder encoder = Create(settings);
        (Int128 parameters, Int128 output) = SequenceEncoder.Measure(encoder.Schema, settings);
        Assert.Equal((encoder.Parameters.Sum(parameter => (long)parameter.Shape.Length), encoder.OutputSize), ((long)parameters, (int)output));
    }

    [Fact]
    public void One_hot_symbols_need_no_table()
    {
        SequenceSchema schema = SequenceSchema.Learn([Sequence.OfSymbols(["a", "b", "c", "d"])]);
        var settings = new SequenceEncoderSettings { Embedding = 0, Hidden = 3 };
        var encoder = new SequenceEncoder(schema, settings, new SeededRandom(1));
        Assert.Equal(5, encoder.Stack.InputSize);
        Assert.Equal(encoder.Parameters.Sum(parameter => (long)parameter.Shape.Length), (long)SequenceEncoder.Measure(schema, settings).Parameters);
        var values = encoder.Parameters.ToDictionary(parameter => parameter.Name, parameter => Naive.Widen(parameter.Values));
        Sequence sequence = Sequence.OfSymbols(["d", "unseen", "a"]);
        Tensor outputs = encoder.Forward(new Tape(new Workers(1)), [sequence], random: null).Outputs;
        Close.Equal([.. ReferenceEncoder.Run(encoder, values, sequence).Outputs.SelectMany(row => row)], outputs.Values, 1e-5, 1e-6, "one-hot");
        UnfoldException failure = Assert.Throws<UnfoldException>(() => new SequenceEncoder(SequenceSchema.Learn(SequenceCases.Mixed(3, 1)), settings, new SeededRandom(1)));
        Assert.Contains("2 columns and 3 variables", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropout_acts_in_training_only_and_leaves_no_value_as_it_is()
    {
        SequenceEncoder encoder = Create(SequenceCases.Settings[0] with { Dropout = 0.4 });
        Sequence[] batch = SequenceCases.Mixed(5, 4);
        float[] Outputs(SeededRandom? random) => encoder.Forward(new Tape(new Workers(1)), batch, random).Outputs.Values.ToArray();
        Close.Same(Outputs(null), Outputs(null), "in use");
        Close.Same(Outputs(new SeededRandom(1)), Outputs(new SeededRandom(1)), "the same seed");
        Assert.NotEqual(Outputs(null), Outputs(new SeededRandom(1)));
        Assert.NotEqual(Outputs(new SeededRandom(2)), Outputs(new SeededRandom(1)));
    }

    [Fact]
    public void Settings_out_of_range_are_named()
    {
        Refuses("hidden size must be at least 1; found 0", new() { Hidden = 0 });
        Refuses("number of layers must be at least 1", new() { Layers = 0 });
        Refuses("dropout probability", new() { Dropout = 1 });
        Refuses("dropout probability", new() { Dropout = double.NaN });
        Refuses("further columns must be at least 1; found 0", new() { FurtherEmbedding = 0 });
        Refuses("must be at least 1; found 0", new() { MinimumCount = 0 });
        Refuses("The Reading 7 is not known; the known ones are Forward, Bidirectional", new() { Reading = (Reading)7 });
        Refuses("The Pooling 9 is not known", new() { Pooling = (Pooling)9 });
        Refuses("residual connection", new() { Connection = StackConnection.Residual });
        Refuses("options of the LSTM", new() { Cell = CellKind.Gru, Lstm = new() { Peepholes = true } });
        Refuses("The Merge -1 is not known", new() { Merge = (Merge)(-1) });
        Refuses("fit into one array: choose fewer or smaller layers", new() { Hidden = 1_000_000 });
        Refuses("fit into one array: choose fewer or smaller layers", new() { Hidden = int.MaxValue, Layers = int.MaxValue });
    }

    [Fact]
    public void A_value_that_standardizing_makes_infinite_is_refused()
    {
        SequenceSchema schema = SequenceSchema.Learn([Sequence.OfValues([0, 1e-30f, 0, 2e-30f], 2)]);
        var encoder = new SequenceEncoder(schema, new() { Hidden = 2 }, new SeededRandom(1));
        UnfoldException failure = Assert.Throws<UnfoldException>(() => encoder.Forward(new Tape(new Workers(1)), [Sequence.OfValues([1, 1e-30f, 3, 1e30f], 2)], random: null));
        Assert.Contains("Variable 1 at step 1", failure.Message, StringComparison.Ordinal);
    }

    private static SequenceEncoder Create(SequenceEncoderSettings settings)
    {
        // Learned from other sequences, so that some symbols of a batch are unknown.
        var encoder = new SequenceEncoder(SequenceSchema.Learn(SequenceCases.Mixed(3, 1)), settings, new SeededRandom(1));
        var random = new SeededRandom(2);
        foreach (Parameter parameter in encoder.Parameters)
        {
            Draw.Uniform(random, parameter.Shape.Length, -0.7, 0.7).CopyTo(parameter.Edit());
        }

        return encoder;
    }

    private static float[] Row(Tensor tensor, int row) => tensor.Values.Slice(row * tensor.Shape.Columns, tensor.Shape.Columns).ToArray();

    private static void Refuses(string words, SequenceEncoderSettings settings)
    {
        UnfoldException failure = Assert.Throws<UnfoldException>(() => Create(settings));
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }
}
