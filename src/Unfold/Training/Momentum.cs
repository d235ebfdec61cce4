using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Training;

/// <summary>Gradient descent with a heavy ball: v = momentum v + g; p -= lr v (Polyak, 1964).</summary>
public sealed class Momentum : Optimizer
{
    private readonly MomentumOptions _options;

    /// <summary>Creates the optimizer with the default settings.</summary>
    public Momentum()
        : this(new MomentumOptions())
    {
    }

    /// <summary>Creates the optimizer.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public Momentum(MomentumOptions options)
        : base("velocity")
    {
        ArgumentNullException.ThrowIfNull(options);
        Limits.Decay(options.Momentum, Name);
        _options = options;
    }

    /// <summary>The word <c>momentum</c>.</summary>
    public override string Name => "momentum";

    private protected override void Update(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate, float gradientScale, Workers workers) =>
        OptimizerKernels.Momentum(parameters, gradients, Moment(0), (float)learningRate, (float)_options.Momentum, gradientScale, workers);
}
