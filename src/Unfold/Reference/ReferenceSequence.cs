using Unfold.Cells;

namespace Unfold.Reference;

/// <summary>What a cell carries from step to step, for one sequence.</summary>
/// <param name="H">h, (H).</param>
/// <param name="C">c, (H); empty for every cell but the LSTM.</param>
public sealed record ReferenceState(double[] H, double[] C)
{
    /// <summary>The state before the first step where none is given: zeros.</summary>
    public static ReferenceState Zero(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return new(new double[cell.HiddenSize], cell is LstmCell ? new double[cell.HiddenSize] : []);
    }
}

/// <summary>Walks the reference equations of a cell through one sequence.</summary>
public static class ReferenceSequence
{
    /// <summary>One step of whichever cell it is.</summary>
    /// <param name="cell">Says which equations, and the names of its parameters; its own single-precision values are not read.</param>
    /// <param name="parameters">The values by parameter name.</param>
    /// <param name="x">x_t, (I).</param>
    /// <param name="state">The state of the step before.</param>
    /// <exception cref="ArgumentException">There are no reference equations of this cell.</exception>
    public static ReferenceState Step(Cell cell, IReadOnlyDictionary<string, double[]> parameters, double[] x, ReferenceState state)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(state);
        double[] U = parameters[cell.InputWeights.Name], W = parameters[cell.RecurrentWeights.Name], b = parameters[cell.Bias.Name];
        if (cell is LstmCell)
        {
            (double[] h, double[] c) = ReferenceLstm.Step(x, state.H, state.C, U, W, b);
            return new ReferenceState(h, c);
        }

        return new ReferenceState(
            cell switch
            {
                RnnCell rnn => ReferenceRnn.Step(x, state.H, U, W, b, rnn.Activation),
                GruCell { RecurrentBias: { } bq } => ReferenceGru.StepResetAfterProduct(x, state.H, U, W, b, parameters[bq.Name]),
                GruCell => ReferenceGru.StepResetBeforeProduct(x, state.H, U, W, b),
                _ => throw new ArgumentException($"There are no reference equations of {cell}.", nameof(cell)),
            },
            []);
    }

    /// <summary>All steps of one sequence.</summary>
    /// <param name="cell">Says which equations.</param>
    /// <param name="parameters">The values by parameter name.</param>
    /// <param name="xs">x_1 .. x_T, (I) each.</param>
    /// <param name="initial">The state before the first step.</param>
    /// <returns>h_1 .. h_T, and the state after the last step.</returns>
    public static (double[][] Outputs, ReferenceState Final) Run(
        Cell cell, IReadOnlyDictionary<string, double[]> parameters, IReadOnlyList<double[]> xs, ReferenceState initial)
    {
        ArgumentNullException.ThrowIfNull(xs);
        var outputs = new double[xs.Count][];
        ReferenceState state = initial;
        for (int t = 0; t < xs.Count; t++)
        {
            state = Step(cell, parameters, xs[t], state);
            outputs[t] = state.H;
        }

        return (outputs, state);
    }
}
