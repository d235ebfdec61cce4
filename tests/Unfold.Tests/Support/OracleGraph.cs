using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Reference;

namespace Unfold.Tests.Support;

/// <summary>
/// One to two recurrent layers whose outputs and final states are projected on fixed random numbers: the same loss once
/// through the library and once through the reference equations in double precision.
/// </summary>
public sealed class OracleGraph
{
    private readonly int _time, _batch, _hidden;
    private readonly int[]? _lengths;
    private readonly List<FusedCell> _cells = [];
    private readonly List<Recurrent> _layers = [];
    private readonly List<(Parameter H, Parameter? C)> _initial = [];
    private readonly float[] _outputs;
    private readonly List<(float[] H, float[] C)> _finals = [];
    private readonly Parameter _x;

    public OracleGraph(string cell, int layers, int time, int batch, int input, int hidden, bool lengths, bool initialState, ulong seed)
    {
        var random = new SeededRandom(seed);
        (_time, _batch, _hidden) = (time, batch, hidden);
        _lengths = lengths ? [.. Enumerable.Range(0, batch).Select(row => 1 + ((time - 1 + (2 * row)) % time))] : null;
        _x = Drawn("x", new Shape(time, batch, input), random);
        Parameters.Add(_x);
        for (int k = 0; k < layers; k++)
        {
            FusedCell made = GoldenCells.Create(cell, k == 0 ? input : hidden, hidden, random, $"layer{k}");
            foreach (Parameter parameter in made.Parameters)
            {
                Fill(parameter, random);
                Parameters.Add(parameter);
            }

            _cells.Add(made);
            _layers.Add(new Recurrent(made));
            _finals.Add((Draw.Uniform(random, batch * hidden, -1, 1), Draw.Uniform(random, batch * hidden, -1, 1)));
            if (initialState)
            {
                Parameter h = Drawn($"h{k}", new Shape(batch, hidden), random);
                Parameter? c = made is LstmCell ? Drawn($"c{k}", new Shape(batch, hidden), random) : null;
                _initial.Add((h, c));
                Parameters.Add(h);
                Parameters.AddRange(c is null ? [] : [c]);
            }
        }

        _outputs = Draw.Uniform(random, time * batch * hidden, -1, 1);
    }

    /// <summary>Everything that a gradient flows into: x, the weights, the initial states.</summary>
    public List<Parameter> Parameters { get; } = [];

    public Tensor Loss(Tape tape)
    {
        Tensor rows = _x;
        Tensor? loss = null;
        for (int k = 0; k < _layers.Count; k++)
        {
            RecurrentState? state = _initial.Count == 0 ? null : GoldenCells.State(_cells[k], _initial[k].H, _initial[k].C);
            RecurrentOutput output = _layers[k].Forward(tape, SequenceInput.Of(rows), state, _lengths);
            rows = output.Outputs;
            Tensor term = Projected(tape, output.Final.Hidden, _finals[k].H);
            loss = loss is null ? term : tape.Add(loss, term);
            if (output.Final is LstmState lstm)
            {
                loss = tape.Add(loss, Projected(tape, lstm.Cell, _finals[k].C));
            }
        }

        return tape.Add(loss!, Projected(tape, rows, _outputs));
    }

    public double Reference(IReadOnlyDictionary<string, double[]> values)
    {
        double loss = 0;
        int input = _x.Shape.Columns;
        for (int b = 0; b < _batch; b++)
        {
            int row = b;
            double[][] rows = [.. Enumerable.Range(0, _lengths?[b] ?? _time).Select(t => Row(values["x"], (t * _batch) + row, input))];
            for (int k = 0; k < _cells.Count; k++)
            {
                ReferenceState state = _initial.Count == 0
                    ? ReferenceSequence.Zero(_cells[k])
                    : new ReferenceState(Row(values[$"h{k}"], b, _hidden), _cells[k] is LstmCell ? Row(values[$"c{k}"], b, _hidden) : []);
                (rows, ReferenceState final) = ReferenceSequence.Run(_cells[k], values, rows, state);
                loss += Dot(final.H, _finals[k].H, b * _hidden) + Dot(final.C, _finals[k].C, b * _hidden);
            }

            for (int t = 0; t < rows.Length; t++)
            {
                loss += Dot(rows[t], _outputs, ((t * _batch) + b) * _hidden);
            }
        }

        return loss;
    }

    private static Parameter Drawn(string name, Shape shape, SeededRandom random)
    {
        var parameter = new Parameter(name, shape);
        Fill(parameter, random);
        return parameter;
    }

    /// <summary>Larger than an initialiser would draw, so that the gates are far from linear.</summary>
    private static void Fill(Parameter parameter, SeededRandom random) =>
        Draw.Uniform(random, parameter.Shape.Length, -0.7, 0.7).CopyTo(parameter.Edit());

    private static Tensor Projected(Tape tape, Tensor tensor, float[] projection) =>
        tape.Sum(tape.Multiply(tensor, new Tensor(tensor.Shape, projection)));

    private static double[] Row(double[] values, int row, int width) => values[(row * width)..((row + 1) * width)];

    private static double Dot(double[] values, float[] projection, int start)
    {
        double sum = 0;
        for (int j = 0; j < values.Length; j++)
        {
            sum += values[j] * projection[start + j];
        }

        return sum;
    }
}
