using Unfold.Initialization;
using Unfold.Numerics;

namespace Unfold.Autograd;

/// <summary>Gives parameters their first values.</summary>
public static class ParameterInitialization
{
    /// <summary>Fills a parameter; a matrix (inputs, outputs) has that many, a vector counts as outputs.</summary>
    public static void Initialize(this Parameter parameter, Initializer initializer, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(initializer);
        initializer.Fill(parameter.Edit(), Math.Max(parameter.Shape.Rows, 1), parameter.Shape.Columns, random);
    }
}
