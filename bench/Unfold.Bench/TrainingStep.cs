using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Training;

namespace Unfold.Bench;

/// <summary>One whole training step of a workload: gradients to zero, forward, loss, backward, Adam.</summary>
internal sealed class TrainingStep
{
    private const int Windows = 8;
    private const double LearningRate = 1e-3;

    private readonly Workload _workload;
    private readonly Tape _tape;
    private readonly StackState? _carried;
    private readonly int[][] _inputs, _targets;
    private readonly Adam _optimizer = new();
    private readonly SeededRandom? _chance;

    public TrainingStep(Workload workload, Workers workers, ulong seed = 1)
    {
        var random = new SeededRandom(seed);
        _workload = workload;
        _tape = new Tape(workers);
        Model = workload.CreateModel(random);
        _carried = workload.Loss == LossOver.All ? Model.ZeroState(workload.Batch) : null;
        _inputs = [.. Enumerable.Range(0, Windows).Select(_ => Draw(random))];
        _targets = [.. Enumerable.Range(0, Windows).Select(_ => Draw(random))];
        _chance = workload.Settings.Lstm.UsesChance ? random.Split() : null;
    }

    public LanguageModel Model { get; }

    /// <summary>Makes one step on the next window and returns its loss.</summary>
    public float Run()
    {
        int window = (int)(_optimizer.Steps % Windows);
        (Tensor loss, StackState final) = Gradients(_inputs[window], _targets[window], _carried, _chance);
        float value = loss.Values[0];
        _optimizer.Step(Model.Parameters, LearningRate, gradientScale: 1, _tape.Workers);
        if (_carried is not null)
        {
            Carry(final, _carried);
        }

        _tape.Reset();
        return value;
    }

    /// <summary>
    /// Compares the loss of one batch, and the slope of the loss along a random direction of all parameters, with the
    /// equations in double precision. Only some rows of the batch count, so that the naive side takes no minutes.
    /// </summary>
    /// <returns>The relative difference of the loss, and that of the slope in units of the gradient's norm.</returns>
    public (double Loss, double Slope) Check(int rows)
    {
        int[] inputs = _inputs[0];
        int[] targets = [.. _targets[0].Select((target, i) => i % _workload.Batch < rows ? target : -1)];
        (Tensor loss, _) = Gradients(inputs, targets, state: null, chance: null);
        double found = loss.Values[0];
        var random = new SeededRandom(2);
        var naive = new NaiveLanguageModel(Model);
        Dictionary<string, float[]> direction = [];
        double slope = 0, squares = 0;
        foreach (Parameter parameter in Model.Parameters)
        {
            ReadOnlySpan<float> gradient = parameter.Gradient;
            float[] signs = new float[gradient.Length];
            direction.Add(parameter.Name, signs);
            for (int i = 0; i < signs.Length; i++)
            {
                signs[i] = random.NextInt32(2) == 0 ? -1 : 1;
                slope += (double)signs[i] * gradient[i];
                squares += (double)gradient[i] * gradient[i];
            }
        }

        _tape.Reset();
        double At(double distance) => naive.Moved(direction, distance).Loss(inputs, targets, _workload.Batch, rows, _workload.Loss);
        double expected = At(0);
        double expectedSlope = (At(1e-6) - At(-1e-6)) / 2e-6;
        return (Math.Abs(found - expected) / expected, Math.Abs(slope - expectedSlope) / Math.Sqrt(squares));
    }

    /// <summary>The relative difference of one batch's loss and that of the reference equations, no chance in it; only some rows count.</summary>
    public double CheckLoss(int rows)
    {
        int[] targets = [.. _targets[0].Select((target, i) => i % _workload.Batch < rows ? target : -1)];
        double found = Model.Loss(_tape, _inputs[0], targets, _workload.Batch, over: _workload.Loss).Loss.Values[0];
        _tape.Reset();
        int last = _workload.Tokens - _workload.Batch;
        int[] counted = [.. targets.Select((target, i) => _workload.Loss == LossOver.Last && i < last ? -1 : target)];
        int[] Rows(int[] all) => [.. all.Where((_, i) => i % _workload.Batch < rows)];
        Dictionary<string, double[]> values = Model.Parameters.ToDictionary(parameter => parameter.Name, parameter => Array.ConvertAll(parameter.Values.ToArray(), value => (double)value));
        double expected = new ReferenceLanguageModel(Model).Loss(values, Rows(_inputs[0]), Rows(counted), rows);
        return Math.Abs(found - expected) / expected;
    }

    private (Tensor Loss, StackState Final) Gradients(int[] inputs, int[] targets, StackState? state, SeededRandom? chance)
    {
        Model.Parameters.ClearGradients();
        (Tensor loss, StackState final) = Model.Loss(_tape, inputs, targets, _workload.Batch, state, _workload.Loss, chance);
        _tape.Backward(loss);
        return (loss, final);
    }

    private int[] Draw(SeededRandom random) =>
        [.. Enumerable.Range(0, _workload.Tokens).Select(_ => random.NextInt32(_workload.Vocabulary))];

    private static void Carry(StackState from, StackState to)
    {
        for (int part = 0; part < to.Parts.Count; part++)
        {
            from.Parts[part].Values.Values.CopyTo(to.Parts[part].Values.Edit());
        }
    }
}
