using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Tests.Models.Forecasting;

/// <summary>Series whose rules are known, and settings of every kind.</summary>
internal static class ForecastCases
{
    /// <summary>Two threads, few passes; a team of threads of its own each time, since classes of tests run side by side.</summary>
    public static FitOptions Short => new() { Epochs = 2, BatchSize = 16, LearningRate = 0.01, Seed = 5, Workers = new Workers(2) };

    /// <summary>Settings that differ in all that the loss and the forecast depend on.</summary>
    public static ForecasterSettings[] Settings { get; } =
    [
        new() { InputLength = 5, Horizon = 3, Output = ForecastOutput.Mean, Scaling = WindowScaling.None, Encoder = Rnn },
        new() { InputLength = 4, Horizon = 2, Output = ForecastOutput.Median, Scaling = WindowScaling.SubtractLast, Encoder = Rnn, Targets = ["load"] },
        new() { InputLength = 3, Horizon = 6, Output = ForecastOutput.Quantiles, Levels = [0.05, 0.3, 0.5, 0.9], Scaling = WindowScaling.SubtractSeason, Encoder = Rnn, Transform = ValueTransform.SquareRoot },
        new() { InputLength = 6, Horizon = 2, Output = ForecastOutput.Gaussian, Scaling = WindowScaling.SubtractLast, Encoder = Rnn, Transform = ValueTransform.Log, Targets = ["heat", "load"] },
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Settings.Length)];

    private static SequenceEncoderSettings Rnn => new() { Cell = CellKind.Rnn, Hidden = 4, Reading = Reading.Forward };

    /// <summary>Two observed variables above 0 and two known ones, with a season of 4.</summary>
    public static TimeSeries Mixed(int length, ulong seed = 1, int ahead = 8)
    {
        var random = new SeededRandom(seed);
        double[] Draw(int count, double offset) => [.. Enumerable.Range(0, count).Select(_ => offset + random.NextDouble())];
        return TimeSeries.Of(Draw(length, 100), season: 4, name: "load").With("heat", Draw(length, 0.5))
            .WithKnown("holiday", Draw(length + ahead, -3)).WithCycle("day", 4, ahead);
    }

    /// <summary>x_t = keep x_(t-1) + deviation e_t around a level, e_t normal.</summary>
    public static TimeSeries Autoregressive(int length, double keep, double deviation, ulong seed)
    {
        var random = new SeededRandom(seed);
        double[] values = new double[length];
        double x = 0;
        for (int t = 0; t < length; t++)
        {
            x = (keep * x) + (deviation * random.NextNormal());
            values[t] = 50 + x;
        }

        return TimeSeries.Of(values);
    }

    /// <summary>A wave of period 12 on a trend, with noise.</summary>
    public static TimeSeries Wave(int length, double noise = 0.3, ulong seed = 4)
    {
        var random = new SeededRandom(seed);
        return TimeSeries.Of([.. Enumerable.Range(0, length).Select(t => 20 + (0.1 * t) + (5 * Math.Sin(Math.Tau * t / 12)) + (noise * random.NextNormal()))], season: 12);
    }

    /// <summary>The sentence of a refusal.</summary>
    public static void Refuses(string words, Action action) =>
        Assert.Contains(words, Assert.Throws<UnfoldException>(action).Message, StringComparison.Ordinal);
}
