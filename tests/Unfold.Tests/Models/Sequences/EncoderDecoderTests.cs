using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Training;

namespace Unfold.Tests.Models.Sequences;

public sealed class EncoderDecoderTests
{
    public static TheoryData<AttentionKind> Kinds => [.. Enum.GetValues<AttentionKind>()];

    [Theory]
    [InlineData(AttentionKind.None, CellKind.Lstm, Reading.Bidirectional, 1, 4)]
    [InlineData(AttentionKind.Additive, CellKind.Gru, Reading.Forward, 2, 4)]
    [InlineData(AttentionKind.Multiplicative, CellKind.Lstm, Reading.Bidirectional, 2, 0)]
    [InlineData(AttentionKind.Additive, CellKind.Rnn, Reading.Bidirectional, 1, 0)]
    public void The_gradient_of_the_whole_loss_is_right(AttentionKind attention, CellKind cell, Reading reading, int layers, int embedding)
    {
        EncoderDecoderSettings settings = Reversals.Settings(attention, cell, embedding: embedding);
        settings = settings with { Decoder = settings.Decoder with { Layers = layers }, Encoder = settings.Encoder with { Reading = reading, Layers = layers } };
        EncoderDecoder model = Reversals.Random(settings);
        SequencePair[] batch = Reversals.Pairs(new SeededRandom(5), 4, 1, 5, 3);
        GradientCheckReport report = GradientCheck.Run(model.Parameters, tape => model.Loss(tape, batch), new GradientCheckOptions { EntriesPerParameter = 12 });
        Assert.True(report.Passed(0.02), report.ToString());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_loss_of_a_batch_is_the_mean_over_the_symbols_of_its_examples(AttentionKind attention)
    {
        EncoderDecoder model = Reversals.Random(Reversals.Settings(attention));
        SequencePair[] batch = [.. Reversals.Pairs(new SeededRandom(5), 5, 1, 9, 3), new SequencePair(["a", "never seen"], [])];
        double sum = batch.Sum(example => Loss(model, example) * (example.Target.Count + 1));
        Close.Equal(sum / batch.Sum(example => example.Target.Count + 1), Loss(model, batch), relative: 1e-5, absolute: 0, "the loss");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_loss_and_its_gradient_have_the_same_bits_on_any_number_of_threads(AttentionKind attention)
    {
        SequencePair[] batch = Reversals.Pairs(new SeededRandom(5), 9, 1, 12, 3);
        EncoderDecoderSettings settings = Reversals.Settings(attention, CellKind.Lstm, hidden: 40, embedding: 20);
        settings = settings with { Decoder = settings.Decoder with { Dropout = 0.3 } };
        EncoderDecoder model = Reversals.Random(settings);
        (float first, float[] gradients) = Train(1);
        foreach (int threads in (int[])[2, 3])
        {
            (float loss, float[] same) = Train(threads);
            Close.Same([first], [loss], "the loss");
            Close.Same(gradients, same, $"the gradients on {threads} threads");
        }

        (float Loss, float[] Gradients) Train(int threads)
        {
            model.Parameters.ClearGradients();
            var tape = new Tape(new Workers(threads));
            Tensor loss = model.Loss(tape, batch, new SeededRandom(2));
            tape.Backward(loss);
            return (loss.Values[0], model.Parameters.Gradients.ToArray());
        }
    }

    [Fact]
    public void Attention_learns_to_reverse()
    {
        SequencePair[] pairs = Reversals.Pairs(new SeededRandom(1), 2_000, 6, 6, 5);
        SequencePair[] unseen = [.. Reversals.Pairs(new SeededRandom(2), 400, 6, 6, 5).ExceptBy(pairs.Select(Text), Text)];
        EncoderDecoderSettings settings = Reversals.Settings(AttentionKind.Multiplicative, hidden: 32, embedding: 16);
        EncoderDecoder model = EncoderDecoder.Fit(pairs, settings, new FitOptions { Epochs = 12, LearningRate = 0.01, Workers = new Workers(2) });
        IReadOnlyList<IReadOnlyList<string>> found = model.Predict([.. unseen.Select(pair => pair.Source)], cancellation: TestContext.Current.CancellationToken);
        int right = found.Zip(unseen, (symbols, pair) => symbols.SequenceEqual(pair.Target)).Count(same => same);
        Assert.True(right > 0.99 * unseen.Length, $"{right} of {unseen.Length}; {model.Training!.Best}");

        // Symbol t of a reversed sequence is symbol 5 - t of the source, and that is where the decoder looks.
        Hypothesis best = model.Search(unseen[0].Source)[0];
        int[] looked = [.. best.Attention.Select(row => System.Numerics.Tensors.TensorPrimitives.IndexOfMax(row.Span))];
        Assert.True(looked.Where((step, t) => step == 5 - t).Count() >= 5, string.Join(" ", looked));
        Assert.All(best.Attention, row => Assert.Equal(1, row.ToArray().Sum(), 1e-5));

        static string Text(SequencePair pair) => string.Concat(pair.Target);
    }

    [Fact]
    public void A_rare_target_symbol_is_the_unknown_and_is_never_written()
    {
        SequencePair[] pairs = [.. Enumerable.Repeat(new SequencePair(["x"], ["common"]), 3), new SequencePair(["y"], ["rare"]), new SequencePair(["y"], ["other"])];
        EncoderDecoderSettings settings = Reversals.Settings(AttentionKind.Additive);
        settings = settings with { Decoder = settings.Decoder with { MinimumCount = 2 } };
        EncoderDecoder model = EncoderDecoder.Fit(pairs, settings, new FitOptions { Epochs = 30, LearningRate = 0.02, BatchSize = 5, Workers = new Workers(1) });
        Assert.Equal(["common"], model.Decoder.Symbols.Symbols);
        Assert.Equal(["common"], model.Predict(Sequence.OfSymbols(["x"])));
        Assert.All(model.Search(Sequence.OfSymbols(["y"]), new DecodingOptions { Beam = 5 }), hypothesis => Assert.All(hypothesis.Symbols, symbol => Assert.Equal("common", symbol)));
    }

    [Fact]
    public void Numbers_can_be_the_source()
    {
        SequencePair[] pairs = [.. Enumerable.Range(0, 40).Select(i => new SequencePair(Sequence.OfValues([i % 2, 1, -1, i % 2 * 3], 2), i % 2 == 0 ? ["low"] : ["high", "er"]))];
        EncoderDecoder model = EncoderDecoder.Fit(pairs, Reversals.Settings(AttentionKind.Multiplicative), new FitOptions { Epochs = 20, LearningRate = 0.02, BatchSize = 8, Workers = new Workers(1) });
        Assert.Equal(["high", "er"], model.Predict(pairs[1].Source));
        Assert.Equal(["low"], model.Predict(pairs[0].Source));
    }

    [Fact]
    public void What_cannot_be_fitted_is_refused_in_a_sentence()
    {
        SequencePair pair = new(["a"], ["b"]);
        EncoderDecoderSettings settings = Reversals.Settings(AttentionKind.None);
        Assert.Contains("at least one training example", Refusal([], settings), StringComparison.Ordinal);
        Assert.Contains("no target symbol that comes 1 times", Refusal([new SequencePair(["a"], [])], settings), StringComparison.Ordinal);
        Assert.Contains("no target symbol that comes 2 times", Refusal([pair], settings with { Decoder = settings.Decoder with { MinimumCount = 2 } }), StringComparison.Ordinal);
        Assert.Contains("Sequence 1 has 2 columns", Refusal([pair, new SequencePair(Sequence.OfSymbols(["a"], ["b"]), ["c"])], settings), StringComparison.Ordinal);
        Assert.Contains("AttentionKind 9 is not known", Refusal([pair], settings with { Attention = (AttentionKind)9 }), StringComparison.Ordinal);
        Assert.Contains("hidden size must be at least 1; found 0", Refusal([pair], settings with { Decoder = settings.Decoder with { Hidden = 0 } }), StringComparison.Ordinal);
        Assert.Contains("number of layers must be at least 1; found 0", Refusal([pair], settings with { Decoder = settings.Decoder with { Layers = 0 } }), StringComparison.Ordinal);
        Assert.Contains("reads forward", Refusal([pair], settings with { Decoder = new SequenceEncoderSettings { Reading = Reading.Bidirectional } }), StringComparison.Ordinal);
        Assert.Contains("The training example 1 is missing", Refusal([pair, null!], settings), StringComparison.Ordinal);
        Assert.Contains("half of one", Assert.Throws<UnfoldException>(() => new SequencePair(["a"], ["\ud800"])).Message, StringComparison.Ordinal);
        Assert.Contains("at least one step", Assert.Throws<UnfoldException>(() => new SequencePair([], ["a"])).Message, StringComparison.Ordinal);

        static string Refusal(IReadOnlyList<SequencePair> pairs, EncoderDecoderSettings settings) =>
            Assert.Throws<UnfoldException>(() => EncoderDecoder.Fit(pairs, settings, new FitOptions { Epochs = 1 })).Message;
    }

    [Fact]
    public void The_number_of_parameters_is_known_before_the_model_is_made()
    {
        foreach (AttentionKind attention in Enum.GetValues<AttentionKind>())
        {
            foreach (CellKind cell in Enum.GetValues<CellKind>().Where(cell => cell != CellKind.Custom))
            {
                EncoderDecoderSettings settings = Reversals.Settings(attention, cell);
                Counted(settings with { Decoder = settings.Decoder with { Layers = 2, Embedding = attention == AttentionKind.None ? 0 : 3 } });
            }
        }

        EncoderDecoderSettings other = Reversals.Settings(AttentionKind.Additive, CellKind.Lstm);
        Counted(other with { Decoder = other.Decoder with { Lstm = new LstmOptions { Projection = 3 }, Layers = 2 }, Encoder = other.Encoder with { Lstm = new LstmOptions { Projection = 2 } } });
        CellFactory custom = (input, hidden, random, name) => new LstmCell(input, hidden, random!, name: name);
        Counted(other with { Decoder = other.Decoder with { Cell = CellKind.Custom, CustomCell = custom }, Encoder = other.Encoder with { Cell = CellKind.Custom, CustomCell = custom } });

        static void Counted(EncoderDecoderSettings settings)
        {
            EncoderDecoder model = Reversals.Random(settings);
            Assert.Equal(model.Parameters.ValueCount, (int)EncoderDecoder.CountParameters(model.Encoder.Schema, model.Decoder.Symbols, settings));
        }
    }

    private static float Loss(EncoderDecoder model, params SequencePair[] batch) => model.Loss(new Tape(new Workers(1)) { Recording = false }, batch).Values[0];
}
