namespace Unfold.Training;

/// <summary>One learning rate for all steps.</summary>
public sealed class ConstantSchedule : Schedule
{
    private readonly double _rate;

    /// <summary>Creates the schedule.</summary>
    /// <param name="learningRate">The learning rate, above 0.</param>
    /// <exception cref="ArgumentException">The learning rate is not a finite number above 0.</exception>
    public ConstantSchedule(double learningRate)
    {
        Limits.Positive(learningRate, Name);
        _rate = learningRate;
    }

    /// <summary>The word <c>constant</c>.</summary>
    public override string Name => "constant";

    private protected override double RateAt(long step) => _rate;
}
