namespace Unfold.Autograd.Operations;

/// <summary>What a network puts out for the spread of a normal distribution; d is the smallest deviation of the loss.</summary>
public enum GaussianSpread
{
    /// <summary>s with variance = e^s + d^2.</summary>
    LogVariance,

    /// <summary>s with deviation = log(1 + e^s) + d.</summary>
    Softplus,
}
