namespace Unfold.Experiments.Measures;

/// <summary>Forecasts that repeat what was: the last value, or the value of the same time of the last season.</summary>
internal static class NaiveForecast
{
    /// <summary>Forecasts each value from <paramref name="start"/> on, one step ahead: <c>y(t - season)</c>.</summary>
    /// <param name="values">The whole series.</param>
    /// <param name="start">The place of the first value that is forecast; at least a season from the beginning.</param>
    /// <param name="season">The steps of a season; 1 repeats the last value.</param>
    public static double[] OneStep(ReadOnlySpan<double> values, int start, int season)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(season, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(start, season);
        return values[(start - season)..^season].ToArray();
    }

    /// <summary>Forecasts the values behind a history: the last season again and again.</summary>
    /// <param name="history">What is known; at least a season.</param>
    /// <param name="horizon">How many values are forecast.</param>
    /// <param name="season">The steps of a season; 1 repeats the last value.</param>
    public static double[] Ahead(ReadOnlySpan<double> history, int horizon, int season)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(season, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(history.Length, season, nameof(history));
        double[] forecast = new double[horizon];
        for (int h = 0; h < horizon; h++)
        {
            forecast[h] = history[history.Length - season + (h % season)];
        }

        return forecast;
    }
}
