using Unfold.Numerics;
using Unfold.Rescoring;
using Unfold.Scoring;

namespace Unfold.Tests.Rescoring;

public sealed class RescoringTunerTests
{
    [Fact]
    public void The_total_is_the_weighted_sum()
    {
        var hypothesis = new NBestHypothesis(" a b  c ", -2);
        Assert.Equal(3, hypothesis.Words);
        Assert.Equal(-2 + (0.5 * -10) + (3 * -0.25), new RescoringWeights(0.5, -0.25).Total(hypothesis, -10, 2));
        Assert.Equal(5, hypothesis.Characters);
        Assert.Equal(-2 + (0.5 * -10) + (5 * -0.25), new RescoringWeights(0.5, -0.25, ErrorMeasure.Characters).Total(hypothesis, -10, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => hypothesis.Units((ErrorMeasure)2));
        Assert.Equal(-2, new RescoringWeights(0, 0).Total(hypothesis, double.NegativeInfinity, 2));
        Assert.Equal(-2 + (0.5 * -10) + (2 * -4), new RescoringWeights(0.5, 0, Unknown: -4).Total(hypothesis, -10, 2));
    }

    [Fact]
    public void The_first_of_equals_is_chosen_and_nothing_possible_leaves_the_first()
    {
        ScoredList list = List("a", [("a", 0), ("b", 0)], [-1, -1]);
        Assert.Equal(0, list.Best(new(1, 0)));
        ScoredList impossible = List("a", [("a", 0), ("b", 0)], [double.NegativeInfinity, double.NegativeInfinity]);
        Assert.Equal(0, impossible.Best(new(1, 0)));
    }

    [Fact]
    public void Tuning_is_as_good_as_a_grid_without_gaps()
    {
        var random = new SeededRandom(21);
        for (int trial = 0; trial < 5; trial++)
        {
            ScoredList[] lists = [.. Enumerable.Range(0, 40).Select(_ => Draw(random))];
            (RescoringWeights weights, int errors) = RescoringTuner.Tune(lists, ErrorMeasure.Words, cancellation: TestContext.Current.CancellationToken);
            IReadOnlyList<ErrorCount>[] counts = [.. lists.Select(list => list.Errors(ErrorMeasure.Words))];
            Assert.Equal(errors, Errors(lists, counts, weights));

            int fewest = (from weight in Enumerable.Range(0, 81) from penalty in Enumerable.Range(-20, 41) select Errors(lists, counts, new(weight / 10.0, penalty / 5.0))).Min();
            Assert.InRange(errors, 0, fewest + 1);
            Assert.True(errors < Errors(lists, counts, new(0, 0)), "The language model knows something here.");
        }
    }

    [Fact]
    public void A_model_that_is_always_right_is_trusted_and_one_that_is_always_wrong_is_not()
    {
        ScoredList[] right = [.. Enumerable.Range(0, 10).Select(_ => List("a", [("b", -1), ("a", -2)], [-9, -1]))];
        Assert.Equal(0, RescoringTuner.Tune(right, ErrorMeasure.Words, cancellation: TestContext.Current.CancellationToken).Errors);
        ScoredList[] wrong = [.. Enumerable.Range(0, 10).Select(_ => List("a", [("a", -1), ("b", -2)], [-9000, -1]))];
        (RescoringWeights weights, int errors) = RescoringTuner.Tune(wrong, ErrorMeasure.Words, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((0, 0), (errors, weights.Model));
    }

    [Fact]
    public void A_penalty_is_found_where_hypotheses_are_too_long()
    {
        ScoredList[] lists = [.. Enumerable.Range(0, 10).Select(_ => List("a b", [("a b c", -1), ("a b", -4)], [-5, -5]))];
        (RescoringWeights weights, int errors) = RescoringTuner.Tune(lists, ErrorMeasure.Words, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(0, errors);
        Assert.True(weights.Insertion < -3, $"{weights}");
    }

    [Fact]
    public void A_penalty_that_changes_nothing_stays_0()
    {
        var random = new SeededRandom(5);
        ScoredList[] lists = [.. Enumerable.Range(0, 60).Select(place => List("a", [("a", -random.NextDouble()), ("b", -random.NextDouble())], [-4 * random.NextDouble(), -4.6 * random.NextDouble()]))];
        Assert.Equal(0, RescoringTuner.Tune(lists, ErrorMeasure.Words, cancellation: TestContext.Current.CancellationToken).Weights.Insertion);
    }

    [Fact]
    public void What_an_unknown_token_costs_is_found_where_the_model_likes_them_too_well()
    {
        // The model is right among words that it knows, and takes every word that it does not for a likely one.
        ScoredList[] lists =
        [
            .. Enumerable.Range(0, 10).Select(_ => List("a", [("b", -1), ("a", -2)], [-9, -1])),
            .. Enumerable.Range(0, 10).Select(_ => new ScoredList(new NBestList("x", [new("a", -1), new("z", -1.5)], "a"), [-6, -1], [0, 1])),
        ];
        (RescoringWeights weights, int errors) = RescoringTuner.Tune(lists, ErrorMeasure.Words, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((0, 0), (errors, weights.Insertion));
        Assert.InRange(weights.Unknown, -16, -2);
        ScoredList[] known = [.. lists.Select(list => new ScoredList(list.List, list.LogProbabilities, [0, 0]))];
        (weights, errors) = RescoringTuner.Tune(known, ErrorMeasure.Words, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((10, 0), (errors, weights.Unknown));
    }

    [Fact]
    public void The_penalty_is_for_the_units_that_are_measured()
    {
        // Text without white space is one word however long it is.
        ScoredList[] lists = [.. Enumerable.Range(0, 10).Select(_ => List("大家好", [("大家都好", -1), ("大家好", -4)], [-5, -5]))];
        (RescoringWeights weights, int errors) = RescoringTuner.Tune(lists, ErrorMeasure.Characters, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((0, ErrorMeasure.Characters), (errors, weights.Unit));
        Assert.True(weights.Insertion < -3, $"{weights}");
    }

    [Fact]
    public void Progress_runs_to_the_end_and_the_search_can_be_stopped()
    {
        ScoredList[] lists = [.. Enumerable.Range(0, 10).Select(_ => List("a b", [("a b c", -1), ("a b", -4)], [-5, -5]))];
        var shares = new List<double>();
        RescoringTuner.Tune(lists, ErrorMeasure.Words, shares.Add, TestContext.Current.CancellationToken);
        Assert.Equal(1, shares[^1], 1e-12);
        Assert.Equal(shares.Order(), shares);

        foreach (double stop in (double[])[0.2, 0.6, 0.9])
        {
            using var source = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => RescoringTuner.Tune(lists, ErrorMeasure.Words, share => StopAt(share, stop, source), source.Token));
        }

        Assert.Throws<OperationCanceledException>(() => lists[0].Errors(ErrorMeasure.Characters, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_text_that_is_changed_has_its_own_length()
    {
        NBestHypothesis changed = new NBestHypothesis("a", 0) with { Text = "a b c" };
        Assert.Equal(new NBestHypothesis("a b c", 0), changed);
        Assert.Equal((3, 5), (changed.Words, changed.Characters));
        Assert.Equal(3, new RescoringWeights(0, 1).Total(changed, -1, 0));
    }

    [Fact]
    public void Scores_and_weights_that_would_choose_at_random_are_refused()
    {
        var list = new NBestList("x", [new("a", 0), new("b", 0)]);
        Assert.Throws<ArgumentException>("LogProbabilities", () => new ScoredList(list, [-1], [0, 0]));
        Assert.Throws<ArgumentException>("UnknownTokens", () => new ScoredList(list, [-1, -2], [0]));
        Assert.Throws<ArgumentException>("LogProbabilities", () => new SentenceScore([3, 4], [-1]));
        foreach (double bad in (double[])[-1, double.NaN, double.PositiveInfinity])
        {
            Assert.Throws<ArgumentOutOfRangeException>("Model", () => new RescoringWeights(bad, 0));
            Assert.Throws<ArgumentOutOfRangeException>(() => default(RescoringWeights) with { Model = bad });
        }

        Assert.Throws<ArgumentOutOfRangeException>("Insertion", () => new RescoringWeights(1, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>("Unknown", () => new RescoringWeights(1, 0, Unknown: double.NegativeInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NBestHypothesis("a", double.NegativeInfinity));
    }

    [Fact]
    public void Lists_without_references_are_refused()
    {
        var list = new ScoredList(new NBestList("x", [new("a", 0)]), [0], [0]);
        Assert.Contains("The list x has no reference", Assert.Throws<UnfoldException>(() => RescoringTuner.Tune([list], ErrorMeasure.Words, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Throws<UnfoldException>(() => RescoringTuner.Tune([], ErrorMeasure.Words, cancellation: TestContext.Current.CancellationToken));
    }

    private static void StopAt(double share, double stop, CancellationTokenSource source)
    {
        Assert.True(share <= stop + 0.1, "It went on after it was to stop.");
        if (share >= stop)
        {
            source.Cancel();
        }
    }

    private static int Errors(ScoredList[] lists, IReadOnlyList<ErrorCount>[] counts, RescoringWeights weights) =>
        lists.Zip(counts, (list, count) => count[list.Best(weights)].Errors).Sum();

    private static ScoredList List(string reference, (string Text, double Channel)[] hypotheses, double[] logProbabilities) =>
        new(new NBestList("x", [.. hypotheses.Select(hypothesis => new NBestHypothesis(hypothesis.Text, hypothesis.Channel))], reference), logProbabilities, new int[logProbabilities.Length]);

    /// <summary>A list in which channel and model both know something of the truth.</summary>
    private static ScoredList Draw(SeededRandom random)
    {
        string[] reference = [.. Enumerable.Range(0, 6).Select(_ => $"{random.NextInt32(5)}")];
        var texts = new List<(string Text, double Channel)>();
        var values = new List<double>();
        for (int i = 0; i < 8; i++)
        {
            string[] words = [.. reference.Select(word => random.NextDouble() < 0.3 ? $"{random.NextInt32(5)}" : word).Take(4 + random.NextInt32(3))];
            int errors = EditDistance.Between<string>(reference, words).Count;
            texts.Add((string.Join(' ', words), -errors + (3 * random.NextNormal())));
            values.Add((-2 * errors) + (3 * random.NextNormal()) - (2 * words.Length));
        }

        return List(string.Join(' ', reference), [.. texts], [.. values]);
    }
}
