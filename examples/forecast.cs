#:project ../src/Unfold/Unfold.csproj
#:property PublishAot=false
using Unfold.Models;
using Unfold.Numerics;

// Sales of 200 weeks: a year of 52 weeks, growth, and a price that is set four weeks ahead and moves them.
var random = new SeededRandom(1);
double[] price = [.. Enumerable.Range(0, 204).Select(_ => 1 + random.NextDouble())];
double[] sales = [.. Enumerable.Range(0, 200).Select(t => 100 + (0.2 * t) + (20 * Math.Sin(Math.Tau * t / 52)) - (30 * price[t]) + (2 * random.NextNormal()))];
TimeSeries series = TimeSeries.Of(sales, season: 52, name: "sales").WithKnown("price", price).WithCycle("year", 52, ahead: 4);

var settings = new ForecasterSettings
{
    InputLength = 12,
    Horizon = 4,
    Levels = [0.05, 0.5, 0.95],
    Encoder = new SequenceEncoderSettings { Cell = CellKind.Gru, Hidden = 16, Reading = Reading.Forward },
};
var fitting = new FitOptions { Epochs = 120, BatchSize = 16, LearningRate = 0.005 };

Console.Write(BackTest.Run(series, new BackTestOptions { Start = 160 }, settings, fitting));

Forecast forecast = Forecaster.Fit(series, settings, fitting).Predict(series);
for (int week = 0; week < forecast.Horizon; week++)
{
    Console.WriteLine($"week {200 + week}: {forecast.Points()[week]:F1}, with 90% from {forecast.Low()[week]:F1} to {forecast.High()[week]:F1}");
}
