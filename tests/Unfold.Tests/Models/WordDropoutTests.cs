using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Text;
using Unfold.Training;

namespace Unfold.Tests.Models;

/// <summary>What is dropped from models of words: values, words, recurrent weights.</summary>
[Trait("Path", "every")]
public sealed class WordDropoutTests
{
    private const int Batch = 3, Time = 4;

    private static readonly LanguageModelSettings All = new()
    {
        Layers = 2,
        Hidden = 6,
        Embedding = 6,
        OutputWeights = OutputWeights.Tied,
        Dropout = 0.3,
        DropoutMask = DropoutMask.Locked,
        WordDropout = 0.2,
        WeightDropout = 0.4,
    };

    public static TheoryData<CellKind> Cells => [CellKind.Rnn, CellKind.Lstm, CellKind.Gru, CellKind.Jordan];

    [Theory]
    [MemberData(nameof(Cells))]
    public void Gradients_go_through_all_that_is_dropped(CellKind cell)
    {
        LanguageModel model = Create(All with { Cell = cell });
        int[] tokens = Tokens(1), targets = Tokens(2);
        float[] before = [.. model.Parameters.Values];
        GradientCheckReport report = GradientCheck.Run(
            model.Parameters,
            tape => model.Loss(tape, tokens, targets, Batch, dropout: new SeededRandom(5)).Loss,
            new GradientCheckOptions { Workers = new Workers(2) });
        Assert.True(report.Passed(3e-3), report.ToString());
        Close.Same(before, model.Parameters.Values, "weights after all losses");
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Dropped_weights_are_those_of_a_cell_whose_weights_are_zero(CellKind cell)
    {
        const double probability = 0.4;
        LanguageModelSettings shape = All with { Cell = cell };
        FusedCell Make() => (FusedCell)((Recurrent)Create(shape).Stack.Layers[0]).Cell;
        FusedCell dropping = Make(), twin = Make();
        Parameter weights = twin.RecurrentWeights!;
        float[] mask = new float[weights.Shape.Length];
        Dropout.DrawMask(new Workers(1), mask, weights.Shape.Rows, weights.Shape.Columns, probability, new SeededRandom(11).NextUInt64());
        Assert.InRange(mask.Count(value => value == 0), 1, mask.Length - 1);
        Span<float> edited = weights.Edit();
        for (int i = 0; i < mask.Length; i++)
        {
            edited[i] *= mask[i];
        }

        var x = new Tensor(new Shape(Time, Batch, 6), Draw.Uniform(new SeededRandom(3), Time * Batch * 6, -1, 1));
        float[] projection = Draw.Uniform(new SeededRandom(4), Time * Batch * 6, -1, 1);
        float[] Run(Recurrent layer)
        {
            var tape = new Tape(new Workers(2));
            Tensor y = layer.Forward(tape, SequenceInput.Of(x), random: new SeededRandom(11)).Outputs;
            tape.Backward(tape.Sum(tape.Multiply(y, new Tensor(y.Shape, projection))));
            return y.Values.ToArray();
        }

        // What was there before must stay.
        dropping.RecurrentWeights!.Gradient.Fill(0.25f);
        Close.Same(Run(new Recurrent(twin)), Run(new Recurrent(dropping) { WeightDropout = probability }), "outputs");
        double[] wanted = [.. weights.Gradient.ToArray().Select((value, i) => 0.25 + ((double)value * mask[i]))];
        Close.Equal(wanted, dropping.RecurrentWeights.Gradient, relative: 1e-6, absolute: 1e-6, "gradient of the weights");
        Close.Same(twin.InputWeights.Gradient, dropping.InputWeights.Gradient, "gradient of the input's weights");
    }

    [Fact]
    public void A_locked_mask_is_the_same_at_all_steps_and_another_for_each_sequence()
    {
        var ones = new Parameter("x", new Shape(5, 7, 40));
        ones.Edit().Fill(1);
        var tape = new Tape(new Workers(2));
        Tensor y = Dropout.Forward(tape, ones, 0.5, new SeededRandom(3), DropoutMask.Locked);
        float[] values = y.Values.ToArray();
        for (int t = 1; t < 5; t++)
        {
            Close.Same(values.AsSpan(0, 280), values.AsSpan(t * 280, 280), $"step {t}");
        }

        Assert.Equal(7, values[..280].Chunk(40).Select(row => string.Join(',', row)).Distinct().Count());
        Assert.All(values, value => Assert.True(value is 0 or 2));
        float[] projection = Draw.Uniform(new SeededRandom(8), values.Length, -1, 1);
        tape.Backward(tape.Sum(tape.Multiply(y, new Tensor(y.Shape, projection))));
        double[] wanted = [.. values.Zip(projection, (value, p) => (double)p * value)];
        Close.Equal(wanted, ones.Gradient, relative: 1e-6, absolute: 0, "mask * projection");
    }

    [Fact]
    public void All_vectors_of_a_word_are_dropped_together()
    {
        const double probability = 0.3;
        int[] tokens = [.. Enumerable.Range(0, 4_000).Select(i => i % 2_000), -1, -1];
        var ones = new Parameter("x", new Shape(tokens.Length, 3));
        ones.Edit().Fill(1);
        var tape = new Tape(new Workers(2));
        Tensor y = Dropout.OfWords(tape, ones, tokens, probability, new SeededRandom(9));
        float[] values = y.Values.ToArray();
        float kept = (float)(1 / (1 - probability));
        Assert.All(values, value => Assert.True(value == 0 || value == kept));
        Close.Same(values.AsSpan(0, 6_000), values.AsSpan(6_000, 6_000), "the second time");
        Assert.All(values.Chunk(3), row => Assert.Single(row.Distinct()));
        double deviation = Math.Sqrt(probability * (1 - probability) / 2_000);
        Assert.InRange(values.Take(6_000).Count(value => value == 0) / 6_000.0, probability - (4 * deviation), probability + (4 * deviation));
        tape.Backward(tape.Sum(y));
        Close.Same(values, ones.Gradient, "gradient");
        Assert.Throws<ArgumentException>(() => Dropout.OfWords(tape, ones, new int[3], probability, new SeededRandom(9)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dropout.OfWords(tape, ones, tokens, 1, new SeededRandom(9)));
    }

    [Fact]
    public void Nothing_is_dropped_where_the_model_is_used()
    {
        LanguageModel model = Create(All), plain = Create(All with { Dropout = 0, WordDropout = 0, WeightDropout = 0, DropoutMask = DropoutMask.Independent });
        int[] tokens = Tokens(1);
        var tape = new Tape(new Workers(2));
        Close.Same(plain.Logits(tape, tokens, Batch).Logits.Values, model.Logits(tape, tokens, Batch).Logits.Values, "logits");
    }

    [Fact]
    public void Settings_that_contradict_each_other_are_refused()
    {
        (LanguageModelSettings Settings, string Words)[] wrong =
        [
            (All with { Embedding = 5 }, "as wide as the output of the last layer, 6; found 5"),
            (All with { Embedding = 0 }, "Word dropout"),
            (All with { Embedding = 0, WordDropout = 0 }, "found 0"),
            (All with { WordDropout = 1 }, "word dropout must be at least 0 and below 1; found 1"),
            (All with { WeightDropout = -0.5 }, "weight dropout must be at least 0 and below 1; found -0.5"),
            (All with { Cell = CellKind.MinGru }, "found the cell mingru"),
            (All with { DropoutMask = (DropoutMask)7 }, "mask 7"),
            (All with { OutputWeights = (OutputWeights)7 }, "weights 7"),
        ];
        foreach ((LanguageModelSettings settings, string words) in wrong)
        {
            Assert.Contains(words, Assert.Throws<UnfoldException>(settings.Validate).Message, StringComparison.Ordinal);
        }

        var scan = new Recurrent(new MinGruCell(3, 4, new SeededRandom(1)));
        Assert.Throws<ArgumentException>(() => new Recurrent(scan.Cell) { WeightDropout = 0.5 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Recurrent(scan.Cell) { WeightDropout = double.NaN });
    }

    private static LanguageModel Create(LanguageModelSettings settings)
    {
        var vocabulary = new Vocabulary(TokenKind.Character, LetterCase.Kept, ["a", "b", "c", "d", "e", "f"]);
        var random = new SeededRandom(17);
        var model = new LanguageModel(settings, vocabulary, random);
        Draw.Uniform(random, model.Parameters.Values.Length, -0.8, 0.8).CopyTo(model.Parameters.Edit());
        return model;
    }

    private static int[] Tokens(ulong seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, Time * Batch).Select(_ => random.NextInt32(9))];
    }
}
