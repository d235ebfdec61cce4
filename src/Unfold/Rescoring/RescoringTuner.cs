namespace Unfold.Rescoring;

/// <summary>
/// Finds the weights with the fewest errors on development lists: a grid over all, then finer and finer steps around the best point. The
/// number of errors is a step function, so there is no slope to follow.
/// </summary>
public static class RescoringTuner
{
    private const int Rounds = 6;

    /// <summary>The weights with the fewest errors that were found, and how many those are.</summary>
    /// <param name="lists">Lists with references.</param>
    /// <param name="measure">What errors are counted in, and what the penalty is for.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="UnfoldException">A list has no reference, or there is no list.</exception>
    public static (RescoringWeights Weights, int Errors) Tune(
        IReadOnlyList<ScoredList> lists, ErrorMeasure measure, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(lists);
        if (lists.Count == 0)
        {
            throw new UnfoldException("There is no list to tune the weights on: give at least one.");
        }

        // The first half of the progress is the counting of errors, the second the search.
        var errors = new IReadOnlyList<ErrorCount>[lists.Count];
        for (int list = 0; list < errors.Length; list++)
        {
            errors[list] = lists[list].Errors(measure, cancellation);
            progress?.Invoke((list + 1) / (2.0 * errors.Length));
        }

        // What is the same for all hypotheses of each list chooses nothing, so its weight stays 0.
        bool lengths = Differ(lists, list => list.List.Hypotheses.Select(hypothesis => hypothesis.Units(measure)));
        bool unknownTokens = Differ(lists, list => list.UnknownTokens);
        double[] penalties = lengths ? Penalties : [0], unknowns = unknownTokens ? Unknowns : [0];
        int[] penaltySteps = lengths ? Steps : [0], unknownSteps = unknownTokens ? Steps : [0];
        int points = (unknowns.Length * penalties.Length * Weights.Count()) + (Rounds * unknownSteps.Length * penaltySteps.Length * Steps.Length), tried = 0;
        RescoringWeights best = default;
        int fewest = int.MaxValue;

        // Among equals the first stays: no penalty before one, a weight near 1 before one far from it, and then the centre before what is around it.
        foreach (double unknownPenalty in unknowns)
        {
            foreach (double penalty in penalties)
            {
                foreach (double weight in Weights)
                {
                    Try(new RescoringWeights(weight, penalty, measure, unknownPenalty));
                }
            }
        }

        double factor = Math.Sqrt(2), step = 1;
        for (int round = 0; round < Rounds; round++)
        {
            RescoringWeights centre = best;
            foreach (int unknownStep in unknownSteps)
            {
                foreach (int weightStep in Steps)
                {
                    foreach (int penaltyStep in penaltySteps)
                    {
                        // One unknown token is never likelier than all of them together.
                        Try(new RescoringWeights(
                            centre.Model * Math.Pow(factor, weightStep), centre.Insertion + (step * penaltyStep), measure, Math.Min(0, centre.Unknown + (2 * step * unknownStep))));
                    }
                }
            }

            (factor, step) = (Math.Sqrt(factor), step / 2);
        }

        return (best, fewest);

        void Try(RescoringWeights weights)
        {
            cancellation.ThrowIfCancellationRequested();
            int sum = 0;
            for (int list = 0; list < lists.Count; list++)
            {
                sum += errors[list][lists[list].Best(weights)].Errors;
            }

            if (sum < fewest)
            {
                (best, fewest) = (weights, sum);
            }

            progress?.Invoke(0.5 + (++tried / (2.0 * points)));
        }
    }

    private static int[] Steps => [0, 1, -1, 2, -2];

    // 1, 2, 1/2, 4, 1/4 .. 32, 1/32, and 0 for no language model at all.
    private static IEnumerable<double> Weights => [1, .. Enumerable.Range(1, 5).SelectMany(power => new[] { Math.Pow(2, power), Math.Pow(2, -power) }), 0];

    // 0, 2, -2, 4, -4 .. 12, -12.
    private static double[] Penalties => [0, .. Enumerable.Range(1, 6).SelectMany(half => new[] { 2.0 * half, -2.0 * half })];

    private static double[] Unknowns => [0, -2, -4, -8, -16];

    private static bool Differ(IReadOnlyList<ScoredList> lists, Func<ScoredList, IEnumerable<int>> of) => lists.Any(list => of(list).Distinct().Skip(1).Any());
}
