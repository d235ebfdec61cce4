using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Training;

/// <summary>
/// Steps that shrink where gradients have been: s = s + g^2; p -= lr g / (sqrt(s) + epsilon) (Duchi and others, 2011).
/// </summary>
public sealed class Adagrad : Optimizer
{
    private readonly AdagradOptions _options;

    /// <summary>Creates the optimizer with the default settings.</summary>
    public Adagrad()
        : this(new AdagradOptions())
    {
    }

    /// <summary>Creates the optimizer.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public Adagrad(AdagradOptions options)
        : base("squares")
    {
        ArgumentNullException.ThrowIfNull(options);
        Limits.Positive(options.Epsilon, Name);
        _options = options;
    }

    /// <summary>The word <c>adagrad</c>.</summary>
    public override string Name => "adagrad";

    private protected override void Update(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate, float gradientScale, Workers workers) =>
        OptimizerKernels.Adagrad(parameters, gradients, Moment(0), (float)learningRate, (float)_options.Epsilon, gradientScale, workers);
}
