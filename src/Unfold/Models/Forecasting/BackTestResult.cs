using System.Globalization;
using System.Text;

namespace Unfold.Models;

/// <summary>How far forecasts are from what came, over all origins and steps.</summary>
/// <param name="RootMeanSquare">The root of the mean of the squared errors, in the unit of the series.</param>
/// <param name="MeanAbsolute">The mean of the absolute errors, in the unit of the series.</param>
/// <param name="MeanAbsoluteScaled">MASE (Hyndman and Koehler, 2006): the mean absolute error in units of that of the seasonal-naive forecast, one season ahead, on the first training part; infinite where that never errs, and 0 where the forecasts do not err either.</param>
public readonly record struct ForecastErrors(double RootMeanSquare, double MeanAbsolute, double MeanAbsoluteScaled);

/// <summary>How honest and how sharp intervals are.</summary>
/// <param name="Nominal">The share of values that they should hold.</param>
/// <param name="Coverage">The share that they hold, ends included.</param>
/// <param name="MeanWidth">Their mean width, in the unit of the series: of two honest ones the narrower is better.</param>
public readonly record struct IntervalScore(double Nominal, double Coverage, double MeanWidth);

/// <summary>What a back-test found for one target, always beside what takes no model.</summary>
/// <param name="Target">The variable.</param>
/// <param name="Model">The errors of the model.</param>
/// <param name="Naive">Those of repeating the last value.</param>
/// <param name="SeasonalNaive">Those of repeating the last season; the same as naive where the series has none.</param>
/// <param name="Interval">The intervals of the model; null where it forecasts points only.</param>
public sealed record BackTestScore(string Target, ForecastErrors Model, ForecastErrors Naive, ForecastErrors SeasonalNaive, IntervalScore? Interval)
{
    /// <summary>Whether the model's root mean square error is below both of those that take no model.</summary>
    public bool BeatsNaive => Model.RootMeanSquare < Naive.RootMeanSquare && Model.RootMeanSquare < SeasonalNaive.RootMeanSquare;
}

/// <summary>What a back-test found.</summary>
/// <param name="Scores">A score a target.</param>
/// <param name="Origins">The origins, in order.</param>
/// <param name="Forecasts">The model's forecast from each.</param>
/// <param name="Fits">The number of models that were fitted.</param>
public sealed record BackTestResult(IReadOnlyList<BackTestScore> Scores, IReadOnlyList<int> Origins, IReadOnlyList<Forecast> Forecasts, int Fits)
{
    /// <summary>The score of the first target.</summary>
    public BackTestScore Score => Scores[0];

    /// <summary>Writes a table: for each target the model, naive and seasonal-naive, and below them the intervals.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Origins.Count} origins, {Forecasts[0].Horizon} steps each, {Fits} fitted\n");
        int width = Scores.Max(score => Math.Max(score.Target.Length, "seasonal-naive".Length));
        foreach (BackTestScore score in Scores)
        {
            text.Append(CultureInfo.InvariantCulture, $"{score.Target.PadRight(width)}  {"RMSE",10}  {"MAE",10}  {"MASE",8}\n");
            foreach ((string name, ForecastErrors errors) in new[] { ("model", score.Model), ("naive", score.Naive), ("seasonal-naive", score.SeasonalNaive) })
            {
                text.Append(CultureInfo.InvariantCulture, $"{name.PadRight(width)}  {errors.RootMeanSquare,10:0.####}  {errors.MeanAbsolute,10:0.####}  {errors.MeanAbsoluteScaled,8:0.###}\n");
            }

            if (score.Interval is { } interval)
            {
                text.Append(CultureInfo.InvariantCulture, $"{$"{100 * interval.Nominal:0.#}% interval".PadRight(width)}  holds {100 * interval.Coverage:0.0}%, mean width {interval.MeanWidth:0.####}\n");
            }
        }

        return text.ToString();
    }
}
