using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Training;

/// <summary>Plain stochastic gradient descent: p -= lr g.</summary>
public sealed class Sgd : Optimizer
{
    /// <summary>The word <c>sgd</c>.</summary>
    public override string Name => "sgd";

    private protected override void Update(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate, float gradientScale, Workers workers) =>
        OptimizerKernels.Sgd(parameters, gradients, (float)learningRate, gradientScale, workers);
}
