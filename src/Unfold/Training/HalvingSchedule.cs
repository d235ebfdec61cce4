namespace Unfold.Training;

/// <summary>
/// Keeps the learning rate for some steps and then halves it at regular distances: lr before step hold, lr 2^-(1 + floor((step - hold) / every))
/// from there on (Zaremba et al., 2014).
/// </summary>
public sealed class HalvingSchedule : Schedule
{
    private readonly double _rate, _hold, _every;

    /// <summary>Creates the schedule.</summary>
    /// <param name="learningRate">The learning rate of the first steps, above 0.</param>
    /// <param name="hold">The number of steps before the first halving, at least 0; it need not be whole.</param>
    /// <param name="every">The number of steps between two halvings, above 0; it need not be whole, as a thirteenth of a run.</param>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public HalvingSchedule(double learningRate, double hold, double every)
    {
        Limits.Positive(learningRate, Name);
        Limits.NotNegative(hold, Name);
        Limits.Positive(every, Name);
        (_rate, _hold, _every) = (learningRate, hold, every);
    }

    /// <summary>The word <c>halving</c>.</summary>
    public override string Name => "halving";

    private protected override double RateAt(long step) => step < _hold ? _rate : _rate * Math.Pow(0.5, 1 + Math.Floor((step - _hold) / _every));
}
