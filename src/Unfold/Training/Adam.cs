using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Training;

/// <summary>
/// Adam: m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p -= lr / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + epsilon)
/// (Kingma and Ba, 2015).
/// </summary>
public class Adam : Optimizer
{
    private readonly AdamWOptions _options;

    /// <summary>Creates the optimizer with the default settings.</summary>
    public Adam()
        : this(new AdamOptions())
    {
    }

    /// <summary>Creates the optimizer.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public Adam(AdamOptions options)
        : this(WithoutDecay(options))
    {
    }

    private protected Adam(AdamWOptions options)
        : base("mean", "squares")
    {
        ArgumentNullException.ThrowIfNull(options);
        Limits.Decay(options.Beta1, Name);
        Limits.Decay(options.Beta2, Name);
        Limits.Positive(options.Epsilon, Name);
        Limits.NotNegative(options.WeightDecay, Name);
        _options = options;
    }

    /// <summary>The word <c>adam</c>.</summary>
    public override string Name => "adam";

    private protected sealed override void Update(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate, float gradientScale, Workers workers)
    {
        // The kernel keeps the decays in single precision: the corrections must be those of the same decays, or the first
        // steps, where 1 - beta^t is small, are off in the fifth digit.
        AdamStep step = AdamStep.At(Steps, learningRate, (float)_options.Beta1, (float)_options.Beta2, _options.Epsilon, _options.WeightDecay);
        OptimizerKernels.Adam(parameters, gradients, Moment(0), Moment(1), step, gradientScale, workers);
    }

    private static AdamWOptions WithoutDecay(AdamOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new AdamWOptions { Beta1 = options.Beta1, Beta2 = options.Beta2, Epsilon = options.Epsilon, WeightDecay = 0 };
    }
}
