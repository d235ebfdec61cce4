namespace Unfold.Experiments.Measures;

/// <summary>How far forecasts are from what came.</summary>
internal static class ForecastErrors
{
    /// <summary>The root of the mean of the squared errors, in the unit of the series.</summary>
    public static double RootMeanSquare(ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast) => Math.Sqrt(MeanSquare(actual, forecast));

    /// <summary>The mean of the squared errors.</summary>
    public static double MeanSquare(ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast)
    {
        Require(actual.Length, forecast.Length);
        double sum = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            sum += (actual[i] - forecast[i]) * (actual[i] - forecast[i]);
        }

        return sum / actual.Length;
    }

    /// <summary>The mean of the absolute errors, in the unit of the series.</summary>
    public static double MeanAbsolute(ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast)
    {
        Require(actual.Length, forecast.Length);
        double sum = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            sum += Math.Abs(actual[i] - forecast[i]);
        }

        return sum / actual.Length;
    }

    /// <summary>
    /// The mean absolute scaled error (Hyndman and Koehler, 2006): the mean absolute error in units of that of the seasonal-naive
    /// forecast, one step ahead, on the history. Below 1 is better than that.
    /// </summary>
    /// <param name="actual">What came.</param>
    /// <param name="forecast">What was forecast, as many.</param>
    /// <param name="history">What was learned from; more than a season.</param>
    /// <param name="season">The steps of a season; 1 for none.</param>
    public static double MeanAbsoluteScaled(ReadOnlySpan<double> actual, ReadOnlySpan<double> forecast, ReadOnlySpan<double> history, int season)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(season, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(history.Length, season, nameof(history));
        return MeanAbsolute(actual, forecast) / MeanAbsolute(history[season..], history[..^season]);
    }

    private static void Require(int actual, int forecast)
    {
        if (actual != forecast || actual == 0)
        {
            throw new ArgumentException($"One forecast for each of at least one value is wanted; found {forecast} for {actual}.");
        }
    }
}
