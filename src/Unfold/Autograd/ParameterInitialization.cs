using Unfold.Initialization;
using Unfold.Numerics;

namespace Unfold.Autograd;

/// <summary>Gives parameters their first values.</summary>
public static class ParameterInitialization
{
    /// <summary>Fills a parameter; a matrix (inputs, outputs) has that many, a vector counts as outputs.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="initializer">The rule.</param>
    /// <param name="random">Where chance comes from; null leaves the parameter as it is, for weights that a file holds.</param>
    public static void Initialize(this Parameter parameter, Initializer initializer, SeededRandom? random)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(initializer);
        if (random is null)
        {
            return;
        }

        initializer.Fill(parameter.Edit(), Math.Max(parameter.Shape.Rows, 1), parameter.Shape.Columns, random);
    }
}
