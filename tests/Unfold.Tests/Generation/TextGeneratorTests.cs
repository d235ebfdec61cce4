using Unfold.Generation;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Generation;

public sealed class TextGeneratorTests
{
    [Theory]
    [InlineData(1, 1, null)]
    [InlineData(0.5, 1, 0.8)]
    [InlineData(0, 1.4, null)]
    [InlineData(1.3, 1.2, null)]
    public void The_log_probability_is_the_model_s_own_whatever_chose_the_tokens(double temperature, double penalty, double? topP)
    {
        var model = new PairModel("abcdef", seed: 4);
        var options = new GenerationOptions { Length = 60, RepetitionPenalty = penalty, Sampling = new SamplingOptions { Temperature = temperature, TopP = topP } };
        GenerationEnd end = default;

        string text = string.Concat(TextGenerator.Generate(model, "fa", options, new SeededRandom(3), found => end = found, TestContext.Current.CancellationToken));

        Assert.Equal(60, text.Length);
        Assert.Equal(60, end.Tokens);
        Close.Equal(model.LogProbability(model.Vocabulary.Encode("fa"), model.Vocabulary.Encode(text)), end.LogProbability, 1e-12, 0, "log p");
    }

    [Fact]
    public void The_tokens_of_the_stop_string_are_counted_and_not_shown()
    {
        var model = new PairModel("ab", seed: 4);
        GenerationEnd end = default;
        string text = string.Concat(TextGenerator.Generate(model, "a", new GenerationOptions { Stops = ["bab"] }, new SeededRandom(3), found => end = found, TestContext.Current.CancellationToken));
        Assert.Equal("bab", end.Stop);
        Assert.Equal(text.Length + 3, end.Tokens);
        Close.Equal(model.LogProbability(model.Vocabulary.Encode("a"), model.Vocabulary.Encode(text + "bab")), end.LogProbability, 1e-12, 0, "log p");
    }

    [Fact]
    public void A_bad_stop_string_is_refused_before_anything_is_written()
    {
        var model = new PairModel("ab", seed: 4);
        Assert.Throws<UnfoldException>(() => { TextGenerator.Generate(model, "a", new GenerationOptions { Stops = [""] }, new SeededRandom(3), cancellation: TestContext.Current.CancellationToken); });
        Assert.Throws<UnfoldException>(() => new BeamOptions { Stops = ["b", "\uD83D"] }.Validate());
        Assert.Throws<ArgumentNullException>(() => new GenerationOptions { Sampling = null! }.Validate());
    }

    [Fact]
    public void A_sentence_ends_at_its_end_symbol_which_is_counted()
    {
        PairModel model = PairModel.OfSentences("abc", seed: 4);
        for (ulong seed = 1; seed < 20; seed++)
        {
            GenerationEnd end = default;
            string text = string.Concat(TextGenerator.Generate(model, "ab", new GenerationOptions(), new SeededRandom(seed), found => end = found, TestContext.Current.CancellationToken));
            Assert.Equal(GenerationEndReason.SentenceEnd, end.Reason);
            Assert.Equal(text.Length + 1, end.Tokens);
            Close.Equal(model.LogProbability(model.Vocabulary.EncodePrefix("ab"), [.. model.Vocabulary.EncodePrefix(text), Vocabulary.EndId]), end.LogProbability, 1e-12, 0, "log p");
        }
    }

    [Fact]
    public void A_text_that_nothing_can_follow_ends_there()
    {
        var model = new PairModel("ab", seed: 4);
        foreach (string second in (string[])["a", "b", "<unk>", "<s>", "</s>"])
        {
            model.LetNothingFollow("b", second);
        }

        GenerationEnd end = default;
        string text = string.Concat(TextGenerator.Generate(model, "a", new GenerationOptions(), new SeededRandom(3), found => end = found, TestContext.Current.CancellationToken));
        Assert.Equal((GenerationEndReason.DeadEnd, text.Length), (end.Reason, end.Tokens));
        Assert.Matches("^a*b[ab]$", text);
        Close.Equal(model.LogProbability(model.Vocabulary.Encode("a"), model.Vocabulary.Encode(text)), end.LogProbability, 1e-12, 0, "log p");

        Assert.Empty(TextGenerator.Generate(model, "bb", new GenerationOptions(), new SeededRandom(3), found => end = found, TestContext.Current.CancellationToken));
        Assert.Equal(new GenerationEnd(0, GenerationEndReason.DeadEnd, null, 0), end);
    }

    [Fact]
    public void Every_end_of_a_text_has_its_reason()
    {
        var model = new PairModel("ab", seed: 4);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Equal(GenerationEndReason.Length, Reason(new GenerationOptions { Length = 3 }, TestContext.Current.CancellationToken));
        Assert.Equal(GenerationEndReason.Stop, Reason(new GenerationOptions { Stops = ["b"] }, TestContext.Current.CancellationToken));
        Assert.Equal(GenerationEndReason.Cancelled, Reason(new GenerationOptions(), cancelled.Token));

        GenerationEndReason Reason(GenerationOptions options, CancellationToken cancellation)
        {
            GenerationEnd end = default;
            _ = TextGenerator.Generate(model, "a", options, new SeededRandom(3), found => end = found, cancellation).Count();
            return end.Reason;
        }
    }

    [Fact]
    public void Texts_go_on_from_one_prompt_as_from_prompts_of_their_own()
    {
        var model = new PairModel("abcd", seed: 9);
        var shared = new Prompt(model, "abba");
        var options = new GenerationOptions { Length = 40 };
        for (ulong seed = 1; seed < 6; seed++)
        {
            Assert.Equal(
                string.Concat(TextGenerator.Generate(model, "abba", options, new SeededRandom(seed), cancellation: TestContext.Current.CancellationToken)),
                string.Concat(TextGenerator.Generate(shared, options, new SeededRandom(seed), cancellation: TestContext.Current.CancellationToken)));
        }

        Assert.Equal(TextGenerator.Next(model, "abba", 3), shared.Next(3));
    }

    [Fact]
    public void The_reading_of_a_prompt_is_told_and_stops_between_two_tokens()
    {
        var model = new PairModel("abcd", seed: 9);
        using var source = new CancellationTokenSource();
        List<double> told = [];
        Assert.Equal(3, new Prompt(model, "abba", told.Add, source.Token).Next(3).Count);
        Assert.Equal([0.25, 0.5, 0.75, 1], told);

        told.Clear();
        void Cancel(double share)
        {
            told.Add(share);
            source.Cancel();
        }

        Assert.Throws<OperationCanceledException>(() => new Prompt(model, "abba", Cancel, source.Token));
        Assert.Equal([0.25], told);
    }

    [Fact]
    public void A_greedy_text_with_a_penalty_is_that_of_the_definition()
    {
        var model = new PairModel("abcdefgh", seed: 14);
        foreach (double penalty in (double[])[1, 1.2, 5])
        {
            string text = string.Concat(TextGenerator.Generate(
                model, "c", new GenerationOptions { Length = 12, RepetitionPenalty = penalty, Sampling = SamplingOptions.Greedy }, new SeededRandom(1), cancellation: TestContext.Current.CancellationToken));
            string wanted = "";
            for (int i = 0; i < 12; i++)
            {
                var session = model.Start();
                foreach (int token in model.Vocabulary.Encode("c" + wanted))
                {
                    session.Feed(token);
                }

                double[] logits = PlainPenalty.Of(session.Logits, model.Vocabulary.Encode(wanted), penalty);
                wanted += "abcdefgh".MaxBy(letter => logits[model.Vocabulary.IdOf([letter])]);
            }

            Assert.Equal(wanted, text);
        }
    }

    [Fact]
    public void A_penalty_does_not_see_by_how_much_all_logits_are_moved()
    {
        float[] logits = [-2, 0.5f, 1, 4, float.NegativeInfinity], moved = [.. logits.Select(logit => logit - 8)];
        float[] one = new float[5], other = new float[5];
        RepetitionPenalty.Apply(logits, new HashSet<int> { 0, 3, 4 }, 1.5, one);
        RepetitionPenalty.Apply(moved, new HashSet<int> { 0, 3, 4 }, 1.5, other);

        // By hand: the mean of the finite ones is 0.875.
        Close.Equal([0.875 - (2.875 * 1.5), 0.5, 1, 0.875 + (3.125 / 1.5), double.NegativeInfinity], one, 1e-6, 0, "penalized");
        Close.Equal(one.AsSpan(0, 4), other.Take(4).Select(logit => logit + 8).ToArray(), 1e-6, 1e-6, "moved");
        Assert.Equal(float.NegativeInfinity, other[4]);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        var model = new PairModel("ab", seed: 4);
        string Refused(GenerationOptions options) => Assert.Throws<UnfoldException>(() => TextGenerator.Generate(model, "a", options, new SeededRandom(1))).Message;
        Assert.Contains("at least 0; found -1", Refused(new GenerationOptions { Length = -1 }), StringComparison.Ordinal);
        Assert.Contains("found 0.9", Refused(new GenerationOptions { RepetitionPenalty = 0.9 }), StringComparison.Ordinal);
        Assert.Contains("found NaN", Refused(new GenerationOptions { RepetitionPenalty = double.NaN }), StringComparison.Ordinal);
    }
}
