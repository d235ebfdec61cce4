using Unfold.Autograd;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Training;

/// <summary>
/// Bounds the gradients before a step, so that one steep place cannot throw the parameters far away (Pascanu and others,
/// 2013), and stops the run where the loss or a gradient is no number any more.
/// </summary>
public sealed class Clipping
{
    // PyTorch's guard against a division by zero; kept, so that clipped runs agree.
    private const double NormGuard = 1e-6;

    private readonly double _maximumNorm = double.PositiveInfinity;
    private readonly double _maximumValue = double.PositiveInfinity;

    /// <summary>The largest norm of all gradients together, above 0; infinity, the default, does not clip.</summary>
    /// <exception cref="ArgumentException">The norm is not above 0.</exception>
    public double MaximumNorm
    {
        get => _maximumNorm;
        init
        {
            Limits.Require(value > 0, value, nameof(Clipping), nameof(MaximumNorm), "above 0");
            _maximumNorm = value;
        }
    }

    /// <summary>The largest size of each single gradient value, above 0; infinity, the default, does not clip. It comes before the norm.</summary>
    /// <exception cref="ArgumentException">The size is not above 0.</exception>
    public double MaximumValue
    {
        get => _maximumValue;
        init
        {
            Limits.Require(value > 0, value, nameof(Clipping), nameof(MaximumValue), "above 0");
            _maximumValue = value;
        }
    }

    /// <summary>
    /// Checks the loss and the gradients, clips the values in place, and works out the factor that brings the norm down. The
    /// factor goes to <see cref="Optimizer.Step"/>, so that the gradients are not written once more.
    /// </summary>
    /// <param name="step">The number of the step, for the message.</param>
    /// <param name="loss">The loss that the gradients are of.</param>
    /// <param name="parameters">The parameters with their gradients.</param>
    /// <param name="workers">The threads.</param>
    /// <exception cref="DivergenceException">The loss or a gradient is NaN or infinite.</exception>
    public GradientNorm Apply(long step, double loss, ParameterSet parameters, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        double norm = Math.Sqrt(Reductions.SumOfSquares(parameters.Gradients, workers));
        FiniteCheck.Require(step, loss, norm, parameters);
        if (double.IsFinite(_maximumValue))
        {
            OptimizerKernels.ClipValues(parameters.Gradients, (float)_maximumValue, workers);
        }

        if (double.IsPositiveInfinity(_maximumNorm))
        {
            return new GradientNorm(norm, 1);
        }

        double clipped = double.IsFinite(_maximumValue) ? Math.Sqrt(Reductions.SumOfSquares(parameters.Gradients, workers)) : norm;
        return new GradientNorm(norm, (float)Math.Min(1, _maximumNorm / (clipped + NormGuard)));
    }
}
