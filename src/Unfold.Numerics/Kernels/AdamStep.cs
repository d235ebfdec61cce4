namespace Unfold.Numerics.Kernels;

/// <summary>The numbers of one Adam or AdamW step, with the bias corrections worked out in double precision.</summary>
/// <param name="Beta1">b1, the decay of the mean of the gradients.</param>
/// <param name="Beta2">b2, the decay of the mean of their squares.</param>
/// <param name="Epsilon">Added to the root, so that a parameter without gradient does not divide by zero.</param>
/// <param name="StepSize">learning rate / (1 - b1^t).</param>
/// <param name="RootScale">1 / sqrt(1 - b2^t).</param>
/// <param name="Shrink">What a parameter is multiplied by before the step: 1 - learning rate * weight decay; 1 for plain Adam.</param>
public readonly record struct AdamStep(float Beta1, float Beta2, float Epsilon, float StepSize, float RootScale, float Shrink)
{
    /// <summary>The numbers of step t.</summary>
    /// <param name="t">The number of the step; the first is 1.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="beta1">b1 in [0, 1).</param>
    /// <param name="beta2">b2 in [0, 1).</param>
    /// <param name="epsilon">Not negative.</param>
    /// <param name="weightDecay">The decoupled decay of AdamW (Loshchilov and Hutter, 2019); 0 for plain Adam.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1, or b1 or b2 lies outside [0, 1).</exception>
    public static AdamStep At(long t, double learningRate, double beta1, double beta2, double epsilon, double weightDecay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(t, 1);
        Decay(beta1, nameof(beta1));
        Decay(beta2, nameof(beta2));
        return new AdamStep(
            (float)beta1,
            (float)beta2,
            (float)epsilon,
            (float)(learningRate / (1 - Math.Pow(beta1, t))),
            (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, t))),
            (float)(1 - (learningRate * weightDecay)));
    }

    private static void Decay(double beta, string name)
    {
        if (!(beta >= 0 && beta < 1))
        {
            throw new ArgumentOutOfRangeException(name, FormattableString.Invariant($"{name} must lie in [0, 1); found {beta}."));
        }
    }
}
