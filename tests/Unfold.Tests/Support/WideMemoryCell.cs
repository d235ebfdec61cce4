using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Initialization;
using Unfold.Numerics;

namespace Unfold.Tests.Support;

/// <summary>A cell whose memory is wider than its output: c' = tanh(x U + c W), h' = c' V, for c of H + 2.</summary>
internal sealed class WideMemoryCell : ComposedCell
{
    private readonly Parameter _u, _w, _v;

    public WideMemoryCell(int input, int hidden, SeededRandom? random, string name)
        : base(name, input, hidden, hidden + 2)
    {
        (_u, _w, _v) = (new Parameter($"{name}.u", new Shape(input, MemorySize)), new Parameter($"{name}.w", new Shape(MemorySize, MemorySize)), new Parameter($"{name}.v", new Shape(MemorySize, hidden)));
        foreach (Parameter parameter in Parameters)
        {
            parameter.Initialize(Initializer.GlorotUniform, random);
        }
    }

    public override IReadOnlyList<Parameter> Parameters => [_u, _w, _v];

    public override RecurrentState Step(Tape tape, Tensor input, RecurrentState previous, SeededRandom? random)
    {
        Tensor sums = tape.Add(tape.MatrixProduct(input, _u), tape.MatrixProduct(((LstmState)previous).Cell, _w));
        Tensor memory = tape.Activate(sums, Activation.Tanh);
        return new LstmState(tape.MatrixProduct(memory, _v), memory);
    }
}
