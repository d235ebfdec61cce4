using Unfold.Experiments.Data;
using Unfold.Experiments.Measures;
using Unfold.Tests.Support;

namespace Unfold.Tests.Experiments.Measures;

public sealed class ForecastMeasureTests
{
    [Fact]
    public void Errors_follow_their_equations()
    {
        double[] actual = [1, 2, 4];
        double[] forecast = [2, 2, 1];
        Close.Equal(Math.Sqrt(10 / 3.0), ForecastErrors.RootMeanSquare(actual, forecast), 1e-12, 0, "root of the mean square");
        Close.Equal(10 / 3.0, ForecastErrors.MeanSquare(actual, forecast), 1e-12, 0, "mean square");
        Close.Equal(4 / 3.0, ForecastErrors.MeanAbsolute(actual, forecast), 1e-12, 0, "mean absolute");

        // The naive forecast of a season of 2 errs by 2, 0 and 5 on the history.
        Close.Equal(4 / 3.0 / (7 / 3.0), ForecastErrors.MeanAbsoluteScaled(actual, forecast, [1, 3, 3, 3, 8], season: 2), 1e-12, 0, "scaled");
        Assert.Throws<ArgumentException>(() => ForecastErrors.MeanAbsolute([1], [1, 2]));
        Assert.Throws<ArgumentException>(() => ForecastErrors.RootMeanSquare([], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => ForecastErrors.MeanAbsoluteScaled([1], [1], [1, 2], 2));
    }

    [Fact]
    public void Naive_forecasts_repeat_what_was()
    {
        double[] values = [1, 2, 3, 4, 5, 6];
        Assert.Equal([3, 4, 5], NaiveForecast.OneStep(values, start: 3, season: 1));
        Assert.Equal([2, 3, 4], NaiveForecast.OneStep(values, start: 3, season: 2));
        Assert.Equal([6, 6, 6], NaiveForecast.Ahead(values, horizon: 3, season: 1));
        Assert.Equal([4, 5, 6, 4, 5], NaiveForecast.Ahead(values, horizon: 5, season: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => NaiveForecast.OneStep(values, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => NaiveForecast.Ahead(values, 1, 7));
    }

    [Fact]
    public void Coverage_counts_what_lies_inside()
    {
        Assert.Equal(new IntervalCoverage(0.5, 2.25), IntervalCoverage.Of([1, 2, 3, 4], [1, 0, 4, 0], [2, 1, 9, 4]) with { MeanWidth = 2.25 });
        Close.Equal(2.75, IntervalCoverage.Of([1, 2, 3, 4], [1, 0, 4, 0], [2, 1, 9, 4]).MeanWidth, 0, 1e-12, "width");
        Assert.Throws<ArgumentException>(() => IntervalCoverage.Of([1], [2], [1]));
        Assert.Throws<ArgumentException>(() => IntervalCoverage.Of([1], [double.NaN], [1]));
    }

    [Fact]
    public void The_series_have_the_known_floors()
    {
        DataFolder folder = RealData.Folder([TimeSeries.AirlineFile, TimeSeries.SunspotsFile]);
        double[] airline = TimeSeries.Airline(folder).Values;
        // The known floor of the last value leaves out the first of the 48 months.
        Close.Equal(48.53, ForecastErrors.RootMeanSquare(airline.AsSpan(97), NaiveForecast.OneStep(airline, 97, 1)), 0, 0.005, "airline, last value");
        Close.Equal(41.85, ForecastErrors.RootMeanSquare(airline.AsSpan(96), NaiveForecast.OneStep(airline, 96, 12)), 0, 0.005, "airline, last year");
        double[] sunspots = TimeSeries.Sunspots(folder).Values;
        int start = sunspots.Length * 8 / 10;
        Close.Equal(20.09, ForecastErrors.RootMeanSquare(sunspots.AsSpan(start), NaiveForecast.OneStep(sunspots, start, 1)), 0, 0.005, "sunspots, last value");
    }

    [Fact]
    public void The_transformer_has_the_known_floors()
    {
        Frames hours = TransformerHours.Read(RealData.Folder(TransformerHours.Needed)).Values;
        const int horizon = 24;
        double squares = 0;
        double absolutes = 0;
        int count = 0;
        for (int column = 0; column < hours.Width; column++)
        {
            double[] values = [.. Enumerable.Range(0, TransformerHours.TestEnd).Select(t => (double)hours[t][column])];
            ReadOnlySpan<double> train = values.AsSpan(0, TransformerHours.TrainEnd);
            double mean = train.ToArray().Average();
            double deviation = Math.Sqrt(train.ToArray().Average(value => (value - mean) * (value - mean)));
            for (int origin = TransformerHours.ValidationEnd; origin + horizon <= TransformerHours.TestEnd; origin++)
            {
                double[] ahead = NaiveForecast.Ahead(values.AsSpan(0, origin), horizon, 24);
                squares += ForecastErrors.MeanSquare(values.AsSpan(origin, horizon), ahead) / (deviation * deviation);
                absolutes += ForecastErrors.MeanAbsolute(values.AsSpan(origin, horizon), ahead) / deviation;
                count++;
            }
        }

        Close.Equal(0.424, squares / count, 0, 5e-4, "squared");
        Close.Equal(0.389, absolutes / count, 0, 5e-4, "absolute");
    }
}
