using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Bench;

/// <summary>What goes into the first recurrent layer when the layers are timed alone.</summary>
internal enum LayerInput
{
    /// <summary>Tokens, as the language model feeds them.</summary>
    Tokens,

    /// <summary>Dense numbers into which a gradient flows: what oneDNN's primitive is given.</summary>
    Dense,
}

/// <summary>
/// The recurrent layers of a workload alone, as oneDNN computes them: weights packed anew, forward, backward with the
/// gradients of weights and biases; no output layer, no optimizer.
/// </summary>
internal sealed class LayerStep
{
    private readonly Recurrent[] _layers;
    private readonly ParameterSet _parameters;
    private readonly Tape _tape;
    private readonly SequenceInput _input;
    private readonly float[] _slopes;
    private readonly LossOver _loss;

    public LayerStep(Workload workload, LayerInput input, Workers workers)
    {
        var random = new SeededRandom(1);
        int width = InputWidth(workload);
        _loss = workload.Loss;
        _tape = new Tape(workers);
        _layers = new Recurrent[workload.Settings.Layers];
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            _layers[layer] = new Recurrent(CreateCell(workload.Settings, layer == 0 ? width : workload.Hidden, random, $"layers.{layer}"));
        }

        _parameters = new ParameterSet(_layers.SelectMany(layer => layer.Cell.Parameters));
        int[] tokens = [.. Enumerable.Range(0, workload.Tokens).Select(_ => random.NextInt32(width))];
        _input = input == LayerInput.Tokens ? SequenceInput.Of(tokens, workload.Batch) : SequenceInput.Of(OneHot(tokens, workload, width));
        int rows = _loss == LossOver.All ? workload.Tokens : workload.Batch;
        _slopes = [.. Enumerable.Range(0, rows * workload.Hidden).Select(_ => (2 * random.NextSingle()) - 1)];
    }

    /// <summary>The input width that the peer's shape has: the stack of two is fed with vectors as wide as itself.</summary>
    public static int InputWidth(Workload workload) => workload.Settings.Layers > 1 ? workload.Hidden : workload.Vocabulary;

    public void Run()
    {
        // An optimizer has written the weights since the last step: what was packed from them is out of date.
        _parameters.Edit();
        _parameters.ClearGradients();
        SequenceInput input = _input;
        RecurrentOutput output = null!;
        foreach (Recurrent layer in _layers)
        {
            output = layer.Forward(_tape, input);
            input = SequenceInput.Of(output.Outputs);
        }

        Tensor start = _tape.Result(new Shape(1), needsGradient: true);
        _slopes.CopyTo(_loss == LossOver.All ? output.Outputs.Gradient : output.Final.Hidden.Gradient);
        _tape.Backward(start);
        _tape.Reset();
    }

    /// <summary>One-hot rows as dense numbers. It is a parameter of no set because a gradient flows into that.</summary>
    private static Parameter OneHot(int[] tokens, Workload workload, int width)
    {
        var rows = new Parameter("input", new Shape(workload.Steps, workload.Batch, width));
        Span<float> values = rows.Edit();
        for (int row = 0; row < tokens.Length; row++)
        {
            values[(row * width) + tokens[row]] = 1;
        }

        return rows;
    }

    private static Cell CreateCell(LanguageModelSettings settings, int input, SeededRandom random, string name) => settings.Cell switch
    {
        CellKind.Rnn => new RnnCell(input, settings.Hidden[0], random, settings.Activation, name),
        CellKind.Gru => new GruCell(input, settings.Hidden[0], random, name: name),
        _ => new LstmCell(input, settings.Hidden[0], random, name: name),
    };
}
