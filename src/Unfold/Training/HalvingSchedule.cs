namespace Unfold.Training;

/// <summary>
/// Keeps the learning rate for some steps and then halves it at regular distances: lr before step hold, lr 2^-(1 + floor((step - hold) / every))
/// from there on (Zaremba et al., 2014).
/// </summary>
public sealed class HalvingSchedule : Schedule
{
    private readonly GeometricRate _rate;
    private readonly long _hold;

    /// <summary>Creates the schedule.</summary>
    /// <param name="learningRate">The learning rate of the first steps, above 0.</param>
    /// <param name="hold">The number of steps before the first halving, at least 0.</param>
    /// <param name="every">The number of steps between two halvings, at least 1.</param>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public HalvingSchedule(double learningRate, long hold, long every)
    {
        Limits.AtLeast(0, hold, Name);
        _rate = new GeometricRate(learningRate, 0.5, every, Name);
        _hold = hold;
    }

    /// <summary>The word <c>halving</c>.</summary>
    public override string Name => "halving";

    private protected override double RateAt(long step) => _rate.After(step < _hold ? 0 : 1 + ((step - _hold) / _rate.Every));
}
