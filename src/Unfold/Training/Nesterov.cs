using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Training;

/// <summary>Gradient descent with Nesterov's look-ahead: v = momentum v + g; p -= lr (g + momentum v) (Sutskever and others, 2013).</summary>
public sealed class Nesterov : Optimizer
{
    private readonly MomentumOptions _options;

    /// <summary>Creates the optimizer with the default settings.</summary>
    public Nesterov()
        : this(new MomentumOptions())
    {
    }

    /// <summary>Creates the optimizer.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public Nesterov(MomentumOptions options)
        : base("velocity")
    {
        ArgumentNullException.ThrowIfNull(options);
        Limits.Decay(options.Momentum, Name);
        _options = options;
    }

    /// <summary>The word <c>nesterov</c>.</summary>
    public override string Name => "nesterov";

    private protected override void Update(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate, float gradientScale, Workers workers) =>
        OptimizerKernels.Nesterov(parameters, gradients, Moment(0), (float)learningRate, (float)_options.Momentum, gradientScale, workers);
}
