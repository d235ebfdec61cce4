namespace Unfold.Rescoring;

/// <summary>
/// Finds the weights with the fewest errors on development lists: a grid over both, then finer and finer steps around the best point. The
/// number of errors is a step function, so there is no slope to follow.
/// </summary>
public static class RescoringTuner
{
    private const int Rounds = 6;
    private const double LargestPenalty = 12;

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

        int points = (Penalties.Count() * Weights.Count()) + (Rounds * Steps.Length * Steps.Length), tried = 0;
        RescoringWeights best = default;
        int fewest = int.MaxValue;

        // Among equals the first stays: no penalty before one, a weight near 1 before one far from it, and then the centre before what is around it.
        foreach (double penalty in Penalties)
        {
            foreach (double weight in Weights)
            {
                Try(weight, penalty);
            }
        }

        double factor = Math.Sqrt(2), step = 1;
        for (int round = 0; round < Rounds; round++)
        {
            RescoringWeights centre = best;
            foreach (int up in Steps)
            {
                foreach (int more in Steps)
                {
                    Try(centre.Model * Math.Pow(factor, up), centre.Insertion + (step * more));
                }
            }

            (factor, step) = (Math.Sqrt(factor), step / 2);
        }

        return (best, fewest);

        void Try(double weight, double penalty)
        {
            cancellation.ThrowIfCancellationRequested();
            var weights = new RescoringWeights(weight, penalty, measure);
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

    private static IEnumerable<double> Penalties
    {
        get
        {
            yield return 0;
            for (double size = 2; size <= LargestPenalty; size += 2)
            {
                yield return size;
                yield return -size;
            }
        }
    }
}
