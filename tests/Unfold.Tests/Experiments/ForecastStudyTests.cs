using Unfold.Experiments;
using Unfold.Experiments.Data;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Models.Forecasting;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Experiments;

public sealed class ForecastStudyTests
{
    [Fact]
    public void Each_cell_is_reported_alone_together_and_beside_what_takes_no_model()
    {
        using var folder = new TemporaryFolder();
        List<Result> results = [];
        var settings = new RunSettings(DataFolder.Find(folder.Path), 3, new Workers(2), Quick: false, folder.Path, TextWriter.Null);
        var context = new ExperimentContext("wave", settings, results.Add);
        var shape = new ForecasterSettings { InputLength = 14, ValidationFraction = 0, Encoder = new() { Hidden = 4, Reading = Reading.Forward } };
        var fitting = new FitOptions { Epochs = 30, BatchSize = 8, LearningRate = 0.02 };
        new ForecastStudy(ForecastCases.Wave(120), 90, [shape], fitting, Seeds: 2).Report(context, "A wave", shown: 10, published: 1.5);

        Assert.Equal(["last value", "last season"], results.Take(2).Select(result => result.Model));
        double baseline = results.Take(2).Min(result => result.Value);
        Assert.Equal(["RNN 4", "LSTM 4", "GRU 4"], results.Where(result => result.Parameters is not null && !result.Model.StartsWith('2')).Select(result => result.Model));
        foreach (Result result in results.Where(result => result.Metric == "RMSE" && result.Parameters is not null))
        {
            Assert.Equal((baseline, 1.5), (result.Baseline, result.Published));
            Assert.True(result.Value < baseline, $"{result}");
        }

        // Of two networks the mean is never worse than the two are in the mean.
        Assert.True(results.Single(result => result is { Model: "2 x GRU 4", Metric: "RMSE" }).Value <= results.Single(result => result is { Model: "GRU 4", Metric: "RMSE" }).Value + 1e-9);
        Assert.Equal(3, results.Count(result => result is { Metric: "% in the 80% interval", Value: > 20 and <= 100 }));
        Assert.Contains("A wave: GRU 4", File.ReadAllText(folder["wave.svg"]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_series_have_the_known_floors()
    {
        DataFolder folder = RealData.Folder([MeasuredSeries.AirlineFile, MeasuredSeries.SunspotsFile]);
        TimeSeries airline = TimeSeries.Of(MeasuredSeries.Airline(folder).Values, season: 12);

        // The known floor of the last value leaves out the first of the 48 months.
        Close.Equal(48.53, Floors(airline, 97, 1).Score.Naive.RootMeanSquare, 0, 0.005, "airline, last value");
        Close.Equal(41.85, Floors(airline, 96, 1).Score.SeasonalNaive.RootMeanSquare, 0, 0.005, "airline, last year");
        double[] sunspots = MeasuredSeries.Sunspots(folder).Values;
        Close.Equal(20.09, Floors(TimeSeries.Of(sunspots, season: 132), sunspots.Length * 8 / 10, 1).Score.Naive.RootMeanSquare, 0, 0.005, "sunspots, last value");
    }

    [Fact]
    public void The_transformer_has_the_known_floors()
    {
        Frames hours = TransformerHours.Read(RealData.Folder(TransformerHours.Needed)).Values;
        double squares = 0, absolutes = 0;
        for (int column = 0; column < hours.Width; column++)
        {
            double[] values = [.. Enumerable.Range(0, TransformerHours.TestEnd).Select(t => (double)hours[t][column])];
            double[] train = values[..TransformerHours.TrainEnd];
            double mean = train.Average(), variance = train.Average(value => (value - mean) * (value - mean));
            ForecastErrors day = Floors(TimeSeries.Of(values, season: 24), TransformerHours.ValidationEnd, 24).Score.SeasonalNaive;
            squares += day.RootMeanSquare * day.RootMeanSquare / variance;
            absolutes += day.MeanAbsolute / Math.Sqrt(variance);
        }

        Close.Equal(0.424, squares / hours.Width, 0, 5e-4, "squared");
        Close.Equal(0.389, absolutes / hours.Width, 0, 5e-4, "absolute");
    }

    private static BackTestResult Floors(TimeSeries series, int start, int horizon) =>
        BackTest.Run(series, new() { Start = start }, horizon, _ => histories => [.. histories.Select(_ => new Forecast(series.Names, new double[horizon], [], []))]);
}
