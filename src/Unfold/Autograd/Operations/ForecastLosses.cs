using System.Numerics.Tensors;
using Unfold.Numerics.Kernels;

namespace Unfold.Autograd.Operations;

/// <summary>Losses of forecasts: of points with padding left out, of quantiles, of normal distributions. Sums are in double precision.</summary>
public static class ForecastLosses
{
    private const double HalfLogTwoPi = 0.91893853320467274178;

    /// <summary>
    /// The mean of (p - t)^2 over all values of the rows that count, of shape (1). With weights it is the weighted mean.
    /// </summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="prediction">p, (.., F).</param>
    /// <param name="target">t, of the same shape.</param>
    /// <param name="rowMask">How much each row counts, at least 0; at 0 it may hold anything. <see cref="SequenceMask"/> makes one from lengths.</param>
    /// <exception cref="ArgumentException">The shapes differ, or the mask does not fit.</exception>
    public static Tensor MaskedMeanSquaredError(this Tape tape, Tensor prediction, Tensor target, ReadOnlySpan<float> rowMask)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        RequireSame(prediction, target, nameof(MaskedMeanSquaredError), "prediction and target");
        RowWeights weights = RowWeights.Keep(tape, rowMask, prediction.Shape, nameof(MaskedMeanSquaredError));
        int columns = prediction.Shape.Columns;
        return Loss(tape, weights, prediction.Shape, [prediction, target], row =>
        {
            double sum = 0;
            Span<float> block = stackalloc float[StableFunctions.Block];
            for (int start = row * columns; start < (row + 1) * columns; start += block.Length)
            {
                Span<float> difference = block[..Math.Min(block.Length, ((row + 1) * columns) - start)];
                TensorPrimitives.Subtract(prediction.Values.Slice(start, difference.Length), target.Values.Slice(start, difference.Length), difference);
                sum += TensorPrimitives.SumOfSquares<float>(difference);
            }

            return sum;
        }, (row, scale) =>
        {
            Span<float> block = stackalloc float[StableFunctions.Block];
            for (int start = row * columns; start < (row + 1) * columns; start += block.Length)
            {
                Span<float> difference = block[..Math.Min(block.Length, ((row + 1) * columns) - start)];
                TensorPrimitives.Subtract(prediction.Values.Slice(start, difference.Length), target.Values.Slice(start, difference.Length), difference);
                AddScaled((float)(2 * scale), difference, prediction, start);
                AddScaled((float)(-2 * scale), difference, target, start);
            }
        });
    }

    /// <summary>
    /// The pinball loss (Koenker and Bassett, 1978): the mean over rows and levels of q e where e = t - p is positive and
    /// (q - 1) e where it is negative, of shape (1). Its least value is at the q-quantiles of the target.
    /// </summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="prediction">p, (.., Q): one forecast a level.</param>
    /// <param name="target">t, one value a row: (.., 1), or the outer sizes of the prediction, or all rows in one vector.</param>
    /// <param name="levels">The Q levels q, each above 0 and below 1; they are copied.</param>
    /// <param name="rowMask">How much each row counts, at least 0; at 0 it may hold anything. All count the same where it is empty.</param>
    /// <exception cref="ArgumentException">A shape, a level or the mask does not fit.</exception>
    public static Tensor QuantileLoss(this Tape tape, Tensor prediction, Tensor target, ReadOnlySpan<float> levels, ReadOnlySpan<float> rowMask = default)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        int columns = prediction.Shape.Columns;
        RequireLevels(prediction.Shape, levels);
        RowWeights weights = RowWeights.Keep(tape, rowMask, prediction.Shape, nameof(QuantileLoss));
        Shapes.RequireColumn(prediction.Shape, target.Shape, nameof(QuantileLoss), "the target");
        Memory<float> kept = tape.Scratch(columns);
        levels.CopyTo(kept.Span);
        return Loss(tape, weights, prediction.Shape, [prediction, target], row =>
        {
            double sum = 0, wanted = target.Values[row];
            ReadOnlySpan<float> forecasts = prediction.Values.Slice(row * columns, columns), q = kept.Span;
            for (int j = 0; j < columns; j++)
            {
                double error = wanted - forecasts[j];
                sum += error > 0 ? q[j] * error : (q[j] - 1.0) * error;
            }

            return sum;
        }, (row, scale) =>
        {
            double wanted = target.Values[row], sum = 0;
            ReadOnlySpan<float> forecasts = prediction.Values.Slice(row * columns, columns), q = kept.Span;
            Span<float> gradient = GradientOf(prediction, row * columns, columns);
            for (int j = 0; j < columns; j++)
            {
                // Where both are equal any slope between the two is one: 0 moves nothing. A NaN stays one.
                double error = wanted - forecasts[j], slope = error > 0 ? q[j] : error < 0 ? q[j] - 1.0 : error;
                sum += slope;
                Add(gradient, j, -scale * slope);
            }

            if (target.NeedsGradient)
            {
                target.Gradient[row] += (float)(scale * sum);
            }
        });
    }

    /// <summary>
    /// The mean of -log N(t; mean, variance) = (log(2 pi) + log(variance) + (t - mean)^2 / variance) / 2 over all values, of
    /// shape (1). With v the variance, the gradient of the mean is (mean - t) / v, and that of log(v) is (1 - (t - mean)^2 / v) / 2.
    /// </summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="mean">(.., F).</param>
    /// <param name="spread">What the variance is made from, of the same shape.</param>
    /// <param name="target">t, of the same shape.</param>
    /// <param name="kind">How the variance is made from the spread.</param>
    /// <param name="rowMask">How much each row counts, at least 0; at 0 it may hold anything. All count the same where it is empty.</param>
    /// <param name="smallestDeviation">d, above 0, in the unit of the target: what keeps a value that is hit exactly from a density without bound.</param>
    /// <exception cref="ArgumentException">The shapes differ, or the mask does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The smallest deviation is not a number above 0, or the kind is not known.</exception>
    public static Tensor GaussianLoss(this Tape tape, Tensor mean, Tensor spread, Tensor target, GaussianSpread kind, ReadOnlySpan<float> rowMask = default, float smallestDeviation = 1e-4f)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(spread);
        ArgumentNullException.ThrowIfNull(target);
        RequireSame(mean, spread, nameof(GaussianLoss), "mean and spread");
        RequireSame(mean, target, nameof(GaussianLoss), "mean and target");
        if (!(smallestDeviation > 0 && smallestDeviation < float.PositiveInfinity))
        {
            throw new ArgumentOutOfRangeException(nameof(smallestDeviation), FormattableString.Invariant($"{nameof(GaussianLoss)}: the smallest deviation must be above 0 and finite; found {smallestDeviation}."));
        }

        if (!Enum.IsDefined(kind))
        {
            throw new ArgumentOutOfRangeException(nameof(kind), kind, $"{nameof(GaussianLoss)}: this kind of spread is not known.");
        }

        RowWeights weights = RowWeights.Keep(tape, rowMask, mean.Shape, nameof(GaussianLoss));
        int columns = mean.Shape.Columns;
        return Loss(tape, weights, mean.Shape, [mean, spread, target], row =>
        {
            double sum = 0;
            ReadOnlySpan<float> m = mean.Values.Slice(row * columns, columns), s = spread.Values.Slice(row * columns, columns), t = target.Values.Slice(row * columns, columns);
            for (int j = 0; j < columns; j++)
            {
                (double logVariance, _) = Spread(s[j], kind, smallestDeviation);
                double difference = (double)t[j] - m[j];
                sum += HalfLogTwoPi + ((logVariance + (difference * difference * Math.Exp(-logVariance))) / 2);
            }

            return sum;
        }, (row, scale) =>
        {
            ReadOnlySpan<float> m = mean.Values.Slice(row * columns, columns), s = spread.Values.Slice(row * columns, columns), t = target.Values.Slice(row * columns, columns);
            Span<float> dm = GradientOf(mean, row * columns, columns), ds = GradientOf(spread, row * columns, columns), dt = GradientOf(target, row * columns, columns);
            for (int j = 0; j < columns; j++)
            {
                (double logVariance, double slope) = Spread(s[j], kind, smallestDeviation);
                double difference = (double)t[j] - m[j], precision = Math.Exp(-logVariance);
                Add(dm, j, -scale * difference * precision);
                Add(dt, j, scale * difference * precision);
                Add(ds, j, scale * slope * (1 - (difference * difference * precision)) / 2);
            }
        });
    }

    /// <summary>log(variance) and its derivative, neither of which overflows for any finite s.</summary>
    private static (double LogVariance, double Slope) Spread(double s, GaussianSpread kind, double smallest)
    {
        if (kind == GaussianSpread.LogVariance)
        {
            // log(e^s + d^2) = log(d^2) + softplus(s - log(d^2)).
            double floor = 2 * Math.Log(smallest);
            return (floor + Softplus(s - floor), Sigmoid(s - floor));
        }

        double deviation = Softplus(s) + smallest;
        return (2 * Math.Log(deviation), 2 * Sigmoid(s) / deviation);
    }

    // The smallest deviation is added to this, so what 1 + e^-|x| rounds off does not matter.
    private static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>The weighted mean of what <paramref name="value"/> gives for each row, over the columns too.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="weights">How much each row counts.</param>
    /// <param name="shape">The shape that the rows are of.</param>
    /// <param name="inputs">The tensors that a gradient may flow into.</param>
    /// <param name="value">The sum over a row.</param>
    /// <param name="addGradients">Adds the gradients of a row, times a factor.</param>
    private static Tensor Loss(Tape tape, RowWeights weights, Shape shape, Tensor[] inputs, Func<int, double> value, Action<int, double> addGradients)
    {
        double count = weights.Total * shape.Columns;
        Tensor loss = tape.Result(new Shape(1), tape.NeedsGradient(inputs));
        double sum = RowLoop.Sum(tape.Workers, shape.Rows, shape.Columns, row => weights[row] == 0 ? 0 : weights[row] * value(row));
        loss.Edit()[0] = (float)(sum / count);
        tape.OnBackward(loss, () =>
        {
            foreach (Tensor input in inputs)
            {
                // Made here: several threads use it below.
                _ = input.NeedsGradient ? input.Gradient.Length : 0;
            }

            double upstream = loss.Gradient[0] / count;
            RowLoop.Run(tape.Workers, shape.Rows, shape.Columns, (first, end) =>
            {
                for (int row = first; row < end; row++)
                {
                    if (weights[row] != 0)
                    {
                        addGradients(row, upstream * weights[row]);
                    }
                }
            });
        });
        return loss;
    }

    /// <summary>Part of the gradient of a tensor, or nothing where none flows into it.</summary>
    private static Span<float> GradientOf(Tensor tensor, int start, int count) =>
        tensor.NeedsGradient ? tensor.Gradient.Slice(start, count) : [];

    private static void Add(Span<float> gradient, int index, double value)
    {
        if (!gradient.IsEmpty)
        {
            gradient[index] += (float)value;
        }
    }

    private static void AddScaled(float scale, ReadOnlySpan<float> values, Tensor tensor, int start)
    {
        if (tensor.NeedsGradient)
        {
            RowKernels.AddScaled(scale, values, tensor.Gradient.Slice(start, values.Length));
        }
    }

    private static void RequireSame(Tensor first, Tensor second, string operation, string names)
    {
        if (first.Shape != second.Shape)
        {
            throw new ArgumentException($"{operation}: {names} must have one shape; found {first.Shape} and {second.Shape}.");
        }
    }

    private static void RequireLevels(Shape prediction, ReadOnlySpan<float> levels)
    {
        if (levels.Length != prediction.Columns)
        {
            throw new ArgumentException($"{nameof(QuantileLoss)}: there must be one level for each of the {prediction.Columns} columns of {prediction}; found {levels.Length}.", nameof(levels));
        }

        foreach (float level in levels)
        {
            if (!(level > 0 && level < 1))
            {
                throw new ArgumentException(FormattableString.Invariant($"{nameof(QuantileLoss)}: a level must be above 0 and below 1; found {level}."), nameof(levels));
            }
        }
    }
}
