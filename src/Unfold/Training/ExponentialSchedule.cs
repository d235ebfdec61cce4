namespace Unfold.Training;

/// <summary>Lowers the learning rate smoothly, by a factor over so many steps: lr factor^(step / every).</summary>
public sealed class ExponentialSchedule : Schedule
{
    private readonly GeometricRate _rate;

    /// <summary>Creates the schedule.</summary>
    /// <param name="learningRate">The learning rate of the first step, above 0.</param>
    /// <param name="factor">What the rate has been multiplied by after <paramref name="every"/> steps, in (0, 1].</param>
    /// <param name="every">The number of steps that the factor is spread over, at least 1.</param>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public ExponentialSchedule(double learningRate, double factor, long every) =>
        _rate = new GeometricRate(learningRate, factor, every, Name);

    /// <summary>The word <c>exponential</c>.</summary>
    public override string Name => "exponential";

    private protected override double RateAt(long step) => _rate.After((double)step / _rate.Every);
}
