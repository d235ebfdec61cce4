namespace Unfold.Rescoring;

/// <summary>A list with what a language model thinks of its hypotheses.</summary>
/// <param name="List">The hypotheses.</param>
/// <param name="LogProbabilities">ln p of each.</param>
/// <param name="UnknownTokens">How many tokens of each the model's vocabulary does not hold.</param>
public sealed record ScoredList(NBestList List, IReadOnlyList<double> LogProbabilities, IReadOnlyList<int> UnknownTokens)
{
    /// <summary>The place of the hypothesis with the highest total; of equals the first.</summary>
    public int Best(RescoringWeights weights)
    {
        int best = 0;
        double highest = double.NegativeInfinity;
        for (int place = 0; place < LogProbabilities.Count; place++)
        {
            double total = weights.Total(List.Hypotheses[place], LogProbabilities[place]);
            if (total > highest)
            {
                (best, highest) = (place, total);
            }
        }

        return best;
    }

    /// <summary>The errors of each hypothesis.</summary>
    /// <param name="measure">What errors are counted in.</param>
    /// <param name="cancellation">Stops the counting.</param>
    /// <exception cref="UnfoldException">The list has no reference.</exception>
    public IReadOnlyList<ErrorCount> Errors(ErrorMeasure measure, CancellationToken cancellation = default)
    {
        string reference = List.Reference ?? throw new UnfoldException($"The list {List.Id} has no reference, but one was wanted to count its errors: add it to the references.");
        var errors = new ErrorCount[List.Hypotheses.Count];
        for (int place = 0; place < errors.Length; place++)
        {
            cancellation.ThrowIfCancellationRequested();
            errors[place] = ErrorCount.Of(reference, List.Hypotheses[place].Text, measure);
        }

        return errors;
    }
}
