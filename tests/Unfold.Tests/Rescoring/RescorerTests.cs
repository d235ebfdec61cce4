using Unfold.Models;
using Unfold.Numerics;
using Unfold.Rescoring;
using Unfold.Scoring;
using Unfold.Text;

namespace Unfold.Tests.Rescoring;

public sealed class RescorerTests
{
    private static readonly string[] Words = ["the", "cat", "sat", "ran", "a", "\n"];

    [Fact]
    public void Each_hypothesis_has_the_score_of_its_text_however_lists_are_put_together()
    {
        var model = new LanguageModel(new LanguageModelSettings { Hidden = 8 }, new Vocabulary(TokenKind.Word, LetterCase.Kept, Words), new SeededRandom(2));
        var random = new SeededRandom(6);
        NBestList[] lists = [.. Enumerable.Range(0, 30).Select(list => new NBestList($"{list}", [.. Enumerable.Range(0, list % 7 == 0 ? 600 : 3).Select(_ => new NBestHypothesis(Draw(random), 0))]))];
        var shares = new List<double>();

        IReadOnlyList<ScoredList> scored = Rescorer.Score(model, lists, new Workers(2), progress: shares.Add, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(lists, scored.Select(list => list.List));
        var scorer = new SentenceScorer(model, new Workers(1));
        foreach (ScoredList list in scored)
        {
            IEnumerable<double> alone = list.List.Hypotheses.Take(5).Select(hypothesis => scorer.Score([hypothesis.Text], cancellation: TestContext.Current.CancellationToken)[0].Total);
            Assert.Equal(alone, list.LogProbabilities.Take(5));
        }

        Assert.Equal(1, shares[^1]);
        Assert.Equal(shares.Order(), shares);
        Assert.True(shares.Count(share => lists.Length * share == Math.Round(lists.Length * share)) > 1, "All lists went through the model at once.");
        Assert.Contains(shares, share => lists.Length * share != Math.Round(lists.Length * share));
    }

    [Fact]
    public void Unknown_tokens_are_counted_and_may_be_left_out()
    {
        var model = new LanguageModel(new LanguageModelSettings { Hidden = 8 }, new Vocabulary(TokenKind.Word, LetterCase.Kept, Words), new SeededRandom(2));
        NBestList[] lists = [new("a", [new("the cat", 0), new("the emu sat", 0), new("emu rhea", 0)])];
        ScoredList all = Assert.Single(Rescorer.Score(model, lists, new Workers(1), cancellation: TestContext.Current.CancellationToken));
        ScoredList known = Assert.Single(Rescorer.Score(model, lists, new Workers(1), OutOfVocabulary.LeftOut, cancellation: TestContext.Current.CancellationToken));
        IReadOnlyList<SentenceScore> scores = new SentenceScorer(model, new Workers(1)).Score(["the cat", "the emu sat", "emu rhea"], cancellation: TestContext.Current.CancellationToken);

        Assert.Equal([0, 1, 2], all.UnknownTokens);
        Assert.Equal([0, 1, 2], known.UnknownTokens);
        Assert.Equal(scores.Select(score => score.Total), all.LogProbabilities);
        Assert.Equal(scores.Select(score => score.Tokens.Zip(score.LogProbabilities).Where(one => one.First != Vocabulary.UnknownId).Sum(one => one.Second)), known.LogProbabilities);
        Assert.True(known.LogProbabilities[2] > all.LogProbabilities[2]);
    }

    [Fact]
    public void Where_the_model_thinks_all_impossible_the_other_scores_choose()
    {
        var list = new NBestList("a", [new("a b", -10), new("a b c", -2), new("b", -3)]);
        double no = double.NegativeInfinity;
        Assert.Equal(1, new ScoredList(list, [no, no, no], [0, 0, 0]).Best(new RescoringWeights(1, 0)));
        Assert.Equal(2, new ScoredList(list, [no, no, no], [0, 0, 0]).Best(new RescoringWeights(1, -1)));
        Assert.Equal(0, new ScoredList(list, [-900, no, no], [0, 0, 0]).Best(new RescoringWeights(1, 0)));
        Assert.True(new ScoredList(list, [no, no, no], [0, 0, 0]).IsImpossible(new RescoringWeights(1, 0)));
        Assert.False(new ScoredList(list, [no, no, no], [0, 0, 0]).IsImpossible(new RescoringWeights(0, 0)));
        Assert.False(new ScoredList(list, [-900, no, no], [0, 0, 0]).IsImpossible(new RescoringWeights(1, 0)));
    }

    private static string Draw(SeededRandom random) => string.Join(' ', Enumerable.Range(0, random.NextInt32(5)).Select(_ => Words[random.NextInt32(Words.Length - 1)]));
}
