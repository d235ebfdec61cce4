using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Reference;
using Unfold.Training;

namespace Unfold.Bench;

/// <summary>
/// A training step of a layer on vectors: gradients to zero, forward, fixed slopes as the gradient of all outputs (zero past
/// a sequence's end), backward to the weights, Adam.
/// </summary>
internal sealed class LayerTraining
{
    private const double LearningRate = 1e-3;

    private readonly SequenceLayer _layer;
    private readonly int _time, _batch;
    private readonly int[]? _lengths, _ends;
    private readonly Tape _tape;
    private readonly ParameterSet _parameters;
    private readonly Tensor _input;
    private readonly float[] _slopes;
    private readonly Adam _optimizer = new();
    private readonly SeededRandom _dropout = new(3);

    /// <summary>Prepares a step.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="time">T.</param>
    /// <param name="batch">B.</param>
    /// <param name="lengths">The number of steps of each sequence, or null where all have T.</param>
    /// <param name="padding">Whether the layer is told of the lengths, or computes the padding too.</param>
    /// <param name="workers">The threads.</param>
    public LayerTraining(SequenceLayer layer, int time, int batch, int[]? lengths, Padding padding, Workers workers)
    {
        var random = new SeededRandom(1);
        (_layer, _time, _batch, _ends) = (layer, time, batch, lengths);
        _lengths = padding == Padding.LeftOut ? lengths : null;
        _tape = new Tape(workers);
        _parameters = new ParameterSet(layer.Parameters);
        _input = new Tensor(new Shape(time, batch, layer.InputSize), Draw(time * batch * layer.InputSize, random));
        _slopes = Draw(time * batch * layer.OutputSize, random);
        for (int row = 0; lengths is not null && row < time * batch; row++)
        {
            if (row / batch >= lengths[row % batch])
            {
                _slopes.AsSpan(row * layer.OutputSize, layer.OutputSize).Clear();
            }
        }
    }

    public void Run()
    {
        Gradients(_slopes, _dropout);
        _optimizer.Step(_parameters, LearningRate, gradientScale: 1, _tape.Workers);
        _tape.Reset();
    }

    /// <summary>
    /// Compares the slope of one sequence's part of the loss along a random direction of all parameters, without dropout, with the
    /// equations in double precision.
    /// </summary>
    /// <returns>The relative difference of that part of the loss, and that of the slope in units of the gradient's norm.</returns>
    public (double Loss, double Slope) Check(int sequence)
    {
        int width = _layer.OutputSize;
        var slopes = new float[_slopes.Length];
        double found = 0, size = 0;
        for (int t = 0; t < _time; t++)
        {
            int start = ((t * _batch) + sequence) * width;
            _slopes.AsSpan(start, width).CopyTo(slopes.AsSpan(start));
        }

        ReadOnlySpan<float> outputs = Gradients(slopes, dropout: null).Values;
        for (int i = 0; i < slopes.Length; i++)
        {
            found += (double)slopes[i] * outputs[i];
            size += Math.Abs((double)slopes[i] * outputs[i]);
        }

        _tape.Reset();
        var random = new SeededRandom(2);
        Dictionary<string, int[]> signs = _parameters.ToDictionary(parameter => parameter.Name, parameter => Enumerable.Range(0, parameter.Shape.Length).Select(_ => (2 * random.NextInt32(2)) - 1).ToArray());
        double slope = _parameters.Sum(parameter => Widen(parameter.Gradient).Zip(signs[parameter.Name], (gradient, sign) => gradient * sign).Sum());
        double norm = Math.Sqrt(_parameters.Sum(parameter => Widen(parameter.Gradient).Sum(gradient => gradient * gradient)));
        int length = _ends?[sequence] ?? _time;
        double[][] xs = [.. Enumerable.Range(0, length).Select(t => Widen(_input.Values.Slice(((t * _batch) + sequence) * _layer.InputSize, _layer.InputSize)))];
        double At(double distance)
        {
            var values = _parameters.ToDictionary(parameter => parameter.Name, parameter => Widen(parameter.Values).Zip(signs[parameter.Name], (value, sign) => value + (distance * sign)).ToArray());
            return Outputs(_layer, values, xs).Select((y, t) => y.Select((value, j) => value * slopes[(((t * _batch) + sequence) * width) + j]).Sum()).Sum();
        }

        return (Math.Abs(At(0) - found) / size, Math.Abs(slope - ((At(1e-6) - At(-1e-6)) / 2e-6)) / norm);
    }

    /// <summary>The outputs for one sequence by the equations, the layers one after the other.</summary>
    private static double[][] Outputs(SequenceLayer layer, IReadOnlyDictionary<string, double[]> values, double[][] xs)
    {
        switch (layer)
        {
            case Recurrent recurrent:
                return Walk(recurrent.Cell, values, xs);
            case Bidirectional both:
                double[][] forward = Walk(both.ForwardCell, values, xs);
                double[][] backward = Walk(both.BackwardCell, values, [.. xs.Reverse()]);
                return [.. forward.Select((h, t) => (double[])[.. h, .. backward[xs.Length - 1 - t]])];
            case StackedLayers stack:
                double[][] y = xs;
                for (int k = 0; k < stack.Layers.Count; k++)
                {
                    double[][] above = Outputs(stack.Layers[k], values, y);
                    y = k > 0 && stack.Connection == StackConnection.Residual ? [.. above.Zip(y, (h, x) => h.Zip(x, (one, other) => one + other).ToArray())] : above;
                }

                return y;
            default:
                throw new ArgumentException($"There are no equations for {layer}.", nameof(layer));
        }
    }

    private static double[][] Walk(Cell cell, IReadOnlyDictionary<string, double[]> values, double[][] xs)
    {
        ReferenceState zero = ReferenceSequence.Zero(cell);
        return ReferenceSequence.Run((FusedCell)cell, values, xs, zero).Outputs;
    }

    private Tensor Gradients(float[] slopes, SeededRandom? dropout)
    {
        _parameters.ClearGradients();
        Tensor outputs = _layer.Forward(_tape, SequenceInput.Of(_input), initial: null, _lengths, dropout).Outputs;
        slopes.CopyTo(outputs.Gradient);
        _tape.Backward(_tape.Result(new Shape(1), needsGradient: true));
        return outputs;
    }

    private static float[] Draw(int count, SeededRandom random) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];

    private static double[] Widen(ReadOnlySpan<float> values)
    {
        var wide = new double[values.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = values[i];
        }

        return wide;
    }
}

/// <summary>What becomes of the steps past a sequence's end.</summary>
internal enum Padding
{
    /// <summary>They are not computed.</summary>
    LeftOut,

    /// <summary>They are computed like all others.</summary>
    Computed,
}
