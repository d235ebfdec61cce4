using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Autograd;

[Trait("Path", "every")]
public sealed class ForecastLossTests
{
    private static readonly float[] Mask = [1, 0, 0.5f, 1, 0, 2];
    private static readonly float[] Levels = [0.1f, 0.5f, 0.8f];

    [Theory]
    [InlineData(3)]
    [InlineData(300)]
    public void MaskedMeanSquaredError(int columns) => OperationCheck.Run(
        [new Shape(3, 2, columns), new Shape(3, 2, columns)],
        (tape, x) => tape.MaskedMeanSquaredError(x[0], x[1], Mask),
        x => [x[0].Zip(x[1]).Select((pair, i) => Mask[i / columns] * (pair.First - pair.Second) * (pair.First - pair.Second)).Sum() / 4.5 / columns]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void QuantileLoss(bool masked) => OperationCheck.Run(
        [new Shape(3, 2, 3), masked ? new Shape(3, 2) : new Shape(3, 2, 1)],
        (tape, x) => tape.QuantileLoss(x[0], x[1], Levels, masked ? Mask : []),
        x => [x[0].Select((p, i) => (masked ? Mask[i / 3] : 1) * Math.Max(Levels[i % 3] * (x[1][i / 3] - p), (Levels[i % 3] - 1) * (x[1][i / 3] - p))).Sum() / (masked ? 4.5 : 6) / 3]);

    [Fact]
    public void The_best_forecast_of_a_level_is_the_quantile()
    {
        var tape = new Tape(new Workers(1));
        float[] target = [.. Enumerable.Range(1, 99).Select(i => (float)i)];
        float[] losses = [.. Enumerable.Range(1, 99).Select(guess => tape.QuantileLoss(new Tensor(new Shape(99, 1), [.. Enumerable.Repeat((float)guess, 99)]), new Tensor(new Shape(99), target), [0.8f]).Values[0])];
        Assert.Equal(80 - 1, Array.IndexOf(losses, losses.Min()));
    }

    [Theory]
    [InlineData(GaussianSpread.LogVariance, 1e-4f, false)]
    [InlineData(GaussianSpread.LogVariance, 0.7f, true)]
    [InlineData(GaussianSpread.Softplus, 1e-4f, true)]
    [InlineData(GaussianSpread.Softplus, 0.7f, false)]
    public void GaussianLoss(GaussianSpread kind, float smallest, bool masked) => OperationCheck.Run(
        [new Shape(3, 2, 3), new Shape(3, 2, 3), new Shape(3, 2, 3)],
        (tape, x) => tape.GaussianLoss(x[0], x[1], x[2], kind, masked ? Mask : [], smallest),
        x =>
        {
            double sum = 0, d = smallest;
            for (int i = 0; i < x[0].Length; i++)
            {
                double deviation = Math.Log(1 + Math.Exp(x[1][i])) + d;
                double variance = kind == GaussianSpread.LogVariance ? Math.Exp(x[1][i]) + (d * d) : deviation * deviation;
                double density = Math.Exp(-(x[2][i] - x[0][i]) * (x[2][i] - x[0][i]) / 2 / variance) / Math.Sqrt(2 * Math.PI * variance);
                sum -= (masked ? Mask[i / 3] : 1) * Math.Log(density);
            }

            return [sum / (masked ? 4.5 : 6) / 3];
        });

    [Theory]
    [InlineData(GaussianSpread.LogVariance, 1000, 1, 500)]
    [InlineData(GaussianSpread.LogVariance, -1000, 1, 0.5e8)]
    [InlineData(GaussianSpread.LogVariance, -1000, 0, -9.210340371976182)]
    [InlineData(GaussianSpread.Softplus, 1000, 1, 6.907755778981887)]
    [InlineData(GaussianSpread.Softplus, -1000, 1, 0.5e8)]
    [InlineData(GaussianSpread.Softplus, -1000, 0, -9.210340371976182)]
    [InlineData(GaussianSpread.LogVariance, 1e30, 1e18, 5e29)]
    public void GaussianLoss_takes_a_spread_of_any_size(GaussianSpread kind, double spread, double error, double wanted)
    {
        var tape = new Tape(new Workers(1));
        Parameter mean = new("mean", new Shape(1)), s = new("spread", new Shape(1));
        s.Edit()[0] = (float)spread;
        Tensor loss = tape.GaussianLoss(mean, s, new Tensor(new Shape(1), [(float)error]), kind);
        Close.Equal([(0.5 * Math.Log(2 * Math.PI)) + wanted], loss.Values, relative: 1e-6, absolute: 1e-6, "the loss");
        tape.Backward(loss);
        Assert.True(float.IsFinite(mean.Gradient[0]) && float.IsFinite(s.Gradient[0]));
        Assert.Equal(spread > 0 && kind == GaussianSpread.LogVariance ? 0.5f : spread > 0 ? 1e-3f : 0, s.Gradient[0], 1e-6f);
    }

    [Fact]
    public void A_row_left_out_may_hold_anything()
    {
        var tape = new Tape(new Workers(1));
        Parameter p = new("p", new Shape(3, 2)), s = new("s", new Shape(3, 2));
        float[] values = [1, 2, float.NaN, float.PositiveInfinity, 3, 5];
        values.CopyTo(p.Edit());
        values.CopyTo(s.Edit());
        Tensor target = new(new Shape(3, 2), [1, 1, 4, float.NaN, 4, 3]), column = new(new Shape(3), [1.5f, float.NaN, 4]);
        float[] mask = [1, 0, 1];
        Tensor[] losses = [tape.MaskedMeanSquaredError(p, target, mask), tape.QuantileLoss(p, column, [0.25f, 0.5f], mask), tape.GaussianLoss(p, s, target, GaussianSpread.Softplus, mask)];
        mask.AsSpan().Fill(1);
        Close.Same([6f / 4], losses[0].Values, "squares");
        Close.Same([1.125f / 4], losses[1].Values, "quantiles");
        tape.Backward(tape.Add(tape.Add(losses[0], losses[1]), losses[2]));
        Assert.True(p.Gradient.ToArray().Concat(s.Gradient.ToArray()).All(float.IsFinite));
        Assert.Equal(0, p.Gradient[2] + p.Gradient[3]);
    }

    [Fact]
    public void A_NaN_that_counts_is_not_lost()
    {
        var tape = new Tape(new Workers(1));
        Tensor p = new(new Shape(1, 2), [1, float.NaN]), t = new(new Shape(1, 2), [1, 2]), column = new(new Shape(1), [3]);
        Assert.True(float.IsNaN(tape.MaskedMeanSquaredError(p, t, [1]).Values[0]));
        Assert.True(float.IsNaN(tape.QuantileLoss(p, column, [0.25f, 0.5f]).Values[0]));
        Assert.True(float.IsNaN(tape.GaussianLoss(p, t, t, GaussianSpread.LogVariance).Values[0]));
        Assert.True(float.IsNaN(tape.GaussianLoss(t, p, t, GaussianSpread.Softplus).Values[0]));
    }

    [Fact]
    public void A_mask_of_lengths_counts_the_steps_of_each_sequence()
    {
        Close.Same([1f, 1, 0, 1, 0, 0, 1, 0, 0], SequenceMask.Create([3, 1, 0], 3), "the mask");
        Assert.Contains("sequence 1 must be from 0 to 3; found 4", OperationCheck.Refusal("SequenceMask", () => SequenceMask.Create([3, 4], 3)), StringComparison.Ordinal);
        Assert.Contains("has 6 values; found 5", OperationCheck.Refusal("SequenceMask", () => SequenceMask.Write([3, 1], 3, new float[5])), StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_what_was_wanted_and_found()
    {
        var tape = new Tape(new Workers(1));
        Tensor x = new(new Shape(2, 3)), other = new(new Shape(3, 2)), column = new(new Shape(2));
        Assert.Contains("(2, 3) and (3, 2)", OperationCheck.Refusal("MaskedMeanSquaredError", () => tape.MaskedMeanSquaredError(x, other, [1, 1])), StringComparison.Ordinal);
        Assert.Contains("each of the 2 rows of (2, 3); found 3", OperationCheck.Refusal("MaskedMeanSquaredError", () => tape.MaskedMeanSquaredError(x, x, new float[3])), StringComparison.Ordinal);
        Assert.Contains("each of the 3 columns of (2, 3); found 2", OperationCheck.Refusal("QuantileLoss", () => tape.QuantileLoss(x, column, [0.1f, 0.2f])), StringComparison.Ordinal);
        Assert.Contains("above 0 and below 1; found 1", OperationCheck.Refusal("QuantileLoss", () => tape.QuantileLoss(x, column, [0.1f, 1, 0.2f])), StringComparison.Ordinal);
        Assert.Contains("the 2 rows of (2, 3), as (2, 1) or without the last 1; found (3, 2)", OperationCheck.Refusal("QuantileLoss", () => tape.QuantileLoss(x, other, Levels)), StringComparison.Ordinal);
        Assert.Contains("mean and spread must have one shape; found (2, 3) and (3, 2)", OperationCheck.Refusal("GaussianLoss", () => tape.GaussianLoss(x, other, x, GaussianSpread.Softplus)), StringComparison.Ordinal);
        Assert.Contains("mean and target must have one shape; found (2, 3) and (3, 2)", OperationCheck.Refusal("GaussianLoss", () => tape.GaussianLoss(x, x, other, GaussianSpread.Softplus)), StringComparison.Ordinal);
        OperationCheck.Refusal("GaussianLoss", () => tape.GaussianLoss(x, x, x, GaussianSpread.Softplus, smallestDeviation: 0));
        OperationCheck.Refusal("GaussianLoss", () => tape.GaussianLoss(x, x, x, (GaussianSpread)7));
    }
}
