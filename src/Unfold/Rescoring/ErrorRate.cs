using Unfold.Numerics;

namespace Unfold.Rescoring;

/// <summary>The errors of all texts over the units of all references, and the interval in which it lies with 95% confidence.</summary>
/// <param name="Rate">A share; above 1 where more is wrong than there is.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public readonly record struct ErrorRate(double Rate, double Low, double High)
{
    private const int Replicates = 2000;
    private const double Outside = 0.025;

    /// <summary>
    /// The rate over texts. The interval is that of the bootstrap (Bisani and Ney, 2004): the middle 95% of the rates of 2,000 sets of as many
    /// texts, drawn with replacement.
    /// </summary>
    /// <param name="counts">One a text; together at least one unit.</param>
    /// <param name="random">Where the draws come from.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops the drawing.</param>
    /// <exception cref="UnfoldException">The references are empty.</exception>
    public static ErrorRate Of(IReadOnlyList<ErrorCount> counts, SeededRandom random, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(random);
        long units = counts.Sum(count => (long)count.Units);
        if (units == 0)
        {
            throw new UnfoldException("The references hold nothing to count errors against: give the lists references with at least one word.");
        }

        double rate = (double)counts.Sum(count => (long)count.Errors) / units;
        var rates = new double[Replicates];
        for (int replicate = 0; replicate < Replicates; replicate++)
        {
            cancellation.ThrowIfCancellationRequested();
            long wrong = 0, all = 0;
            for (int drawn = 0; drawn < counts.Count; drawn++)
            {
                ErrorCount count = counts[random.NextInt32(counts.Count)];
                (wrong, all) = (wrong + count.Errors, all + count.Units);
            }

            // A draw of nothing but empty references says nothing, so it is taken for the whole.
            rates[replicate] = all == 0 ? rate : (double)wrong / all;
            progress?.Invoke((replicate + 1.0) / Replicates);
        }

        Array.Sort(rates);
        return new ErrorRate(rate, rates[(int)(Replicates * Outside)], rates[(int)(Replicates * (1 - Outside)) - 1]);
    }

    /// <summary>
    /// How much the rate is after something less how much it was before, both over the same texts, and the interval of that difference: where
    /// it lies below 0, the gain is more than chance.
    /// </summary>
    /// <param name="before">One a text.</param>
    /// <param name="after">One a text, in the same order.</param>
    /// <param name="random">Where the draws come from.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops the drawing.</param>
    /// <exception cref="UnfoldException">The references are empty.</exception>
    public static ErrorRate Difference(
        IReadOnlyList<ErrorCount> before, IReadOnlyList<ErrorCount> after, SeededRandom random, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (before.Count != after.Count)
        {
            throw new ArgumentException($"There must be one count a text before and after; found {before.Count} and {after.Count}.", nameof(after));
        }

        return Of([.. before.Zip(after, (one, other) => new ErrorCount(Change(one.Edits, other.Edits), one.Units))], random, progress, cancellation);
    }

    private static Edits Change(Edits before, Edits after) =>
        new(after.Substitutions - before.Substitutions, after.Deletions - before.Deletions, after.Insertions - before.Insertions);
}
