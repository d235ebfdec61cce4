namespace Unfold.Training;

/// <summary>Multiplies the learning rate by a factor every so many steps: lr factor^floor(step / every).</summary>
public sealed class StepSchedule : Schedule
{
    private readonly GeometricRate _rate;

    /// <summary>Creates the schedule.</summary>
    /// <param name="learningRate">The learning rate of the first steps, above 0.</param>
    /// <param name="factor">What the rate is multiplied by, in (0, 1].</param>
    /// <param name="every">The number of steps between two multiplications, at least 1.</param>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public StepSchedule(double learningRate, double factor, long every) =>
        _rate = new GeometricRate(learningRate, factor, every, Name);

    /// <summary>The word <c>step</c>.</summary>
    public override string Name => "step";

    private protected override double RateAt(long step) => _rate.After(step / _rate.Every);
}
