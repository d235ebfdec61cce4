namespace Unfold.Training;

/// <summary>A learning rate that is multiplied by a factor every so many steps, in jumps or smoothly.</summary>
internal sealed class GeometricRate
{
    private readonly double _rate;
    private readonly double _factor;

    public GeometricRate(double learningRate, double factor, long every, string owner)
    {
        Limits.Positive(learningRate, owner);
        Limits.Factor(factor, owner);
        Limits.AtLeast(1, every, owner);
        (_rate, _factor, Every) = (learningRate, factor, every);
    }

    /// <summary>The number of steps from one multiplication to the next.</summary>
    public long Every { get; }

    /// <summary>The rate after so many multiplications, whole or not.</summary>
    public double After(double multiplications) => _rate * Math.Pow(_factor, multiplications);
}
