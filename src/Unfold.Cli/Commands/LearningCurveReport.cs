using System.Globalization;
using System.Text.Json;
using Unfold.Models;
using Unfold.Pictures;

namespace Unfold.Cli.Commands;

/// <summary>The learning curve of a run: the losses at its validations, as rows, as JSON and as a picture.</summary>
internal static class LearningCurveReport
{
    private const int MostRows = 20;

    /// <summary>Writes rows, of a long curve some that are evenly apart, with the last.</summary>
    public static void Write(TextWriter output, IReadOnlyList<LearningPoint> history)
    {
        output.WriteLine();
        output.WriteLine("Learning curve, nats per token");
        output.WriteLine($"  {"step",10}  {"train_loss",10}  {"valid_loss",10}");
        int apart = (history.Count + MostRows - 1) / MostRows;
        foreach ((int place, LearningPoint point) in history.Index().Where(row => (history.Count - 1 - row.Index) % apart == 0))
        {
            output.WriteLine($"  {point.Step,10}  {Shown(point.TrainLoss),10}  {Shown(point.ValidationLoss),10}");
        }
    }

    /// <summary>Writes an array with all points.</summary>
    public static void WriteJson(Utf8JsonWriter json, IReadOnlyList<LearningPoint> history)
    {
        json.WriteStartArray("history");
        foreach (LearningPoint point in history)
        {
            json.WriteStartObject();
            json.WriteNumber("step", point.Step);
            json.WriteFinite("train_loss", point.TrainLoss);
            json.WriteFinite("valid_loss", point.ValidationLoss);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The curve as a picture.</summary>
    /// <exception cref="UnfoldException">There is no curve.</exception>
    public static LineChart ToChart(string name, IReadOnlyList<LearningPoint> history)
    {
        if (history.Count == 0)
        {
            throw new UnfoldException($"{name} has no learning curve: it holds the losses at the validations of a training run, and no validation is noted there.");
        }

        double[] steps = [.. history.Select(point => (double)point.Step)];
        var chart = new LineChart($"Learning curve of {name}") { HorizontalLabel = "steps", VerticalLabel = "nats per token" };
        chart.Add(FormattableString.Invariant($"training, mean of the last {LanguageModelTrainer.RecentSteps} steps"), steps, [.. history.Select(point => point.TrainLoss)]);
        if (history.Any(point => double.IsFinite(point.ValidationLoss)))
        {
            chart.Add("validation", steps, [.. history.Select(point => point.ValidationLoss)]);
        }

        return chart;
    }

    private static string Shown(double loss) => double.IsFinite(loss) ? loss.ToString("0.0000", CultureInfo.InvariantCulture) : "-";
}
