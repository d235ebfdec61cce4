using Unfold.Autograd;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Training;

namespace Unfold.Bench;

/// <summary>One training step of an encoder-decoder: gradients to zero, forward with the right symbols, loss, backward, Adam.</summary>
internal sealed class AttentionStep
{
    public const int Batch = 64, SourceSteps = 30, TargetSteps = 30, Width = 256;

    private const int Windows = 8;
    private const double LearningRate = 1e-3;

    private readonly EncoderDecoder _model;
    private readonly SequencePair[][] _batches;
    private readonly Tape _tape;
    private readonly Adam _optimizer = new();

    /// <summary>Makes a model with so many symbols on each side, those for the unknown and the target's end included.</summary>
    public AttentionStep(AttentionKind attention, int vocabulary, Workers workers, int batch = Batch)
    {
        string[] symbols = [.. Enumerable.Range(0, vocabulary - 2).Select(i => $"{i}")];
        var random = new SeededRandom(1);
        var settings = new EncoderDecoderSettings
        {
            Encoder = new SequenceEncoderSettings { Hidden = Width, Embedding = Width },
            Decoder = new SequenceEncoderSettings { Hidden = Width, Embedding = Width, Reading = Reading.Forward },
            Attention = attention,
        };
        _model = new EncoderDecoder(new SequenceSchema([new SymbolTable(symbols)], null), new SymbolTable(symbols), settings, random);

        var ranks = new ZipfRanks(symbols.Length);
        string[] Draw(int steps) => [.. Enumerable.Range(0, steps).Select(_ => symbols[ranks.Draw(random)])];
        _batches = [.. Enumerable.Range(0, Windows).Select(_ => Enumerable.Range(0, batch).Select(_ => new SequencePair(Draw(SourceSteps), Draw(TargetSteps - 1))).ToArray())];
        _tape = new Tape(workers);
    }

    public void Run()
    {
        Gradients();
        _optimizer.Step(_model.Parameters, LearningRate, gradientScale: 1, _tape.Workers);
        _tape.Reset();
    }

    /// <summary>
    /// Compares the slope of the loss along its own gradient, from losses at four places of that line, with the norm of the
    /// gradient that backward found.
    /// </summary>
    /// <returns>The relative difference.</returns>
    public double Check()
    {
        Gradients();
        _tape.Reset();
        float[] values = _model.Parameters.Values.ToArray(), gradient = _model.Parameters.Gradients.ToArray();
        double norm = Math.Sqrt(gradient.Sum(value => (double)value * value)), step = 0.02 / norm;
        double At(double distance)
        {
            Span<float> moved = _model.Parameters.Edit();
            for (int i = 0; i < moved.Length; i++)
            {
                moved[i] = (float)(values[i] + (distance / norm * gradient[i]));
            }

            double loss = _model.Loss(_tape, _batches[0]).Values[0];
            _tape.Reset();
            return loss;
        }

        double slope = ((8 * (At(step) - At(-step))) - (At(2 * step) - At(-2 * step))) / (12 * step);
        values.CopyTo(_model.Parameters.Edit());
        return Math.Abs(slope - norm) / norm;
    }

    private void Gradients()
    {
        _model.Parameters.ClearGradients();
        Tensor loss = _model.Loss(_tape, _batches[_optimizer.Steps % Windows]);
        _tape.Backward(loss);
    }
}
