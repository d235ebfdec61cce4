using System.Diagnostics;
using Unfold.Models;
using Unfold.Pictures;

namespace Unfold.Experiments;

/// <summary>Fits that see each example once, so that nothing can be learned by heart, and are watched all the way.</summary>
internal static class SinglePass
{
    private const int Points = 100;

    /// <summary>A chart of losses against the sequences learned from.</summary>
    public static LineChart Chart(string title, string unit) => new($"{title} of the last sequences learned from")
    {
        HorizontalLabel = "sequences",
        VerticalLabel = unit,
        VerticalScale = AxisScale.Logarithmic,
    };

    /// <summary>Fits a model with a cosine schedule, tells its loss ten times, and draws it.</summary>
    /// <param name="context">The run of the experiment.</param>
    /// <param name="chart">Gets a line.</param>
    /// <param name="name">The name of the model.</param>
    /// <param name="examples">The number of sequences.</param>
    /// <param name="scale">What a loss of 1 is in the unit of the chart.</param>
    /// <param name="options">Batch size, learning rate and clipping.</param>
    /// <param name="fit">Fits the model.</param>
    public static (T Model, Stopwatch Watch) Fit<T>(
        ExperimentContext context, LineChart chart, string name, int examples, double scale, FitOptions options, Func<FitOptions, T> fit)
    {
        var curve = new LossCurve(Points);
        var watch = Stopwatch.StartNew();
        T model = fit(options with
        {
            Epochs = 1,
            Schedule = ScheduleKind.Cosine,
            Workers = context.Workers,
            Progress = progress => curve.Add(progress, loss => context.Progress(FormattableString.Invariant($"{name}: {progress.Done * examples:0} sequences, loss {loss * scale:0.00000}"))),
        });
        chart.Add(name, [.. curve.Shares.Select(share => share * examples)], [.. curve.Losses.Select(loss => loss * scale)]);
        return (model, watch);
    }
}
