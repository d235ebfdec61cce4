namespace Unfold.Models;

/// <summary>Forecasts the steps after the end of each history.</summary>
/// <param name="histories">The histories; a method may read no more than they hold.</param>
public delegate IReadOnlyList<Forecast> ForecastMethod(IReadOnlyList<TimeSeries> histories);

/// <summary>
/// Measures forecasts as they would have been made: from one origin after the other, each with what was known there, beside the
/// naive and the seasonal-naive forecast from the same origins.
/// </summary>
public static class BackTest
{
    /// <summary>Measures a forecaster.</summary>
    /// <param name="series">The whole series; from <see cref="BackTestOptions.Start"/> on it is what is forecast.</param>
    /// <param name="options">How to go through it.</param>
    /// <param name="settings">The shape of the forecaster.</param>
    /// <param name="fitting">How it is fitted, each time with the same seed.</param>
    /// <exception cref="UnfoldException">The series is too short, or a setting is out of range.</exception>
    public static BackTestResult Run(TimeSeries series, BackTestOptions options, ForecasterSettings settings, FitOptions fitting)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(fitting);
        return Run(series, options, settings.Horizon, known =>
        {
            Forecaster model = Forecaster.Fit(known, settings, fitting);
            return histories => model.Predict(histories, fitting.Workers, fitting.Cancellation);
        });
    }

    /// <summary>Measures any method, such as the average of several forecasters.</summary>
    /// <param name="series">The whole series.</param>
    /// <param name="options">How to go through it.</param>
    /// <param name="horizon">The steps of each forecast, at least 1.</param>
    /// <param name="fit">Makes the method from what is known.</param>
    /// <exception cref="UnfoldException">The series is too short, a setting is out of range, or a forecast has other steps or targets.</exception>
    public static BackTestResult Run(TimeSeries series, BackTestOptions options, int horizon, Func<TimeSeries, ForecastMethod> fit)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(fit);
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        if (options.Start <= series.Season || (long)options.Start + horizon > series.Length)
        {
            throw new UnfoldException($"A back-test that starts after {options.Start} steps and forecasts {horizon} needs more than a season of {series.Season} before and {horizon} steps after; the series has {series.Length}.");
        }

        List<int> origins = [];
        for (long origin = options.Start; origin + horizon <= series.Length; origin += options.Stride)
        {
            origins.Add((int)origin);
        }

        List<Forecast> forecasts = [];
        int fits = 0;
        foreach (int[] together in origins.Chunk(options.RefitEvery == 0 ? origins.Count : options.RefitEvery))
        {
            TimeSeries known = series.Take(together[0]);
            ForecastMethod method = fit(options.Window == BackTestWindow.Fixed ? known.TakeLast(options.Start) : known);
            fits++;
            forecasts.AddRange(method([.. together.Select(series.Take)]));
        }

        Forecast? wrong = forecasts.FirstOrDefault(forecast => forecast.Horizon != horizon || !forecast.Targets.SequenceEqual(forecasts[0].Targets) || !forecast.Levels.SequenceEqual(forecasts[0].Levels));
        if (wrong is not null || forecasts.Count != origins.Count)
        {
            throw new UnfoldException($"A back-test wants one forecast of {horizon} steps of the same targets and levels from each of {origins.Count} origins; found {forecasts.Count}{(wrong is null ? "" : $", one of {wrong.Horizon} steps of {string.Join(", ", wrong.Targets)}")}.");
        }

        return new BackTestResult([.. forecasts[0].Targets.Select((name, target) => Score(series, options.Start, origins, forecasts, name, target))], origins, forecasts, fits);
    }

    private static BackTestScore Score(TimeSeries series, int start, List<int> origins, List<Forecast> forecasts, string name, int target)
    {
        ReadOnlySpan<double> values = series.Values(name);
        var model = default(ErrorSums);
        var naive = default(ErrorSums);
        var seasonal = default(ErrorSums);
        int inside = 0;
        double width = 0;
        for (int i = 0; i < origins.Count; i++)
        {
            (int origin, int season) = (origins[i], series.Season);
            double[] points = forecasts[i].Points(target);
            (double[]? low, double[]? high) = forecasts[i].Levels.Count == 0 ? (null, null) : (forecasts[i].Low(target), forecasts[i].High(target));
            for (int step = 0; step < points.Length; step++)
            {
                double actual = values[origin + step];
                model.Add(actual - points[step]);
                naive.Add(actual - values[origin - 1]);
                seasonal.Add(actual - values[origin - season + (step % season)]);
                inside += low is not null && actual >= low[step] && actual <= high![step] ? 1 : 0;
                width += low is null ? 0 : high![step] - low[step];
            }
        }

        var unit = default(ErrorSums);
        for (int t = series.Season; t < start; t++)
        {
            unit.Add(values[t] - values[t - series.Season]);
        }

        IntervalScore? interval = forecasts[0].Levels.Count == 0 ? null : new IntervalScore(forecasts[0].Nominal, (double)inside / model.Count, width / model.Count);
        return new BackTestScore(name, model.Errors(unit), naive.Errors(unit), seasonal.Errors(unit), interval);
    }

    private struct ErrorSums
    {
        private double _squares;
        private double _absolute;

        public long Count { get; private set; }

        private readonly double MeanAbsolute => _absolute / Count;

        public void Add(double error)
        {
            _squares += error * error;
            _absolute += Math.Abs(error);
            Count++;
        }

        public readonly ForecastErrors Errors(ErrorSums unit) => new(Math.Sqrt(_squares / Count), MeanAbsolute, _absolute == 0 ? 0 : MeanAbsolute / unit.MeanAbsolute);
    }
}
