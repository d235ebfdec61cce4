using Unfold.Autograd;
using Unfold.Numerics.Kernels;

namespace Unfold.Training;

/// <summary>Finds out where a run has diverged. The norm of the gradients tells whether there is anything to find, so a healthy step costs nothing.</summary>
public static class FiniteCheck
{
    /// <summary>Returns where the loss and the norm are finite numbers, and else throws with the first parameter that went bad.</summary>
    /// <param name="step">The number of the step, for the message.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="gradientNorm">The norm of all gradients together.</param>
    /// <param name="parameters">The parameters with their gradients.</param>
    /// <exception cref="DivergenceException">The loss or the norm is NaN or infinite.</exception>
    public static void Require(long step, double loss, double gradientNorm, ParameterSet parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (double.IsFinite(loss) && double.IsFinite(gradientNorm))
        {
            return;
        }

        // A bad value makes every gradient bad that it touches: where values are bad already, they are the cause.
        RequireValues(step, parameters);
        int position = OptimizerKernels.FirstNonFinite(parameters.Gradients);
        if (position >= 0)
        {
            Parameter parameter = parameters.At(position);
            throw new DivergenceException(step, parameter.Name, FormattableString.Invariant($"the loss is {loss} and a gradient of '{parameter.Name}' is {parameters.Gradients[position]}"));
        }

        if (!double.IsFinite(loss))
        {
            throw new DivergenceException(step, parameterName: null, FormattableString.Invariant($"the loss is {loss}, though all parameters and gradients are finite"));
        }

        position = Largest(parameters.Gradients);
        string name = parameters.At(position).Name;
        throw new DivergenceException(step, name, FormattableString.Invariant($"the squares of the gradients are too large for single precision; the largest is {parameters.Gradients[position]}, of '{name}'"));
    }

    /// <summary>Returns where all weights are finite numbers, and else throws with the first parameter that went bad.</summary>
    /// <param name="step">The number of updates made, for the message.</param>
    /// <param name="parameters">The parameters.</param>
    /// <exception cref="DivergenceException">A value is NaN or infinite.</exception>
    public static void RequireValues(long step, ParameterSet parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        int position = OptimizerKernels.FirstNonFinite(parameters.Values);
        if (position >= 0)
        {
            Parameter parameter = parameters.At(position);
            throw new DivergenceException(step, parameter.Name, FormattableString.Invariant($"a value of '{parameter.Name}' is {parameters.Values[position]}"));
        }
    }

    /// <summary>Returns where the loss of a validation and all weights are finite numbers, and else throws with the first parameter that went bad.</summary>
    /// <param name="step">The number of updates made, for the message.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="parameters">The parameters.</param>
    /// <exception cref="DivergenceException">The loss or a value is NaN or infinite.</exception>
    public static void RequireScore(long step, double loss, ParameterSet parameters)
    {
        RequireValues(step, parameters);
        if (!double.IsFinite(loss))
        {
            throw new DivergenceException(step, parameterName: null, FormattableString.Invariant($"the loss of the validation is {loss}, though all parameters are finite"));
        }
    }

    private static int Largest(ReadOnlySpan<float> values)
    {
        int largest = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (Math.Abs(values[i]) > Math.Abs(values[largest]))
            {
                largest = i;
            }
        }

        return largest;
    }
}
