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

        IReadOnlyList<ScoredList> scored = Rescorer.Score(model, lists, new Workers(2), shares.Add, TestContext.Current.CancellationToken);

        Assert.Equal(lists, scored.Select(list => list.List));
        var scorer = new SentenceScorer(model, new Workers(1));
        foreach (ScoredList list in scored)
        {
            IEnumerable<double> alone = list.List.Hypotheses.Take(5).Select(hypothesis => scorer.Score([hypothesis.Text], TestContext.Current.CancellationToken)[0].Total);
            Assert.Equal(alone, list.LogProbabilities.Take(5));
        }

        Assert.Equal(1, shares[^1]);
        Assert.Equal(shares.Order(), shares);
        Assert.True(shares.Count > 1, "All lists went through the model at once.");
    }

    private static string Draw(SeededRandom random) => string.Join(' ', Enumerable.Range(0, random.NextInt32(5)).Select(_ => Words[random.NextInt32(Words.Length - 1)]));
}
