using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Training;

/// <summary>
/// Adam with the weight decay apart from the gradient: p = (1 - lr decay) p before the step of <see cref="Adam"/>
/// (Loshchilov and Hutter, 2019).
/// </summary>
public sealed class AdamW : Optimizer
{
    private readonly AdamWOptions _options;

    /// <summary>Creates the optimizer with the default settings.</summary>
    public AdamW()
        : this(new AdamWOptions())
    {
    }

    /// <summary>Creates the optimizer.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public AdamW(AdamWOptions options)
        : base("mean", "squares")
    {
        ArgumentNullException.ThrowIfNull(options);
        Limits.Decay(options.Beta1, Name);
        Limits.Decay(options.Beta2, Name);
        Limits.Positive(options.Epsilon, Name);
        Limits.NotNegative(options.WeightDecay, Name);
        _options = options;
    }

    /// <summary>The word <c>adamw</c>.</summary>
    public override string Name => "adamw";

    private protected override void Update(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate, float gradientScale, Workers workers)
    {
        // The kernel keeps the decays in single precision: the corrections must be those of the same decays, or the first
        // steps, where 1 - beta^t is small, are off in the fifth digit.
        AdamStep step = AdamStep.At(Steps, learningRate, (float)_options.Beta1, (float)_options.Beta2, _options.Epsilon, _options.WeightDecay);
        OptimizerKernels.Adam(parameters, gradients, Moment(0), Moment(1), step, gradientScale, workers);
    }
}
