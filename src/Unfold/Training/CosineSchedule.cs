namespace Unfold.Training;

/// <summary>
/// Warms up and then falls along half a cosine (Loshchilov and Hutter, 2017): with W warm-up steps and N steps in all,
/// lr (step + 1) / W while step is below W; then floor + (lr - floor) (1 + cos(pi (step - W) / (N - W))) / 2; and the floor
/// from step N on.
/// </summary>
public sealed class CosineSchedule : Schedule
{
    private readonly double _rate;
    private readonly double _floor;
    private readonly long _total;
    private readonly long _warmUp;

    /// <summary>Creates the schedule.</summary>
    /// <param name="learningRate">The highest learning rate, above 0: that of the last warm-up step and the one after.</param>
    /// <param name="totalSteps">N, the length of the run in steps, at least 1.</param>
    /// <param name="warmUpSteps">W, from 0 (no warm-up) to N.</param>
    /// <param name="floor">The learning rate that is reached after N steps, from 0 to the highest.</param>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public CosineSchedule(double learningRate, long totalSteps, long warmUpSteps = 0, double floor = 0)
    {
        Limits.Positive(learningRate, Name);
        Limits.AtLeast(1, totalSteps, Name);
        Limits.Require(warmUpSteps >= 0 && warmUpSteps <= totalSteps, warmUpSteps, Name, nameof(warmUpSteps), FormattableString.Invariant($"from 0 to the {totalSteps} steps of the run"));
        Limits.Require(floor >= 0 && floor <= learningRate, floor, Name, nameof(floor), FormattableString.Invariant($"from 0 to the learning rate {learningRate}"));
        (_rate, _total, _warmUp, _floor) = (learningRate, totalSteps, warmUpSteps, floor);
    }

    /// <summary>The word <c>cosine</c>.</summary>
    public override string Name => "cosine";

    private protected override double RateAt(long step)
    {
        if (step < _warmUp)
        {
            return _rate * (step + 1) / _warmUp;
        }

        if (step >= _total)
        {
            return _floor;
        }

        double progress = (double)(step - _warmUp) / (_total - _warmUp);
        return _floor + ((_rate - _floor) * 0.5 * (1 + Math.Cos(Math.PI * progress)));
    }
}
