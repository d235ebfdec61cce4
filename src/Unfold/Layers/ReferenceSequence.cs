using Unfold.Cells;
using Unfold.Reference;

namespace Unfold.Layers;

/// <summary>Walks the reference equations of a cell through one sequence.</summary>
public static class ReferenceSequence
{
    /// <summary>The state before the first step where none is given: zeros.</summary>
    public static ReferenceState Zero(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return new(new double[cell.HiddenSize], new double[cell.MemorySize]);
    }

    /// <summary>All steps of one sequence.</summary>
    /// <param name="cell">Says which equations.</param>
    /// <param name="parameters">The values by parameter name.</param>
    /// <param name="xs">x_1 .. x_T, (I) each.</param>
    /// <param name="initial">The state before the first step.</param>
    /// <returns>h_1 .. h_T, and the state after the last step.</returns>
    public static (double[][] Outputs, ReferenceState Final) Run(
        FusedCell cell, IReadOnlyDictionary<string, double[]> parameters, IReadOnlyList<double[]> xs, ReferenceState initial)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(xs);
        var outputs = new double[xs.Count][];
        ReferenceState state = initial;
        for (int t = 0; t < xs.Count; t++)
        {
            state = cell.ReferenceStep(parameters, xs[t], state);
            outputs[t] = state.H;
        }

        return (outputs, state);
    }
}
