namespace Unfold.Rescoring;

/// <summary>A list with what a language model thinks of its hypotheses.</summary>
/// <param name="List">The hypotheses.</param>
/// <param name="LogProbabilities">ln p of each; negative infinity where the model thinks it impossible.</param>
/// <param name="UnknownTokens">How many tokens of each the model's vocabulary does not hold.</param>
public sealed record ScoredList(NBestList List, IReadOnlyList<double> LogProbabilities, IReadOnlyList<int> UnknownTokens)
{
    /// <summary>ln p of each hypothesis.</summary>
    public IReadOnlyList<double> LogProbabilities { get; } = OneEach(List, LogProbabilities, nameof(LogProbabilities));

    /// <summary>How many tokens of each hypothesis the model's vocabulary does not hold.</summary>
    public IReadOnlyList<int> UnknownTokens { get; } = OneEach(List, UnknownTokens, nameof(UnknownTokens));

    /// <summary>Whether the model thinks every hypothesis impossible, and its weight is above 0.</summary>
    /// <param name="weights">The weights.</param>
    public bool IsImpossible(RescoringWeights weights) => weights.Model > 0 && LogProbabilities.All(double.IsNegativeInfinity);

    /// <summary>The place of the hypothesis with the highest total; of equals the first. Where all are impossible to the model, the other scores choose.</summary>
    /// <param name="weights">The weights.</param>
    public int Best(RescoringWeights weights)
    {
        if (IsImpossible(weights))
        {
            return Best(weights with { Model = 0 });
        }

        int best = 0;
        double highest = double.NegativeInfinity;
        for (int place = 0; place < LogProbabilities.Count; place++)
        {
            double total = Total(place, weights);
            if (total > highest)
            {
                (best, highest) = (place, total);
            }
        }

        return best;
    }

    /// <summary>The places of all hypotheses, the highest total first, of equals the first. Those that are impossible to the model come last, in the order of their other scores.</summary>
    /// <param name="weights">The weights.</param>
    public IReadOnlyList<int> Ranked(RescoringWeights weights)
    {
        return
        [
            .. Enumerable.Range(0, LogProbabilities.Count)
                .OrderByDescending(place => Total(place, weights))
                .ThenByDescending(place => double.IsNegativeInfinity(Total(place, weights)) ? Total(place, weights with { Model = 0 }) : 0),
        ];
    }

    /// <summary>The total score of a hypothesis.</summary>
    /// <param name="place">Its place in the list.</param>
    /// <param name="weights">The weights.</param>
    public double Total(int place, RescoringWeights weights) => weights.Total(List.Hypotheses[place], LogProbabilities[place], UnknownTokens[place]);

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

    private static IReadOnlyList<T> OneEach<T>(NBestList list, IReadOnlyList<T> values, string name)
    {
        ArgumentNullException.ThrowIfNull(list);
        ArgumentNullException.ThrowIfNull(values, name);
        return values.Count == list.Hypotheses.Count
            ? values
            : throw new ArgumentException($"There must be one value for each of the {list.Hypotheses.Count} hypotheses; found {values.Count}.", name);
    }
}
