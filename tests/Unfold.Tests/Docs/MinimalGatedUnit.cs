using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Initialization;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Tests.Docs;

/// <summary>The minimal gated unit (Zhou et al., 2016): f = sigmoid(x U_f + h W_f + b_f); n = tanh(x U_n + (f * h) W_n + b_n); h' = (1 - f) * h + f * n.</summary>
internal sealed class MinimalGatedUnit : ComposedCell
{
    private readonly Parameter _input, _gate, _candidate, _bias;

    public MinimalGatedUnit(int input, int hidden, SeededRandom? random, string name)
        : base(name, input, hidden)
    {
        _input = new Parameter($"{name}.input_weights", new Shape(input, 2 * hidden));
        _gate = new Parameter($"{name}.gate_weights", new Shape(hidden, hidden));
        _candidate = new Parameter($"{name}.candidate_weights", new Shape(hidden, hidden));
        _bias = new Parameter($"{name}.bias", new Shape(2 * hidden));
        _input.Initialize(Initializer.GlorotUniform, random);
        _gate.Initialize(Initializer.Orthogonal, random);
        _candidate.Initialize(Initializer.Orthogonal, random);
    }

    public override IReadOnlyList<Parameter> Parameters => [_input, _gate, _candidate, _bias];

    public override RecurrentState Step(Tape tape, Tensor input, RecurrentState previous, SeededRandom? random)
    {
        Tensor h = previous.Hidden, sums = tape.AddBias(tape.MatrixProduct(input, _input), _bias);
        Tensor f = tape.Activate(tape.Add(tape.Columns(sums, 0, HiddenSize), tape.MatrixProduct(h, _gate)), Activation.Sigmoid);
        Tensor n = tape.Activate(tape.Add(tape.Columns(sums, HiddenSize, HiddenSize), tape.MatrixProduct(tape.Multiply(f, h), _candidate)), Activation.Tanh);
        return new HiddenState(tape.Add(tape.Multiply(tape.OneMinus(f), h), tape.Multiply(f, n)));
    }
}
