using Unfold.Models;
using Unfold.Tests.Support;
using static Unfold.Tests.Models.Forecasting.ForecastCases;

namespace Unfold.Tests.Models.Forecasting;

public sealed class BackTestTests
{
    [Fact]
    public void Where_only_points_are_forecast_an_interval_is_refused()
    {
        var forecast = new Forecast(["y"], [1, 2], [], []);
        foreach (Func<double[]> ask in (Func<double[]>[])[() => forecast.Low(), () => forecast.High(), () => forecast.Quantiles(0)])
        {
            Assert.Contains("has no quantiles", Assert.Throws<InvalidOperationException>(ask).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Errors_are_those_that_a_hand_computes()
    {
        TimeSeries series = TimeSeries.Of([1, 3, 2, 5, 4, 8, 3], season: 2);
        BackTestResult result = BackTest.Run(series, new() { Start = 4, Stride = 1 }, 2, _ => histories => [.. histories.Select(_ => new Forecast(["value"], [6, 5], [0.1, 0.5, 0.9], [5, 6, 7, 4, 5, 8]))]);

        // From 4: came 4, 8. From 5: came 8, 3.
        BackTestScore score = result.Score;
        void Check(ForecastErrors found, params double[] errors)
        {
            Close.Equal(Math.Sqrt(errors.Average(e => e * e)), found.RootMeanSquare, 1e-12, 0, "root mean square");
            Close.Equal(errors.Average(Math.Abs), found.MeanAbsolute, 1e-12, 0, "mean absolute");
        }

        Check(score.Model, 4 - 6, 8 - 5, 8 - 6, 3 - 5);
        Check(score.Naive, 4 - 5, 8 - 5, 8 - 4, 3 - 4);
        Check(score.SeasonalNaive, 4 - 2, 8 - 5, 8 - 5, 3 - 4);
        Assert.Equal([4, 5], result.Origins);
        Assert.Equal(1, result.Fits);
        Assert.Equal((0.8, 0.25, 3.0), (Math.Round(score.Interval!.Value.Nominal, 12), score.Interval.Value.Coverage, score.Interval.Value.MeanWidth));
        double scale = (Math.Abs(2 - 1) + Math.Abs(5 - 3)) / 2.0;
        Close.Equal(score.Model.MeanAbsolute / scale, score.Model.MeanAbsoluteScaled, 1e-12, 0, "scaled");
        Assert.Contains("naive", result.ToString(), StringComparison.Ordinal);
        Assert.Contains("seasonal-naive", result.ToString(), StringComparison.Ordinal);
        Assert.Contains("80% interval", result.ToString(), StringComparison.Ordinal);
        Assert.True(score.BeatsNaive);
    }

    [Theory]
    [InlineData(0, BackTestWindow.Expanding, "10/10: 10 12 14 16 18")]
    [InlineData(2, BackTestWindow.Expanding, "10/10: 10 12;14/14: 14 16;18/18: 18")]
    [InlineData(2, BackTestWindow.Fixed, "10/10: 10 12;10/14: 14 16;10/18: 18")]
    public void Nothing_after_an_origin_is_shown(int refitEvery, BackTestWindow window, string wanted)
    {
        List<string> fits = [];
        BackTestResult result = BackTest.Run(TimeSeries.Of([.. Enumerable.Range(0, 21).Select(t => (double)t)]), new() { Start = 10, Stride = 2, RefitEvery = refitEvery, Window = window }, 3, known =>
        {
            string fit = $"{known.Length}/{known.Values("value")[^1] + 1}:";
            return histories =>
            {
                fits.Add($"{fit} {string.Join(' ', histories.Select(history => history.Length))}");
                return [.. histories.Select(_ => new Forecast(["value"], [0, 0, 0], [], []))];
            };
        });
        Assert.Equal(wanted, string.Join(';', fits));
        Assert.Equal(fits.Count, result.Fits);
        Assert.Null(result.Score.Interval);
    }

    [Fact]
    public void The_future_changes_neither_scale_nor_weights_nor_a_forecast_made_before_it()
    {
        double[] values = Wave(100).Values("value").ToArray();
        double[] other = [.. values.Select((value, t) => t < 80 ? value : (1000 * value) - 7)];
        ForecasterSettings settings = new() { InputLength = 6, Horizon = 4, Scaling = WindowScaling.SubtractSeason, Encoder = Settings[0].Encoder };
        (Forecaster Model, BackTestResult Result) Run(double[] series)
        {
            Forecaster? model = null;
            BackTestResult result = BackTest.Run(TimeSeries.Of(series, season: 12), new() { Start = 80 }, 4, known =>
            {
                model = Forecaster.Fit(known, settings, Short);
                return histories => model.Predict(histories);
            });
            return (model!, result);
        }

        (Forecaster Model, BackTestResult Result) first = Run(values), second = Run(other);
        Close.Same(first.Model.Parameters.Values, second.Model.Parameters.Values, "the weights");
        Assert.Equal(first.Model.TargetScale.Means, second.Model.TargetScale.Means);
        Assert.Equal(first.Model.TargetScale.Deviations, second.Model.TargetScale.Deviations);
        Assert.Equal(first.Model.Encoder.Schema.Values!.Means, second.Model.Encoder.Schema.Values!.Means);
        Assert.Equal(first.Model.Encoder.Schema.Values!.Deviations, second.Model.Encoder.Schema.Values!.Deviations);
        Assert.Equal(first.Result.Forecasts[0].Points(), second.Result.Forecasts[0].Points());
        Assert.NotEqual(first.Result.Forecasts[1].Points(), second.Result.Forecasts[1].Points());
        Assert.NotEqual(first.Result.Score.Model, second.Result.Score.Model);
    }

    [Fact]
    public void A_model_that_is_fitted_with_its_settings_is_the_same_as_by_hand()
    {
        TimeSeries series = Mixed(90);
        BackTestResult found = BackTest.Run(series, new() { Start = 70, RefitEvery = 5 }, Settings[3], Short);
        BackTestResult wanted = BackTest.Run(series, new() { Start = 70, RefitEvery = 5 }, 2, known => histories => Forecaster.Fit(known, Settings[3], Short).Predict(histories));
        Assert.Equal(wanted.Scores, found.Scores);
        Assert.Equal(["heat", "load"], found.Scores.Select(score => score.Target));
        Assert.Equal(4, found.Fits);
    }

    [Fact]
    public void Scaled_errors_of_a_constant_series_are_nothing_or_without_bound()
    {
        ForecastErrors Errors(double forecast) => BackTest.Run(TimeSeries.Of([.. Enumerable.Repeat(7.0, 20)]), new() { Start = 10 }, 1, _ => histories => [.. histories.Select(_ => new Forecast(["value"], [forecast], [], []))]).Score.Model;
        Assert.Equal(new ForecastErrors(0, 0, 0), Errors(7));
        Assert.Equal(new ForecastErrors(1, 1, double.PositiveInfinity), Errors(8));
    }

    [Fact]
    public void The_average_of_forecasts_is_that_of_each_number()
    {
        Forecast average = Forecast.Average([new(["a"], [1, 2], [0.4, 0.5], [1, 2, 3, 4]), new(["a"], [3, 6], [0.4, 0.5], [5, 6, 7, 9])]);
        Assert.Equal([2, 4], average.Points());
        Assert.Equal([3, 5], average.Low());
        Assert.Equal([4, 6.5], average.High());
        Assert.Throws<ArgumentException>(() => Forecast.Average([]));
        Assert.Throws<ArgumentException>(() => Forecast.Average([new(["a"], [1], [], []), new(["b"], [1], [], [])]));
        Assert.Throws<ArgumentException>(() => new Forecast(["a"], [1], [0.5], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => average.Quantiles(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => average.Points(1));
    }

    [Theory]
    [InlineData(0.9, 0.1)]
    [InlineData(0.5, 0.5)]
    [InlineData(0.0, 0.5)]
    [InlineData(0.5, 1.0)]
    [InlineData(0.5, double.NaN)]
    public void A_forecast_whose_levels_do_not_ascend_between_0_and_1_is_refused(double first, double second)
    {
        string message = Assert.Throws<ArgumentException>(() => new Forecast(["a"], [1], [first, second], [1, 2])).Message;
        Assert.Contains(FormattableString.Invariant($"The levels of a forecast ascend, above 0 and below 1, so that the first is the lower end of an interval and the last its upper one; found {first}, {second}."), message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_forecast_does_not_change_with_the_lists_that_it_was_made_of()
    {
        string[] targets = ["a"];
        double[] levels = [0.1, 0.9];
        var forecast = new Forecast(targets, [1], levels, [0, 2]);
        (targets[0], levels[0]) = ("b", 0.5);
        Assert.Equal(["a"], forecast.Targets);
        Assert.Equal(0.8, forecast.Nominal);
    }

    [Fact]
    public void A_back_test_that_cannot_be_is_refused_with_a_sentence()
    {
        TimeSeries series = TimeSeries.Of(new double[20], season: 4);
        void Run(string words, BackTestOptions options, ForecastMethod? method = null) => Refuses(words, () => BackTest.Run(series, options, 3, _ => method ?? (_ => [])));
        Run("starts after at least 1 step", new() { Start = 0 });
        Run("goes on by at least 1", new() { Start = 5, Stride = 0 });
        Run("every 0 or more origins", new() { Start = 5, RefitEvery = -1 });
        Run("which is not known", new() { Start = 5, Window = (BackTestWindow)7 });
        Run("more than a season of 4 before", new() { Start = 4 });
        Run("3 steps after; the series has 20", new() { Start = 18 });
        Run("from each of 8 origins; found 0", new() { Start = 10 });
        Run("one of 2 steps of value", new() { Start = 10 }, histories => [.. histories.Select(_ => new Forecast(["value"], [0, 0], [], []))]);
    }
}
