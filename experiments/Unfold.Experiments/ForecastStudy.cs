using System.Diagnostics;
using Unfold.Models;
using Unfold.Pictures;

namespace Unfold.Experiments;

/// <summary>What a study found for one cell.</summary>
/// <param name="Model">The cell and its width, such as "GRU 16".</param>
/// <param name="Parameters">The learned numbers of one network.</param>
/// <param name="Alone">The back-test of each network.</param>
/// <param name="Together">The back-test of their mean.</param>
/// <param name="Seconds">The time for all of them, fitting and forecasting.</param>
internal sealed record ForecastOutcome(string Model, long Parameters, IReadOnlyList<BackTestResult> Alone, BackTestResult Together, double Seconds);

/// <summary>
/// A forecast of the end of a series: simple networks, LSTMs and GRUs of one shape learn from the first part, and each then
/// forecasts from every step of the rest, with all that is known there and the weights of before.
/// </summary>
/// <param name="Series">The whole series.</param>
/// <param name="Start">The first step that is not learned from.</param>
/// <param name="Shapes">The shapes of the networks, but for the cell: of one horizon, and of one width.</param>
/// <param name="Fitting">How they are fitted, but for the seed.</param>
/// <param name="Seeds">The networks of each cell and shape.</param>
internal sealed record ForecastStudy(TimeSeries Series, int Start, IReadOnlyList<ForecasterSettings> Shapes, FitOptions Fitting, int Seeds)
{
    /// <summary>Fits and measures the networks of one cell after the other.</summary>
    public IEnumerable<ForecastOutcome> Run(ExperimentContext context)
    {
        foreach (CellKind cell in (CellKind[])[CellKind.Rnn, CellKind.Lstm, CellKind.Gru])
        {
            var watch = Stopwatch.StartNew();
            string model = $"{cell.ToString().ToUpperInvariant()} {Shapes[0].Encoder.Hidden}";
            Forecaster[] networks =
            [
                .. Shapes.SelectMany(shape => Enumerable.Range(1, Seeds).Select(_ => Forecaster.Fit(
                    Series.Take(Start),
                    shape with { Encoder = shape.Encoder with { Cell = cell } },
                    Fitting with { Seed = context.Random.NextUInt64(), Workers = context.Workers }))),
            ];
            BackTestResult[] alone = [.. networks.Select(network => Test(histories => network.Predict(histories, context.Workers)))];
            BackTestResult together = Test(histories => [.. Enumerable.Range(0, histories.Count).Select(i => Forecast.Average([.. alone.Select(result => result.Forecasts[i])]))]);
            context.Progress($"{model}, {networks.Length} networks of {networks[0].Parameters.ValueCount:N0} parameters\n{together}");
            yield return new ForecastOutcome(model, networks[0].Parameters.ValueCount, alone, together, watch.Elapsed.TotalSeconds);
        }
    }

    /// <summary>Runs the study of a series of one variable with networks of one shape, and reports errors in its unit, beside the better of the naive and the seasonal-naive forecast, and the intervals.</summary>
    /// <param name="context">The run of the experiment.</param>
    /// <param name="title">The title of the picture.</param>
    /// <param name="shown">The steps of the held-out part that the picture shows.</param>
    /// <param name="published">A published root mean square error.</param>
    public void Report(ExperimentContext context, string title, int shown, double? published = null)
    {
        ForecastOutcome? last = null;
        foreach (ForecastOutcome outcome in Run(context))
        {
            BackTestScore score = outcome.Together.Score;
            double baseline = Math.Min(score.Naive.RootMeanSquare, score.SeasonalNaive.RootMeanSquare);
            if (last is null)
            {
                context.Report("last value", "RMSE", score.Naive.RootMeanSquare);
                context.Report("last season", "RMSE", score.SeasonalNaive.RootMeanSquare);
            }

            context.Report(outcome.Model, "RMSE", outcome.Alone.Average(result => result.Score.Model.RootMeanSquare), baseline, published, outcome.Parameters, outcome.Seconds / Seeds);
            string model = outcome.Model;
            if (Seeds > 1)
            {
                model = $"{Seeds} x {model}";
                context.Report(model, "RMSE", score.Model.RootMeanSquare, baseline, published, outcome.Parameters * Seeds, outcome.Seconds);
            }

            context.Report(model, "MAE", score.Model.MeanAbsolute, Math.Min(score.Naive.MeanAbsolute, score.SeasonalNaive.MeanAbsolute));
            context.Report(model, "MASE", score.Model.MeanAbsoluteScaled, Math.Min(score.Naive.MeanAbsoluteScaled, score.SeasonalNaive.MeanAbsoluteScaled));
            IntervalScore interval = score.Interval!.Value;
            context.Report(model, $"% in the {100 * interval.Nominal:0}% interval", 100 * interval.Coverage);
            context.Report(model, $"width of the {100 * interval.Nominal:0}% interval", interval.MeanWidth);
            last = outcome;
        }

        context.Picture(Draw(last!, title, shown));
    }

    /// <summary>Draws the last forecasts of the first step, their interval and what came.</summary>
    private static string Draw(ForecastOutcome outcome, string title, int shown, double[] values)
    {
        (BackTestResult result, int first) = (outcome.Together, Math.Max(0, outcome.Together.Origins.Count - shown));
        double[] Of(Func<Forecast, double[]> part) => [.. result.Forecasts.Skip(first).Select(forecast => part(forecast)[0])];
        double[] steps = [.. result.Origins.Skip(first).Select(origin => (double)origin)];
        return new LineChart($"{title}: {outcome.Model}") { HorizontalLabel = "step" }
            .AddBand($"{100 * result.Score.Interval!.Value.Nominal:0}% interval", steps, Of(forecast => forecast.Low()), Of(forecast => forecast.High()))
            .Add("came", steps, [.. steps.Select(step => values[(int)step])])
            .Add("forecast", steps, Of(forecast => forecast.Points()))
            .ToSvg();
    }

    private string Draw(ForecastOutcome outcome, string title, int shown) => Draw(outcome, title, shown, Series.Values(Series.Names[0]).ToArray());

    private BackTestResult Test(ForecastMethod method) => BackTest.Run(Series, new BackTestOptions { Start = Start }, Shapes[0].Horizon, _ => method);
}
