using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;

namespace Unfold.Tests.Support;

/// <summary>What a batch for a <see cref="LayerGraph"/> looks like.</summary>
/// <param name="Time">T.</param>
/// <param name="Batch">B.</param>
/// <param name="Lengths">Whether the sequences have lengths of their own.</param>
/// <param name="Tokens">Whether the input is tokens, not vectors.</param>
public sealed record LayerBatch(int Time, int Batch, bool Lengths = false, bool Tokens = false);

/// <summary>
/// A layer with random weights over a random batch, whose outputs and final states are projected on fixed random numbers: the same
/// loss once through the library and once through the reference equations in double precision.
/// </summary>
public sealed class LayerGraph
{
    private readonly LayerBatch _shape;
    private readonly int[]? _lengths;
    private readonly int[] _tokens = [];
    private readonly Parameter? _x;
    private readonly List<Parameter> _initial = [];
    private readonly float[] _outputs;
    private readonly List<float[]> _finals = [];

    public LayerGraph(SequenceLayer layer, LayerBatch shape, ulong seed)
    {
        var random = new SeededRandom(seed);
        (Layer, _shape) = (layer, shape);
        (int time, int batch) = (shape.Time, shape.Batch);
        _lengths = shape.Lengths ? [.. Enumerable.Range(0, batch).Select(_ => 1 + random.NextInt32(time))] : null;
        if (shape.Tokens)
        {
            // Some are negative, which stands for zeros.
            _tokens = [.. Enumerable.Range(0, time * batch).Select(_ => random.NextInt32(layer.InputSize + 1) - 1)];
        }
        else
        {
            _x = Drawn("x", new Shape(time, batch, layer.InputSize), random);
        }

        foreach (Parameter parameter in layer.Parameters)
        {
            Fill(parameter, random);
        }

        foreach ((string name, Tensor zeros) in layer.ZeroState(batch).Parts)
        {
            _initial.Add(Drawn($"initial.{name}", zeros.Shape, random));
            _finals.Add(Draw.Uniform(random, zeros.Shape.Length, -1, 1));
        }

        _outputs = Draw.Uniform(random, time * batch * layer.OutputSize, -1, 1);
    }

    public SequenceLayer Layer { get; }

    /// <summary>Everything that a gradient flows into: x where it is vectors, the weights, the initial state.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. _x is null ? Array.Empty<Parameter>() : [_x], .. Layer.Parameters, .. _initial];

    /// <summary>Writes over what stands past the ends of the sequences, and must not be read: a value, or a token out of range.</summary>
    public void FillPadding(float value)
    {
        for (int place = 0; place < _shape.Time * _shape.Batch; place++)
        {
            if (place / _shape.Batch < _lengths![place % _shape.Batch])
            {
                continue;
            }

            if (_x is null)
            {
                _tokens[place] = int.MaxValue;
            }
            else
            {
                _x.Edit().Slice(place * Layer.InputSize, Layer.InputSize).Fill(value);
            }
        }
    }

    public SequenceOutput Forward(Tape tape) =>
        Layer.Forward(tape, _x is null ? SequenceInput.Of(_tokens, _shape.Batch) : SequenceInput.Of(_x), State(Layer, new Queue<Parameter>(_initial)), _lengths);

    public Tensor Loss(Tape tape) => Loss(tape, Forward(tape));

    public double Reference(IReadOnlyDictionary<string, double[]> values)
    {
        double loss = 0;
        for (int b = 0; b < _shape.Batch; b++)
        {
            (double[][] outputs, List<double[]> final) = Sequence(values, b);
            loss += outputs.Select((y, t) => Dot(y, _outputs, (t * _shape.Batch) + b)).Sum() + final.Select((part, k) => Dot(part, _finals[k], b)).Sum();
        }

        return loss;
    }

    /// <summary>The outputs in double precision, (T, B, F), zero past the end of a sequence, with the parts of the final state after them.</summary>
    public double[] ReferenceResults()
    {
        Dictionary<string, double[]> values = Parameters.ToDictionary(parameter => parameter.Name, parameter => Naive.Widen(parameter.Values));
        (int time, int batch, int width) = (_shape.Time, _shape.Batch, Layer.OutputSize);
        var all = new double[time * batch * width];
        List<double[]> finals = [.. _finals.Select(part => new double[part.Length])];
        for (int b = 0; b < batch; b++)
        {
            (double[][] outputs, List<double[]> final) = Sequence(values, b);
            for (int t = 0; t < outputs.Length; t++)
            {
                outputs[t].CopyTo(all, ((t * batch) + b) * width);
            }

            for (int k = 0; k < finals.Count; k++)
            {
                final[k].CopyTo(finals[k], b * final[k].Length);
            }
        }

        return [.. all, .. finals.SelectMany(part => part)];
    }

    /// <summary>Outputs and parts of the final state, with all gradients after them.</summary>
    public (float[] Results, float[] Gradients) Run(Workers workers)
    {
        foreach (Parameter parameter in Parameters)
        {
            parameter.Gradient.Clear();
        }

        var tape = new Tape(workers);
        SequenceOutput output = Forward(tape);
        float[] results = [.. output.Outputs.Values, .. output.Final.Parts.SelectMany(part => part.Values.Values.ToArray())];
        tape.Backward(Loss(tape, output));
        return (results, [.. Parameters.SelectMany(parameter => parameter.Gradient.ToArray())]);
    }

    private (double[][] Outputs, List<double[]> Final) Sequence(IReadOnlyDictionary<string, double[]> values, int b)
    {
        int width = Layer.InputSize;
        double[] Input(int t)
        {
            int place = (t * _shape.Batch) + b;
            if (_x is not null)
            {
                return values["x"][(place * width)..((place + 1) * width)];
            }

            var oneHot = new double[width];
            if (_tokens[place] >= 0)
            {
                oneHot[_tokens[place]] = 1;
            }

            return oneHot;
        }

        double[][] xs = [.. Enumerable.Range(0, _lengths?[b] ?? _shape.Time).Select(Input)];
        var initial = new Queue<double[]>(_initial.Select(part => values[part.Name][(b * part.Shape.Columns)..((b + 1) * part.Shape.Columns)]));
        return ReferenceLayers.Run(Layer, values, xs, initial);
    }

    private Tensor Loss(Tape tape, SequenceOutput output)
    {
        Tensor loss = Projected(tape, output.Outputs, _outputs);
        foreach (((_, Tensor part), float[] projection) in output.Final.Parts.Zip(_finals))
        {
            loss = tape.Add(loss, Projected(tape, part, projection));
        }

        return loss;
    }

    private static SequenceState State(SequenceLayer layer, Queue<Parameter> parts) => layer switch
    {
        Bidirectional both => new BidirectionalState(State(both.ForwardCell, parts), State(both.BackwardCell, parts)),
        StackedLayers stack => new StackState([.. stack.Layers.Select(one => State(one, parts))]),
        _ => State(((Recurrent)layer).Cell, parts),
    };

    private static RecurrentState State(Cell cell, Queue<Parameter> parts)
    {
        Parameter hidden = parts.Dequeue();
        return cell.MemorySize == 0 ? new HiddenState(hidden) : new LstmState(hidden, parts.Dequeue());
    }

    private static Parameter Drawn(string name, Shape shape, SeededRandom random)
    {
        var parameter = new Parameter(name, shape);
        Fill(parameter, random);
        return parameter;
    }

    private static void Fill(Parameter parameter, SeededRandom random) =>
        Draw.Uniform(random, parameter.Shape.Length, -0.7, 0.7).CopyTo(parameter.Edit());

    private static Tensor Projected(Tape tape, Tensor tensor, float[] projection) =>
        tape.Sum(tape.Multiply(tensor, new Tensor(tensor.Shape, projection)));

    private static double Dot(double[] values, float[] projection, int row) =>
        values.Select((value, j) => value * projection[(row * values.Length) + j]).Sum();
}
