namespace Unfold.Models;

/// <summary>How the probability of scheduled sampling rises over a fit, u being the part of the fit that is done, from 0 to 1.</summary>
public enum SamplingRise
{
    /// <summary>p = F u.</summary>
    Linear,

    /// <summary>p = F (1 - 0.01^u) / 0.99: most of the way in the first half.</summary>
    Exponential,

    /// <summary>p = F (s(u) - s(0)) / (s(1) - s(0)) with s(u) = 1 / (1 + e^(5 - 10 u)): slow, then fast, then slow.</summary>
    InverseSigmoid,
}

/// <summary>
/// Scheduled sampling (Bengio et al., 2015): in training each step is fed, with probability p, what the model put out itself at the
/// step before instead of the right output, so that it learns to go on from its own errors. No gradient goes through what is fed.
/// </summary>
/// <remarks>
/// It helps a network that is too small, or learned from noise, to run free; one that predicts well needs none. With p near 1 a sequence whose
/// beginning does not tell how it goes on cannot be learned any more, because the right outputs are hardly ever seen.
/// </remarks>
public sealed record ScheduledSampling
{
    // 1% of the right outputs are left at the end of an exponential fall, and the sigmoid runs from -5 to 5.
    private const double Rest = 0.01;
    private const double Reach = 5;

    /// <summary>How p rises from 0.</summary>
    public SamplingRise Rise { get; init; } = SamplingRise.Linear;

    /// <summary>F, what p comes to at the end of the fit, in (0, 1].</summary>
    public double Final { get; init; } = 0.5;

    /// <summary>p.</summary>
    /// <param name="progress">u, the part of the fit that is done, in [0, 1].</param>
    public double Probability(double progress)
    {
        double u = Math.Clamp(progress, 0, 1);
        return Final * Rise switch
        {
            SamplingRise.Exponential => (1 - Math.Pow(Rest, u)) / (1 - Rest),
            SamplingRise.InverseSigmoid => (Sigmoid(u) - Sigmoid(0)) / (Sigmoid(1) - Sigmoid(0)),
            _ => u,
        };
    }

    /// <summary>Throws unless all values are in range.</summary>
    /// <exception cref="UnfoldException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Rise))
        {
            throw new UnfoldException($"The rise {Rise} of scheduled sampling is not known; the known ones are {string.Join(", ", Enum.GetNames<SamplingRise>())}.");
        }

        if (!(Final > 0 && Final <= 1))
        {
            throw new UnfoldException(FormattableString.Invariant($"The final probability of scheduled sampling must be above 0 and at most 1; found {Final}."));
        }
    }

    private static double Sigmoid(double u) => 1 / (1 + Math.Exp(Reach - (2 * Reach * u)));
}
