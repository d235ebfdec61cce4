using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Models;

/// <summary>Dynamic evaluation and the continuous cache.</summary>
[Trait("Path", "every")]
public sealed class AdaptingScorerTests
{
    private const int Window = 20, Symbols = 6;

    [Theory]
    [InlineData(2)]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(75)]
    public void Windows_are_scored_before_they_are_learned(int count)
    {
        const double rate = 0.7;
        LanguageModel model = Create(CellKind.Lstm), twin = Create(CellKind.Lstm);
        int[] tokens = Tokens(count);
        float[] before = [.. model.Parameters.Values];
        Score score = AdaptingScorer.Score(model, Store(tokens), new StreamAdaptation { LearningRate = rate }, new Workers(2), cancellation: TestContext.Current.CancellationToken);
        Close.Same(before, model.Parameters.Values, "weights after the score");

        double sum = 0;
        StackState state = twin.ZeroState(1);
        for (int start = 0; start < count - 1; start += Window)
        {
            int length = Math.Min(Window, count - 1 - start);
            var tape = new Tape(new Workers(1));
            twin.Parameters.ClearGradients();
            (Tensor loss, StackState final) = twin.Loss(tape, tokens.AsMemory(start, length), tokens.AsMemory(start + 1, length), 1, state);
            sum += loss.Values[0] * (double)length;
            tape.Backward(loss);
            state.CopyFrom(final);
            Span<float> weights = twin.Parameters.Edit();
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] -= (float)rate * twin.Parameters.Gradients[i];
            }
        }

        Assert.Equal(count - 1, score.Tokens);
        Close.Equal(sum / (count - 1), score.Loss, relative: 1e-5, absolute: 0, "loss");
        double still = LanguageModelScorer.Score(model, Store(tokens), new Workers(1), cancellation: TestContext.Current.CancellationToken).Loss;
        Assert.Equal(count <= Window + 1, Math.Abs(still - score.Loss) < 1e-6);
    }

    [Fact]
    public void A_composed_cell_learns_what_the_fused_one_does()
    {
        var settings = new LanguageModelSettings { Cell = CellKind.Custom, CustomCell = (input, hidden, random, name) => new ComposedRnn(input, hidden, random!, name), Layers = 2, Hidden = 7, Embedding = 4 };
        LanguageModel fused = Create(CellKind.Rnn);
        var composed = new LanguageModel(settings, fused.Vocabulary, new SeededRandom(1));
        Assert.Equal(fused.Parameters.Select(parameter => parameter.Name), composed.Parameters.Select(parameter => parameter.Name));
        fused.Parameters.Values.CopyTo(composed.Parameters.Edit());
        double Loss(LanguageModel model) =>
            AdaptingScorer.Score(model, Store(Tokens(200)), new StreamAdaptation { LearningRate = 0.7 }, new Workers(1), cancellation: TestContext.Current.CancellationToken).Loss;
        Close.Equal(Loss(fused), Loss(composed), relative: 1e-6, absolute: 0, "loss");
    }

    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(7, 0.8)]
    [InlineData(1000, 0.8)]
    public void The_cache_is_the_softmax_over_what_is_remembered(int size, double flatness)
    {
        const double weight = 0.3;
        LanguageModel model = Create(CellKind.Gru);
        int[] tokens = Tokens(64);
        var adaptation = new StreamAdaptation { Cache = size, CacheFlatness = flatness, CacheWeight = weight };
        Score score = AdaptingScorer.Score(model, Store(tokens), adaptation, new Workers(2), cancellation: TestContext.Current.CancellationToken);

        var tape = new Tape(new Workers(1)) { Recording = false };
        double[] h = Naive.Widen(model.Outputs(tape, tokens.AsMemory(0, 63), 1, null).Outputs.Values);
        double[] logits = Naive.Widen(model.Logits(tape, tokens.AsMemory(0, 63), 1).Logits.Values);
        int width = h.Length / 63, classes = logits.Length / 63;
        double sum = 0;
        for (int t = 0; t < 63; t++)
        {
            double[] row = logits[(t * classes)..((t + 1) * classes)];
            double p = Math.Exp(row[tokens[t + 1]]) / row.Sum(Math.Exp);
            int oldest = Math.Max(0, t - size);
            if (t > 0)
            {
                double[] scores = [.. Enumerable.Range(oldest, t - oldest).Select(i => Math.Exp(flatness * Enumerable.Range(0, width).Sum(j => h[(t * width) + j] * h[(i * width) + j])))];
                double right = scores.Where((_, i) => tokens[oldest + i + 1] == tokens[t + 1]).Sum();
                p = ((1 - weight) * p) + (weight * right / scores.Sum());
            }

            sum -= Math.Log(p);
        }

        Close.Equal(sum / 63, score.Loss, relative: 1e-5, absolute: 0, "loss");
    }

    [Fact]
    public void A_cache_takes_no_more_memory_than_the_text_wants_and_what_does_not_fit_is_said()
    {
        LanguageModel model = Create(CellKind.Gru);
        double Loss(int size) => AdaptingScorer.Score(
            model, Store(Tokens(64)), new StreamAdaptation { Cache = size }, new Workers(1), cancellation: TestContext.Current.CancellationToken).Loss;
        Assert.Equal(Loss(63), Loss(int.MaxValue));

        var wide = new LanguageModel(new LanguageModelSettings { Cell = CellKind.MinGru, Hidden = 3000, Embedding = 1 }, model.Vocabulary, new SeededRandom(1));
        TokenStore text = Store([.. Enumerable.Repeat(Vocabulary.SpecialCount, 800_000)]);
        Assert.Contains("A cache of 799,999 outputs of 3,000 needs", Assert.Throws<UnfoldException>(() => AdaptingScorer.Score(
            wide, text, new StreamAdaptation { Cache = int.MaxValue }, new Workers(1), cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_find_a_text_that_repeats_itself_easier_and_depend_on_no_threads()
    {
        LanguageModel model = Create(CellKind.Lstm);
        int[] tokens = [.. Enumerable.Range(0, 400).Select(i => Vocabulary.SpecialCount + (i * i % 7 % Symbols))];
        double still = LanguageModelScorer.Score(model, Store(tokens), new Workers(1), cancellation: TestContext.Current.CancellationToken).Loss;
        double Loss(StreamAdaptation adaptation, int threads = 1) =>
            AdaptingScorer.Score(model, Store(tokens), adaptation, new Workers(threads), cancellation: TestContext.Current.CancellationToken).Loss;
        var learning = new StreamAdaptation { LearningRate = 0.5 };
        var remembering = new StreamAdaptation { Cache = 100, CacheFlatness = 2, CacheWeight = 0.5 };
        StreamAdaptation both = remembering with { LearningRate = 0.5 };
        Assert.True(Loss(learning) < still - 0.2);
        Assert.True(Loss(remembering) < still - 0.2);
        Assert.True(Loss(both) < Math.Min(Loss(learning), Loss(remembering)));
        Assert.Equal(Loss(both), Loss(both, threads: 3));
    }

    [Fact]
    public void Settings_out_of_range_short_texts_and_rates_that_diverge_are_refused_and_leave_the_model_as_it_was()
    {
        LanguageModel model = Create(CellKind.Lstm);
        float[] before = [.. model.Parameters.Values];
        TokenStore text = Store(Tokens(200));
        (StreamAdaptation Settings, string Words)[] wrong =
        [
            (new() { LearningRate = -1 }, "rate of dynamic evaluation"),
            (new() { LearningRate = 1e-60 }, "rate of dynamic evaluation"),
            (new() { LearningRate = 1e38 }, "has diverged"),
            (new() { Cache = -1 }, "size of the cache"),
            (new() { Cache = 5, CacheFlatness = -0.5 }, "flatness of the cache"),
            (new() { Cache = 5, CacheWeight = 1 }, "weight of the cache"),
        ];
        foreach ((StreamAdaptation settings, string words) in wrong)
        {
            Assert.Contains(words, Assert.Throws<UnfoldException>(() => AdaptingScorer.Score(model, text, settings, new Workers(1), cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        }

        // The last window is not learned from, so that nothing looks at its gradients.
        Assert.Contains("has diverged", Assert.Throws<UnfoldException>(() => AdaptingScorer.Score(model, Store([.. Enumerable.Repeat(4, 30)]), new StreamAdaptation { LearningRate = 3e38 }, new Workers(1), cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Throws<UnfoldException>(() => AdaptingScorer.Score(model, text.Slice(0, 1), new StreamAdaptation { Cache = 5 }, new Workers(1), cancellation: TestContext.Current.CancellationToken));
        Assert.Throws<OperationCanceledException>(() => AdaptingScorer.Score(model, text, new StreamAdaptation { LearningRate = 1 }, new Workers(1), cancellation: new CancellationToken(canceled: true)));
        Close.Same(before, model.Parameters.Values, "weights");
    }

    private static LanguageModel Create(CellKind cell)
    {
        var vocabulary = new Vocabulary(TokenKind.Character, LetterCase.Kept, Enumerable.Range(0, Symbols).Select(i => ((char)('a' + i)).ToString()));
        var random = new SeededRandom(6);
        var model = new LanguageModel(new LanguageModelSettings { Cell = cell, Layers = 2, Hidden = 7, Embedding = 4 }, vocabulary, random);
        Draw.Uniform(random, model.Parameters.Values.Length, -0.7, 0.7).CopyTo(model.Parameters.Edit());
        return model;
    }

    private static int[] Tokens(int count)
    {
        var random = new SeededRandom(3);
        return [.. Enumerable.Range(0, count).Select(_ => Vocabulary.SpecialCount + random.NextInt32(Symbols))];
    }

    private static TokenStore Store(int[] tokens) => TokenStore.FromTokens(tokens, Symbols + Vocabulary.SpecialCount);
}
