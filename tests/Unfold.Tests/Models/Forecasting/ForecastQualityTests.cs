using Unfold.Models;
using Unfold.Numerics;
using static Unfold.Tests.Models.Forecasting.ForecastCases;

namespace Unfold.Tests.Models.Forecasting;

/// <summary>What forecasters learn, on series whose best forecast is known.</summary>
public sealed class ForecastQualityTests
{
    [Theory]
    [InlineData(CellKind.Rnn)]
    [InlineData(CellKind.Lstm)]
    [InlineData(CellKind.Gru)]
    public void A_wave_on_a_trend_is_forecast_better_than_by_repeating(CellKind cell)
    {
        var settings = new ForecasterSettings { InputLength = 18, Horizon = 6, Output = ForecastOutput.Mean, Encoder = new() { Cell = cell, Hidden = 16, Reading = Reading.Forward } };
        BackTestResult result = BackTest.Run(Wave(300), new() { Start = 240, Stride = 3 }, settings, new() { Epochs = 40, BatchSize = 16, LearningRate = 0.01, Workers = new Workers(2) });
        Assert.True(result.Score.BeatsNaive, result.ToString());
        Assert.True(result.Score.Model.RootMeanSquare < 0.6, $"{cell}\n{result}");
        Assert.Null(result.Score.Interval);
    }

    [Theory]
    [InlineData(ForecastOutput.Quantiles)]
    [InlineData(ForecastOutput.Gaussian)]
    public void Intervals_hold_the_share_that_they_should(ForecastOutput output)
    {
        var settings = new ForecasterSettings { InputLength = 4, Horizon = 2, Output = output, Scaling = WindowScaling.None, Levels = [0.1, 0.5, 0.9], Encoder = new() { Cell = CellKind.Gru, Hidden = 6, Reading = Reading.Forward } };
        BackTestResult result = BackTest.Run(Autoregressive(3000, keep: 0.6, deviation: 2, seed: 3), new() { Start = 1500 }, settings, new() { Epochs = 12, LearningRate = 0.01, Workers = new Workers(2) });
        IntervalScore interval = result.Score.Interval!.Value;
        Assert.Equal(0.8, interval.Nominal, 12);
        Assert.InRange(interval.Coverage, 0.75, 0.85);

        // The best one: 2 * 1.2816 deviations, which are 2 for the first step and 2 * sqrt(1 + 0.6^2) for the second.
        Assert.InRange(interval.MeanWidth, 0.9 * 5.55, 1.1 * 5.55);
        Assert.InRange(result.Score.Model.RootMeanSquare, 0.9 * 2.17, 1.1 * 2.17);
    }

    [Fact]
    public void Quantiles_of_noise_are_those_of_its_distribution()
    {
        var random = new SeededRandom(8);
        TimeSeries series = TimeSeries.Of([.. Enumerable.Range(0, 4000).Select(_ => -Math.Log(1 - random.NextDouble()))]);
        var settings = new ForecasterSettings { InputLength = 1, Scaling = WindowScaling.None, Levels = [0.2, 0.5, 0.9], Encoder = new() { Cell = CellKind.Rnn, Hidden = 1, Reading = Reading.Forward } };
        Forecast forecast = Forecaster.Fit(series, settings, new() { Epochs = 10, BatchSize = 64, LearningRate = 0.01, Workers = new Workers(2) }).Predict(series);
        Assert.InRange(forecast.Low()[0], -Math.Log(0.8) - 0.06, -Math.Log(0.8) + 0.06);
        Assert.InRange(forecast.Points()[0], -Math.Log(0.5) - 0.06, -Math.Log(0.5) + 0.06);
        Assert.InRange(forecast.High()[0], -Math.Log(0.1) - 0.2, -Math.Log(0.1) + 0.2);
    }

    [Theory]
    [InlineData(ForecastOutput.Mean, 1)]
    [InlineData(ForecastOutput.Median, 0.6931)]
    public void A_point_is_the_mean_or_the_median(ForecastOutput output, double wanted)
    {
        var random = new SeededRandom(8);
        TimeSeries series = TimeSeries.Of([.. Enumerable.Range(0, 4000).Select(_ => -Math.Log(1 - random.NextDouble()))]);
        var settings = new ForecasterSettings { InputLength = 1, Scaling = WindowScaling.None, Output = output, Encoder = new() { Cell = CellKind.Rnn, Hidden = 1, Reading = Reading.Forward } };
        Forecast forecast = Forecaster.Fit(series, settings, new() { Epochs = 10, BatchSize = 64, LearningRate = 0.01, Workers = new Workers(2) }).Predict(series);
        Assert.InRange(forecast.Points()[0], wanted - 0.07, wanted + 0.07);
        Assert.Empty(forecast.Levels);
    }

    [Fact]
    public void What_is_known_ahead_is_used()
    {
        var random = new SeededRandom(6);
        double[] price = [.. Enumerable.Range(0, 503).Select(_ => random.NextDouble())];
        TimeSeries without = TimeSeries.Of([.. price.Take(500).Select(p => 10 - (4 * p) + (0.05 * random.NextNormal()))]);
        var settings = new ForecasterSettings { InputLength = 3, Horizon = 3, Output = ForecastOutput.Mean, Scaling = WindowScaling.None, Encoder = Settings[0].Encoder };
        double Error(TimeSeries series) => BackTest.Run(series, new() { Start = 400 }, settings, new() { Epochs = 25, BatchSize = 16, LearningRate = 0.01, Workers = new Workers(2) }).Score.Model.RootMeanSquare;
        Assert.InRange(Error(without.WithKnown("price", price)), 0.04, 0.1);
        Assert.InRange(Error(without), 1.0, 1.4);
    }

    [Fact]
    public void Growth_in_percent_is_straight_under_the_logarithm()
    {
        double[] values = [.. Enumerable.Range(0, 120).Select(t => 3 * Math.Exp(0.05 * t))];
        var settings = new ForecasterSettings { InputLength = 4, Horizon = 4, Transform = ValueTransform.Log, Encoder = Settings[0].Encoder };
        BackTestResult result = BackTest.Run(TimeSeries.Of(values), new() { Start = 80, Stride = 4 }, settings, new() { Epochs = 40, BatchSize = 8, LearningRate = 0.02, Workers = new Workers(1) });
        for (int i = 0; i < result.Origins.Count; i++)
        {
            Assert.All(result.Forecasts[i].Points().Select((point, step) => point / values[result.Origins[i] + step]), ratio => Assert.InRange(ratio, 0.97, 1.03));
        }
    }
}
