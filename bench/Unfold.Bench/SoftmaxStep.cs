using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Training;

namespace Unfold.Bench;

/// <summary>One training step of an output layer alone: gradients to zero, loss, backward to weights and input, plain descent.</summary>
internal sealed class SoftmaxStep
{
    public const int Width = 200, Rows = 400, Sampled = 1024;

    private const double LearningRate = 0.1;

    private readonly OutputLayer _layer;
    private readonly ParameterSet _parameters;
    private readonly int[] _targets;
    private readonly Tape _tape;
    private readonly Sgd _optimizer = new();

    public SoftmaxStep(SoftmaxKind kind, int classes, Workers workers)
    {
        var random = new SeededRandom(1);
        _layer = kind switch
        {
            SoftmaxKind.Adaptive => new AdaptiveSoftmaxOutput(Width, classes, random),
            SoftmaxKind.Sampled => new SampledSoftmaxOutput(Width, classes, Sampled, random),
            _ => new SoftmaxOutput(Width, classes, random),
        };
        var input = new Parameter("input", new Shape(Rows, Width));
        _parameters = new ParameterSet([input, .. _layer.Parameters]);
        Input = input;
        foreach (ref float value in input.Edit())
        {
            value = (float)((2 * random.NextDouble()) - 1);
        }

        var ranks = new ZipfRanks(classes);
        _targets = [.. Enumerable.Range(0, Rows).Select(_ => ranks.Draw(random))];
        _tape = new Tape(workers);
    }

    /// <summary>Weights and their gradients, in bytes.</summary>
    public long WeightBytes => 2L * sizeof(float) * (_parameters.ValueCount - Input.Shape.Length);

    /// <summary>What a step keeps beside them, in bytes, once <see cref="Start"/> has run.</summary>
    public long StepBytes { get; private set; }

    private Parameter Input { get; }

    /// <summary>Makes the first step, which takes the memory of all others.</summary>
    public void Start()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Run();
        StepBytes = GC.GetTotalMemory(forceFullCollection: true) - before;
    }

    public void Run()
    {
        Gradients(seed: (ulong)_optimizer.Steps);
        _optimizer.Step(_parameters, LearningRate, gradientScale: 1, _tape.Workers);
        _tape.Reset();
    }

    /// <summary>
    /// Compares the slope of the loss along its own gradient, from losses at four places of that line, with the norm of the gradient that
    /// backward found.
    /// </summary>
    /// <returns>The relative difference.</returns>
    public double Check()
    {
        Gradients(seed: 0);
        _tape.Reset();
        float[] values = _parameters.Values.ToArray(), gradient = _parameters.Gradients.ToArray();
        double norm = Math.Sqrt(gradient.Sum(value => (double)value * value)), step = 0.02 / norm;
        double At(double distance)
        {
            Span<float> moved = _parameters.Edit();
            for (int i = 0; i < moved.Length; i++)
            {
                moved[i] = (float)(values[i] + (distance / norm * gradient[i]));
            }

            double loss = _layer.Loss(_tape, Input, _targets, new SeededRandom(0)).Values[0];
            _tape.Reset();
            return loss;
        }

        double slope = ((8 * (At(step) - At(-step))) - (At(2 * step) - At(-2 * step))) / (12 * step);
        values.CopyTo(_parameters.Edit());
        return Math.Abs(slope - norm) / norm;
    }

    private void Gradients(ulong seed)
    {
        _parameters.ClearGradients();
        _tape.Backward(_layer.Loss(_tape, Input, _targets, new SeededRandom(seed)));
    }
}
