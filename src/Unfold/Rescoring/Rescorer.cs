using Unfold.Numerics;
using Unfold.Scoring;
using Unfold.Text;

namespace Unfold.Rescoring;

/// <summary>Asks a language model about lists of hypotheses. What hypotheses begin alike with is computed once.</summary>
public static class Rescorer
{
    // About so many hypotheses go through the model side by side.
    private const int HypothesesAtOnce = 1024;

    /// <summary>Scores lists, in their order.</summary>
    /// <param name="model">The language model.</param>
    /// <param name="lists">The hypotheses.</param>
    /// <param name="workers">The threads; the result does not depend on their number. A team of several serves one call at a time.</param>
    /// <param name="unknown">Whether the probabilities of unknown tokens count.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops the scoring.</param>
    public static IReadOnlyList<ScoredList> Score(
        NextTokenModel model,
        IReadOnlyList<NBestList> lists,
        Workers workers,
        OutOfVocabulary unknown = OutOfVocabulary.Counted,
        Action<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(lists);
        var scorer = new SentenceScorer(model, workers);
        var scored = new List<ScoredList>(lists.Count);
        while (scored.Count < lists.Count)
        {
            int texts = 0;
            NBestList[] some = [.. lists.Skip(scored.Count).TakeWhile((list, index) => (texts += list.Hypotheses.Count) <= HypothesesAtOnce || index == 0)];
            IReadOnlyList<SentenceScore> scores = scorer.Score(
                [.. some.SelectMany(list => list.Hypotheses.Select(hypothesis => hypothesis.Text))],
                share => progress?.Invoke((scored.Count + (share * some.Length)) / lists.Count),
                cancellation);
            int first = 0;
            foreach (NBestList list in some)
            {
                SentenceScore[] own = [.. scores.Skip(first).Take(list.Hypotheses.Count)];
                scored.Add(new ScoredList(
                    list,
                    [.. own.Select(score => (unknown == OutOfVocabulary.LeftOut ? score.WithoutUnknown() : score).Total)],
                    [.. own.Select(score => score.UnknownTokens)]));
                first += own.Length;
            }

            progress?.Invoke((double)scored.Count / lists.Count);
        }

        return scored;
    }
}
