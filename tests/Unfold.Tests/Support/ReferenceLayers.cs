using Unfold.Cells;
using Unfold.Layers;
using Unfold.Reference;

namespace Unfold.Tests.Support;

/// <summary>Layers in double precision, one sequence of its own length at a time: what padding, packing and threads must not change.</summary>
public static class ReferenceLayers
{
    /// <summary>The outputs, and the parts of the final state in the order of <see cref="SequenceState.Parts"/>.</summary>
    /// <param name="layer">Says which equations.</param>
    /// <param name="values">The parameters by name.</param>
    /// <param name="xs">The inputs of one sequence.</param>
    /// <param name="initial">The parts of the initial state; each is taken off the front when it is used.</param>
    public static (double[][] Outputs, List<double[]> Final) Run(
        SequenceLayer layer, IReadOnlyDictionary<string, double[]> values, double[][] xs, Queue<double[]> initial) => layer switch
        {
            Recurrent recurrent => Recurrent(recurrent, values, xs, initial),
            Bidirectional both => Bidirectional(both, values, xs, initial),
            StackedLayers stack => Stack(stack, values, xs, initial),
            _ => throw new ArgumentException($"There are no reference equations of {layer}."),
        };

    private static (double[][] Outputs, List<double[]> Final) Recurrent(
        Recurrent layer, IReadOnlyDictionary<string, double[]> values, double[][] xs, Queue<double[]> initial)
    {
        bool backward = layer.Direction == Direction.Backward;
        return Walk(layer.Cell, backward, values, xs, initial);
    }

    private static (double[][] Outputs, List<double[]> Final) Walk(
        Cell cell, bool backward, IReadOnlyDictionary<string, double[]> values, double[][] xs, Queue<double[]> initial)
    {
        FusedCell equations = cell as FusedCell ?? ((TwinCell)cell).Twin;
        var state = new ReferenceState(initial.Dequeue(), cell.MemorySize > 0 ? initial.Dequeue() : []);
        (double[][] outputs, ReferenceState final) = ReferenceSequence.Run(equations, values, backward ? [.. xs.Reverse()] : xs, state);
        return (backward ? [.. outputs.Reverse()] : outputs, cell.MemorySize > 0 ? [final.H, final.C] : [final.H]);
    }

    private static (double[][] Outputs, List<double[]> Final) Bidirectional(
        Bidirectional layer, IReadOnlyDictionary<string, double[]> values, double[][] xs, Queue<double[]> initial)
    {
        (double[][] forward, List<double[]> forwardFinal) = Walk(layer.ForwardCell, backward: false, values, xs, initial);
        (double[][] backward, List<double[]> backwardFinal) = Walk(layer.BackwardCell, backward: true, values, xs, initial);
        return ([.. forward.Zip(backward, (f, b) => Merged(layer.Merge, f, b))], [.. forwardFinal, .. backwardFinal]);
    }

    private static double[] Merged(Merge merge, double[] f, double[] b) => merge switch
    {
        Merge.Concatenate => [.. f, .. b],
        Merge.Sum => [.. f.Zip(b, (x, y) => x + y)],
        Merge.Average => [.. f.Zip(b, (x, y) => (x + y) / 2)],
        Merge.Multiply => [.. f.Zip(b, (x, y) => x * y)],
        _ => throw new ArgumentException($"There is no equation of {merge}."),
    };

    private static (double[][] Outputs, List<double[]> Final) Stack(
        StackedLayers stack, IReadOnlyDictionary<string, double[]> values, double[][] xs, Queue<double[]> initial)
    {
        var finals = new List<double[]>();
        for (int k = 0; k < stack.Layers.Count; k++)
        {
            (double[][] outputs, List<double[]> final) = Run(stack.Layers[k], values, xs, initial);
            finals.AddRange(final);
            bool residual = stack.Connection == StackConnection.Residual && k > 0 && outputs[0].Length == xs[0].Length;
            xs = residual ? [.. outputs.Zip(xs, (y, x) => y.Zip(x, (a, b) => a + b).ToArray())] : outputs;
        }

        return (xs, finals);
    }
}
