namespace Unfold.Experiments.Measures;

/// <summary>How honest and how sharp forecast intervals are.</summary>
/// <param name="Share">The share of values inside of their interval, ends included; an 80% interval should have 0.8.</param>
/// <param name="MeanWidth">The mean width of the intervals, in the unit of the series: of two honest ones the narrower is better.</param>
internal sealed record IntervalCoverage(double Share, double MeanWidth)
{
    /// <summary>Measures intervals.</summary>
    /// <exception cref="ArgumentException">There are not as many ends as values, no value, or an interval whose lower end is above its upper.</exception>
    public static IntervalCoverage Of(ReadOnlySpan<double> actual, ReadOnlySpan<double> low, ReadOnlySpan<double> high)
    {
        if (actual.Length == 0 || low.Length != actual.Length || high.Length != actual.Length)
        {
            throw new ArgumentException($"One interval for each of at least one value is wanted; found {low.Length} lower and {high.Length} upper ends for {actual.Length} values.");
        }

        int inside = 0;
        double width = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            if (!(low[i] <= high[i]))
            {
                throw new ArgumentException(FormattableString.Invariant($"The interval at place {i} must not end below its beginning; found {low[i]} to {high[i]}."));
            }

            inside += actual[i] >= low[i] && actual[i] <= high[i] ? 1 : 0;
            width += high[i] - low[i];
        }

        return new IntervalCoverage((double)inside / actual.Length, width / actual.Length);
    }
}
