namespace Unfold.Models;

/// <summary>What is forecast from one origin: for each target and step a point, and quantiles where there are some, in the unit of the series.</summary>
public sealed class Forecast
{
    private readonly double[] _points;
    private readonly double[] _quantiles;

    /// <summary>Puts a forecast together.</summary>
    /// <param name="targets">The names of what is forecast.</param>
    /// <param name="points">H steps of a point for each target.</param>
    /// <param name="levels">The levels of the quantiles, ascending, each above 0 and below 1; none where only points are forecast.</param>
    /// <param name="quantiles">H steps of targets of one value a level.</param>
    /// <exception cref="ArgumentException">There are not as many numbers, or the levels do not ascend between 0 and 1.</exception>
    public Forecast(IReadOnlyList<string> targets, ReadOnlySpan<double> points, IReadOnlyList<double> levels, ReadOnlySpan<double> quantiles)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(levels);
        if (targets.Count == 0 || points.IsEmpty || points.Length % targets.Count != 0 || quantiles.Length != points.Length * levels.Count)
        {
            throw new ArgumentException($"A forecast holds a point for each target and step and a value for each level; found {points.Length} points and {quantiles.Length} quantiles for {targets.Count} targets and {levels.Count} levels.");
        }

        if (!LevelsAscend(levels))
        {
            throw new ArgumentException($"The levels of a forecast ascend, above 0 and below 1, so that the first is the lower end of an interval and the last its upper one; found {string.Join(", ", levels.Select(level => FormattableString.Invariant($"{level}")))}.", nameof(levels));
        }

        // Copies, so that a list that changes later cannot change a forecast.
        (Targets, Levels, _points, _quantiles) = ([.. targets], [.. levels], points.ToArray(), quantiles.ToArray());
    }

    /// <summary>The names of what is forecast.</summary>
    public IReadOnlyList<string> Targets { get; }

    /// <summary>The levels of the quantiles, ascending; none where only points are forecast.</summary>
    public IReadOnlyList<double> Levels { get; }

    /// <summary>H.</summary>
    public int Horizon => _points.Length / Targets.Count;

    /// <summary>The share of values that the interval should hold: the highest level less the lowest; NaN where there are none.</summary>
    public double Nominal => Levels.Count == 0 ? double.NaN : Levels[^1] - Levels[0];

    /// <summary>The points of a target, one a step: the mean or the median, as the model was fitted; the median under a <see cref="ValueTransform"/>.</summary>
    /// <param name="target">The place of the target among <see cref="Targets"/>.</param>
    public double[] Points(int target = 0) => [.. Enumerable.Range(0, Horizon).Select(step => _points[Place(step, target)])];

    /// <summary>The quantiles of a target at one level, one a step.</summary>
    /// <param name="level">The place of the level among <see cref="Levels"/>.</param>
    /// <param name="target">The place of the target among <see cref="Targets"/>.</param>
    /// <exception cref="InvalidOperationException">Only points are forecast.</exception>
    public double[] Quantiles(int level, int target = 0)
    {
        if (Levels.Count == 0)
        {
            throw new InvalidOperationException($"This forecast has no quantiles and so no interval, only points: fit the model with {nameof(ForecastOutput)}.{nameof(ForecastOutput.Quantiles)} or {nameof(ForecastOutput.Gaussian)}, or take the {nameof(Points)}.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(level, Levels.Count);
        return [.. Enumerable.Range(0, Horizon).Select(step => _quantiles[(Place(step, target) * Levels.Count) + level])];
    }

    /// <summary>The lower ends of the intervals of a target, one a step: its quantiles at the lowest level.</summary>
    /// <exception cref="InvalidOperationException">Only points are forecast.</exception>
    public double[] Low(int target = 0) => Quantiles(0, target);

    /// <summary>The upper ends of the intervals of a target, one a step: its quantiles at the highest level.</summary>
    /// <exception cref="InvalidOperationException">Only points are forecast.</exception>
    public double[] High(int target = 0) => Quantiles(Math.Max(0, Levels.Count - 1), target);

    /// <summary>The mean of several forecasts of the same, point by point and quantile by quantile: an ensemble.</summary>
    /// <exception cref="ArgumentException">There is none, or they differ in targets, steps or levels.</exception>
    public static Forecast Average(IReadOnlyList<Forecast> forecasts)
    {
        ArgumentNullException.ThrowIfNull(forecasts);
        if (forecasts.Count == 0 || forecasts.Any(one => !one.Targets.SequenceEqual(forecasts[0].Targets) || !one.Levels.SequenceEqual(forecasts[0].Levels) || one.Horizon != forecasts[0].Horizon))
        {
            throw new ArgumentException($"An average is taken of at least one forecast, all of the same targets, steps and levels; found {forecasts.Count}.", nameof(forecasts));
        }

        double[] Mean(Func<Forecast, double[]> part) => [.. Enumerable.Range(0, part(forecasts[0]).Length).Select(i => forecasts.Average(one => part(one)[i]))];
        return new Forecast(forecasts[0].Targets, Mean(one => one._points), forecasts[0].Levels, Mean(one => one._quantiles));
    }

    /// <summary>Whether each level lies above the one before it, and all above 0 and below 1.</summary>
    internal static bool LevelsAscend(IReadOnlyList<double> levels) =>
        levels.All(level => level > 0 && level < 1) && levels.Zip(levels.Skip(1)).All(pair => pair.First < pair.Second);

    private int Place(int step, int target)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(target);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(target, Targets.Count);
        return (step * Targets.Count) + target;
    }
}
