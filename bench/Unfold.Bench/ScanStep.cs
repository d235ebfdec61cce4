using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Training;

namespace Unfold.Bench;

/// <summary>
/// A training step of one recurrent layer on long sequences: gradients to zero, forward, fixed slopes as the gradient of all
/// outputs, backward to the weights and to the input where it is dense, Adam.
/// </summary>
internal sealed class ScanStep
{
    private const double LearningRate = 1e-3;

    private readonly int _time, _batch;
    private readonly Tape _tape;
    private readonly Recurrent _layer;
    private readonly ParameterSet _parameters;
    private readonly Parameter? _input;
    private readonly int[] _tokens;
    private readonly float[] _slopes;
    private readonly Adam _optimizer = new();
    private Parameter[]? _inputs;

    public ScanStep(CellKind kind, LayerInput input, int time, int batch, int width, Workers workers)
    {
        int inputWidth = input == LayerInput.Dense ? width : Workload.Symbols;
        var random = new SeededRandom(1);
        (_time, _batch) = (time, batch);
        _tape = new Tape(workers);
        _layer = new Recurrent(Create(kind, inputWidth, width, random));
        _parameters = new ParameterSet(_layer.Parameters);
        _slopes = Random("slopes", new Shape(time, batch, width), random).Values.ToArray();
        _input = input == LayerInput.Dense ? Random("x", new Shape(time, batch, width), random) : null;
        _tokens = [.. Enumerable.Range(0, time * batch).Select(_ => random.NextInt32(Workload.Symbols))];
    }

    /// <summary>The whole sequence in one call of the layer.</summary>
    public void Run()
    {
        Gradients();
        Update();
    }

    /// <summary>One call of the layer for every time step, each from the state of the one before; on dense input.</summary>
    public void RunSteps()
    {
        _inputs ??= Inputs();
        _parameters.ClearGradients();
        RecurrentState? state = null;
        int rows = _slopes.Length / _time;
        for (int t = 0; t < _time; t++)
        {
            _inputs[t].Gradient.Clear();
            RecurrentOutput output = _layer.Forward(_tape, SequenceInput.Of(_inputs[t]), state);
            _slopes.AsSpan(t * rows, rows).CopyTo(output.Outputs.Gradient);
            state = output.Final;
        }

        _tape.Backward(_tape.Result(new Shape(1), needsGradient: true));
        Update();
    }

    /// <summary>
    /// Compares the outputs of the first sequence with the equations in double precision, and the slope of their sum, weighted
    /// by the slopes, along a random direction of all parameters with the gradient that backward found. The input must be dense.
    /// </summary>
    /// <returns>The largest difference of an output, and that of the slope in units of the gradient's norm.</returns>
    public (double Outputs, double Slope) Check()
    {
        int width = _layer.OutputSize, row = _batch * width;
        var cell = (FusedCell)_layer.Cell;
        double[][] xs = [.. Enumerable.Range(0, _time).Select(t => Widen(_input!.Values.Slice(t * row, width)))];
        for (int i = 0; i < _slopes.Length; i++)
        {
            _slopes[i] = i % row < width ? _slopes[i] : 0;
        }

        float[] outputs = Gradients().Values.ToArray();
        _tape.Reset();
        var random = new SeededRandom(2);
        Dictionary<string, int[]> signs = _parameters.ToDictionary(parameter => parameter.Name, parameter => Enumerable.Range(0, parameter.Shape.Length).Select(_ => (2 * random.NextInt32(2)) - 1).ToArray());
        double slope = _parameters.Sum(parameter => Widen(parameter.Gradient).Zip(signs[parameter.Name], (gradient, sign) => gradient * sign).Sum());
        double norm = Math.Sqrt(_parameters.Sum(parameter => Widen(parameter.Gradient).Sum(gradient => gradient * gradient)));
        double[][] At(double distance) => ReferenceSequence.Run(
            cell,
            _parameters.ToDictionary(parameter => parameter.Name, parameter => Widen(parameter.Values).Zip(signs[parameter.Name], (value, sign) => value + (distance * sign)).ToArray()),
            xs,
            ReferenceSequence.Zero(cell)).Outputs;
        double Loss(double distance) => At(distance).Select((h, t) => h.Select((value, j) => value * _slopes[(t * row) + j]).Sum()).Sum();
        double difference = At(0).SelectMany((h, t) => h.Select((value, j) => Math.Abs(value - outputs[(t * row) + j]))).Max();
        return (difference, Math.Abs(slope - ((Loss(1e-6) - Loss(-1e-6)) / 2e-6)) / norm);
    }

    private Tensor Gradients()
    {
        _parameters.ClearGradients();
        if (_input is not null)
        {
            _input.Gradient.Clear();
        }

        Tensor outputs = _layer.Forward(_tape, _input is null ? SequenceInput.Of(_tokens, _batch) : SequenceInput.Of(_input)).Outputs;
        _slopes.CopyTo(outputs.Gradient);
        _tape.Backward(_tape.Result(new Shape(1), needsGradient: true));
        return outputs;
    }

    private Parameter[] Inputs()
    {
        var inputs = new Parameter[_time];
        for (int t = 0; t < _time; t++)
        {
            inputs[t] = new Parameter($"x{t}", new Shape(1, _batch, _layer.InputSize));
            _input!.Values.Slice(t * _batch * _layer.InputSize, _batch * _layer.InputSize).CopyTo(inputs[t].Edit());
        }

        return inputs;
    }

    private void Update()
    {
        _optimizer.Step(_parameters, LearningRate, gradientScale: 1, _tape.Workers);
        _tape.Reset();
    }

    private static Parameter Random(string name, Shape shape, SeededRandom random)
    {
        var parameter = new Parameter(name, shape);
        foreach (ref float value in parameter.Edit())
        {
            value = (2 * random.NextSingle()) - 1;
        }

        return parameter;
    }

    private static Cell Create(CellKind kind, int input, int width, SeededRandom random) => kind switch
    {
        CellKind.MinGru => new MinGruCell(input, width, random),
        CellKind.MinLstm => new MinLstmCell(input, width, random),
        _ => new LstmCell(input, width, random),
    };

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
