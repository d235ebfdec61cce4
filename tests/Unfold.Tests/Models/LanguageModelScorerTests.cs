using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Models;

/// <summary>Scores against -log p of the same positions, counted by hand, from the equations in double precision.</summary>
public sealed class LanguageModelScorerTests
{
    private const int V = 7;

    // The scorer adds up the losses of windows, each rounded to single precision.
    private const double Relative = 2e-6;

    public static TheoryData<CellKind, int, int> Texts
    {
        get
        {
            var rows = new TheoryData<CellKind, int, int>();
            foreach (CellKind cell in CellKinds.BuiltIn)
            {
                // The scorer's windows have 64 steps: one before, on and behind their ends.
                foreach (int tokens in (int[])[2, 3, 64, 65, 66, 129, 130])
                {
                    rows.Add(cell, tokens, tokens % 2 == 0 ? 1 : 2);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void One_stream_predicts_each_token_but_the_first_from_all_before_it(CellKind cell, int count, int threads)
    {
        LanguageModel model = Create(cell, embedding: count % 3);
        int[] tokens = Tokens(count);

        Score score = LanguageModelScorer.Score(model, Store(tokens), new Workers(threads), cancellation: TestContext.Current.CancellationToken);

        double wanted = Cost(model, tokens) / (count - 1);
        Assert.Equal(count - 1, score.Tokens);
        Close.Equal(wanted, score.Loss, Relative, 0, "loss");
        Close.Equal(Math.Exp(wanted), score.Perplexity, 1e-5, 0, "perplexity");
        Close.Equal(wanted / Math.Log(2), score.BitsPerToken, Relative, 0, "bits");
    }

    /// <summary>The tokens of the text, the streams, the steps of each, and the positions at which the streams begin.</summary>
    [Theory]
    [InlineData(131, 2, 65, new[] { 0, 65 })]
    [InlineData(200, 3, 66, new[] { 0, 66, 132 })]
    [InlineData(201, 3, 66, new[] { 0, 66, 132 })]
    [InlineData(8, 3, 2, new[] { 0, 2, 4 })]
    [InlineData(5, 4, 1, new[] { 0, 1, 2, 3 })]
    [InlineData(281, 4, 64, new[] { 0, 70, 140, 210 })]
    public void Streams_side_by_side_score_the_positions_of_their_own(int count, int batch, int steps, int[] beginnings)
    {
        foreach (CellKind cell in CellKinds.BuiltIn)
        {
            LanguageModel model = Create(cell, embedding: batch);
            int[] tokens = Tokens(count);

            Score score = Streams(model, tokens, batch, steps);

            double wanted = beginnings.Sum(first => Cost(model, tokens[first..(first + steps + 1)]));
            Assert.Equal(steps * batch, score.Tokens);
            Close.Equal(wanted / (steps * batch), score.Loss, Relative, 0, $"loss of {cell}");
        }
    }

    [Theory]
    [InlineData(241, 1)]
    [InlineData(241, 2)]
    [InlineData(241, 3)]
    [InlineData(241, 60)]
    [InlineData(241, 240)]
    public void Streams_that_fill_the_text_count_each_token_once(int count, int batch)
    {
        LanguageModel model = WithoutContext();
        int[] tokens = Tokens(count);
        double[] costs = Costs(model);

        Score score = Streams(model, tokens, batch, (count - 1) / batch);

        Assert.Equal(count - 1, score.Tokens);
        Close.Equal(tokens[1..].Average(token => costs[token]), score.Loss, Relative, 0, "loss");
    }

    [Fact]
    public void A_text_that_one_stream_has_read_is_read_from_zeros_again()
    {
        LanguageModel model = Create(CellKind.Lstm, 0);
        int[] tokens = Tokens(90);
        Score first = Streams(model, tokens, 2, 44);
        Assert.Equal(first, Streams(model, tokens, 2, 44));
        float[] before = [.. model.Parameters.Values];
        Assert.Equal(first, Streams(model, tokens, 2, 44, threads: 2));
        Close.Same(before, model.Parameters.Values, "weights");
    }

    [Fact]
    public void Unknown_tokens_are_read_and_predicted_as_the_symbol_for_them()
    {
        LanguageModel model = Create(CellKind.Gru, 3);
        Corpus corpus = Corpus.Load(
            TextSource.FromString("abжcd猫жa"), new CorpusOptions(), vocabulary: model.Vocabulary, cancellation: TestContext.Current.CancellationToken);

        Score score = LanguageModelScorer.Score(model, corpus.Train, new Workers(1), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(3, corpus.UnknownTokens);
        Assert.Equal(7, score.Tokens);
        Close.Equal(Cost(model, [3, 4, 0, 5, 6, 0, 0, 3]) / 7, score.Loss, Relative, 0, "loss");
    }

    [Fact]
    public void Progress_rises_to_one_and_the_scoring_can_be_stopped()
    {
        LanguageModel model = Create(CellKind.Rnn, 0);
        TokenStore store = Store(Tokens(150));
        var shares = new List<double>();
        LanguageModelScorer.Score(model, store, new Workers(1), shares.Add, TestContext.Current.CancellationToken);
        Assert.Equal([64 / 149.0, 128 / 149.0, 1], shares);

        using var source = new CancellationTokenSource();
        var seen = new List<double>();
        void StopAtOnce(double share)
        {
            seen.Add(share);
            source.Cancel();
        }

        Assert.Throws<OperationCanceledException>(() => LanguageModelScorer.Score(model, store, new Workers(1), StopAtOnce, source.Token));
        Assert.Single(seen);
    }

    [Theory]
    [InlineData(TextMode.Running)]
    [InlineData(TextMode.Sentences)]
    public void Token_by_token_a_text_measures_what_it_does_in_windows(TextMode mode)
    {
        string text = string.Concat(Enumerable.Repeat("the cat sat\non a mat, a flat mat\nand so on\n", 150));
        Corpus corpus = Corpus.Load(TextSource.FromString(text), new CorpusOptions { Kind = TokenKind.Word, Mode = mode }, cancellation: TestContext.Current.CancellationToken);
        var model = new LanguageModel(new LanguageModelSettings { Hidden = 7, Layers = 2 }, corpus.Vocabulary, new SeededRandom(3));
        Score whole = LanguageModelScorer.Score(model, corpus.Train, new Workers(2), cancellation: TestContext.Current.CancellationToken);
        Score single = LanguageModelScorer.Steps(model, corpus.Train, progress: null, TestContext.Current.CancellationToken);
        Assert.Equal(whole.Tokens, single.Tokens);
        Assert.Equal(whole.Loss, single.Loss, 1e-5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_text_without_a_token_to_predict_is_refused(int count)
    {
        UnfoldException failure = Assert.Throws<UnfoldException>(() => LanguageModelScorer.Score(
            Create(CellKind.Rnn, 0), Store(Tokens(count)), new Workers(1), cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("at least 2 tokens", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"It has {count}", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>The tokens of the validation text, the trainer's batch, and the streams and steps of each that it is cut into.</summary>
    [Theory]
    [InlineData(2, 50, 1, 1)]
    [InlineData(5, 50, 1, 4)]
    [InlineData(600, 50, 1, 599)]
    [InlineData(1025, 50, 2, 512)]
    [InlineData(1538, 2, 2, 768)]
    [InlineData(1538, 3, 3, 512)]
    [InlineData(300_000, 50, 50, 5242)]
    public void A_validation_reads_a_text_narrower_than_the_batch_once_and_of_a_long_one_the_beginnings(int count, int trainerBatch, int streams, int steps)
    {
        LanguageModel model = WithoutContext();
        int[] tokens = Tokens(count);
        var settings = new TrainingSettings { BatchSize = trainerBatch, SequenceLength = 2, Steps = 1 };
        var trainer = new LanguageModelTrainer(model, settings, Store(Tokens(300)), Store(tokens), new Workers(2));

        (Score score, bool best) = trainer.Validate(TestContext.Current.CancellationToken);

        double[] costs = Costs(model);
        int distance = (count - 1) / streams;
        double wanted = Enumerable.Range(0, streams).Sum(b => tokens.AsSpan((b * distance) + 1, steps).ToArray().Sum(token => costs[token]));
        Assert.True(best);
        Assert.Equal(streams * steps, score.Tokens);
        Close.Equal(wanted / (streams * steps), score.Loss, Relative, 0, "loss");
    }

    private static Score Streams(LanguageModel model, int[] tokens, int batch, int steps, int threads = 1) => LanguageModelScorer.Streams(
        model, Store(tokens), batch, steps, new Workers(threads), progress: null, TestContext.Current.CancellationToken);

    /// <summary>The sum of -log p of all tokens but the first, from a state of zeros, in double precision.</summary>
    private static double Cost(LanguageModel model, int[] tokens)
    {
        var reference = new ReferenceLanguageModel(model);
        Dictionary<string, double[]> values = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => Naive.Widen(parameter.Values));
        double[][] logits = reference.Logits(values, tokens[..^1]);
        return logits.Select((row, t) => MinusLogP(row, tokens[t + 1])).Sum();
    }

    private static double MinusLogP(double[] logits, int token) => Math.Log(logits.Sum(Math.Exp)) - logits[token];

    /// <summary>The cost of each token for a model whose logits are its output bias, whatever came before.</summary>
    private static double[] Costs(LanguageModel model)
    {
        double[] bias = Naive.Widen(((SoftmaxOutput)model.Output).Projection.Bias.Values);
        return [.. Enumerable.Range(0, V).Select(token => MinusLogP(bias, token))];
    }

    /// <summary>Each token has another price, so a sum tells how often each was counted.</summary>
    private static LanguageModel WithoutContext()
    {
        LanguageModel model = Create(CellKind.Lstm, 2);
        foreach (Parameter parameter in model.Parameters)
        {
            parameter.Edit().Clear();
        }

        new float[] { 0.3f, -1.7f, 2.1f, 0.9f, -0.4f, 1.2f, -2.6f }.CopyTo(((SoftmaxOutput)model.Output).Projection.Bias.Edit());
        return model;
    }

    private static LanguageModel Create(CellKind cell, int embedding)
    {
        var random = new SeededRandom(21);
        var vocabulary = new Vocabulary(TokenKind.Character, LetterCase.Kept, ["a", "b", "c", "d"]);
        var model = new LanguageModel(new LanguageModelSettings { Cell = cell, Layers = 2, Hidden = 5, Embedding = embedding }, vocabulary, random);
        foreach (Parameter parameter in model.Parameters)
        {
            // Large enough that a state which is lost or shifted by a step shows in the loss.
            Draw.Uniform(random, parameter.Shape.Length, -0.9, 0.9).CopyTo(parameter.Edit());
        }

        return model;
    }

    private static int[] Tokens(int count)
    {
        var random = new SeededRandom(22);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextInt32(V))];
    }

    private static TokenStore Store(int[] tokens) => TokenStore.FromTokens(tokens, V);
}
