using Unfold.Autograd;
using Unfold.Autograd.Operations;

namespace Unfold.Models;

/// <summary>
/// What the columns of the output layer mean: blocks of all steps and targets, the first of points, means or the first level, further
/// ones of spreads or further levels.
/// </summary>
internal sealed class ForecastColumns(ForecastFrame frame)
{
    // In deviations of the training part, so that a series that is met exactly has no density without bound.
    private const float SmallestDeviation = 1e-3f;

    private readonly double[] _normal = [.. frame.Settings.Levels.Select(level => level > 0 && level < 1 ? NormalQuantile.Of(level) : 0)];

    private ForecasterSettings Settings => frame.Settings;

    /// <summary>The mean loss of a batch.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="output">(B, blocks of values).</param>
    /// <param name="targets">(B, values), standardized.</param>
    public Tensor Loss(Tape tape, Tensor output, Tensor targets)
    {
        int count = frame.TargetCount;
        switch (Settings.Output)
        {
            case ForecastOutput.Mean:
                return tape.MeanSquaredError(output, targets);
            case ForecastOutput.Median:
                return tape.Scale(Pinball(tape, output, targets, 0.5), 2);
            case ForecastOutput.Gaussian:
                return tape.GaussianLoss(tape.Columns(output, 0, count), tape.Columns(output, count, count), targets, GaussianSpread.Softplus, smallestDeviation: SmallestDeviation);
            default:
                Tensor? sum = null;
                for (int level = 0; level < Settings.Levels.Count; level++)
                {
                    Tensor loss = Pinball(tape, tape.Columns(output, level * count, count), targets, Settings.Levels[level]);
                    sum = sum is null ? loss : tape.Add(sum, loss);
                }

                return tape.Scale(sum!, 1f / Settings.Levels.Count);
        }
    }

    /// <summary>The forecast of one row of the output.</summary>
    /// <param name="output">Blocks of values, standardized.</param>
    /// <param name="taken">What was taken off the window.</param>
    /// <param name="scale">The scale of the targets.</param>
    public Forecast Read(ReadOnlySpan<float> output, ReadOnlySpan<double> taken, Standardization scale)
    {
        int count = frame.TargetCount, levels = Settings.HasLevels ? Settings.Levels.Count : 0, middle = Settings.HasLevels ? Settings.Levels.ToList().IndexOf(0.5) : 0;
        double[] points = new double[count], quantiles = new double[count * levels];
        for (int i = 0; i < count; i++)
        {
            Span<double> values = quantiles.AsSpan(i * levels, levels);
            for (int level = 0; level < levels; level++)
            {
                double standardized = Settings.Output == ForecastOutput.Gaussian
                    ? output[i] + (_normal[level] * Deviation(output[count + i]))
                    : output[(level * count) + i];
                values[level] = frame.Back(taken[i] + scale.Undo(standardized, i % frame.Targets.Count));
            }

            // Sorted, quantiles that the network has in the wrong order come nearer to the true ones (Chernozhukov et al., 2010).
            values.Sort();
            points[i] = levels == 0 ? frame.Back(taken[i] + scale.Undo(output[i], i % frame.Targets.Count)) : values[middle];
            if (!double.IsFinite(points[i]) || (levels > 0 && !(double.IsFinite(values[0]) && double.IsFinite(values[^1]))))
            {
                throw new UnfoldException($"The forecast of '{frame.Targets[i % frame.Targets.Count]}' {(i / frame.Targets.Count) + 1} steps ahead is not a number or infinite: the history or the weights are out of all range.");
            }
        }

        return new Forecast(frame.Targets, points, Settings.HasLevels ? Settings.Levels : [], quantiles);
    }

    private static Tensor Pinball(Tape tape, Tensor forecast, Tensor targets, double level) =>
        tape.QuantileLoss(tape.Reshape(forecast, new Shape(forecast.Shape.Length, 1)), tape.Reshape(targets, new Shape(targets.Shape.Length, 1)), [(float)level]);

    private static double Deviation(double spread) => Math.Max(spread, 0) + Math.Log(1 + Math.Exp(-Math.Abs(spread))) + SmallestDeviation;
}
