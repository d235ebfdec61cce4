using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Training;

/// <summary>
/// Steps of a size that does not depend on the size of the gradient: s = alpha s + (1 - alpha) g^2; p -= lr g / (sqrt(s) + epsilon)
/// (Tieleman and Hinton, 2012).
/// </summary>
public sealed class RmsProp : Optimizer
{
    private readonly RmsPropOptions _options;

    /// <summary>Creates the optimizer with the default settings.</summary>
    public RmsProp()
        : this(new RmsPropOptions())
    {
    }

    /// <summary>Creates the optimizer.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public RmsProp(RmsPropOptions options)
        : base("squares")
    {
        ArgumentNullException.ThrowIfNull(options);
        Limits.Decay(options.Alpha, Name);
        Limits.Positive(options.Epsilon, Name);
        _options = options;
    }

    /// <summary>The word <c>rmsprop</c>.</summary>
    public override string Name => "rmsprop";

    private protected override void Update(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate, float gradientScale, Workers workers) =>
        OptimizerKernels.RmsProp(parameters, gradients, Moment(0), (float)learningRate, (float)_options.Alpha, (float)_options.Epsilon, gradientScale, workers);
}
