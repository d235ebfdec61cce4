using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Numerics;

namespace Unfold.Tests.Support;

/// <summary>A composed cell whose equations are those of a fused one with the same parameters, so that one can be held against the other.</summary>
public abstract class TwinCell : ComposedCell
{
    private protected TwinCell(FusedCell twin)
        : base(twin.Name, twin.InputSize, twin.HiddenSize, twin.MemorySize) => Twin = twin;

    /// <summary>The fused cell; its parameters are this cell's too.</summary>
    public FusedCell Twin { get; }

    public override IReadOnlyList<Parameter> Parameters => Twin.Parameters;

    private protected Tensor Sums(Tape tape, Tensor x, Tensor h) => tape.AddBias(
        tape.Add(tape.MatrixProduct(x, Twin.InputWeights), tape.MatrixProduct(h, Twin.RecurrentWeights!)),
        Twin.Bias);
}

/// <summary>The simple recurrent network from small operations.</summary>
public sealed class ComposedRnn(int input, int hidden, SeededRandom random, string name)
    : TwinCell(new RnnCell(input, hidden, random, name: name))
{
    public override RecurrentState Step(Tape tape, Tensor input, RecurrentState previous, SeededRandom? random) =>
        new HiddenState(tape.Activate(Sums(tape, input, previous.Hidden), Activation.Tanh));
}

/// <summary>The LSTM from small operations: a cell with a memory beside its output.</summary>
public sealed class ComposedLstm(int input, int hidden, SeededRandom random, string name)
    : TwinCell(new LstmCell(input, hidden, random, name: name))
{
    public override RecurrentState Step(Tape tape, Tensor input, RecurrentState previous, SeededRandom? random)
    {
        Tensor sums = Sums(tape, input, previous.Hidden);
        Tensor Gate(int k, Activation activation) => tape.Activate(tape.Columns(sums, k * HiddenSize, HiddenSize), activation);
        Tensor kept = tape.Multiply(Gate(1, Activation.Sigmoid), ((LstmState)previous).Cell);
        Tensor c = tape.Add(kept, tape.Multiply(Gate(0, Activation.Sigmoid), Gate(2, Activation.Tanh)));
        return new LstmState(tape.Multiply(Gate(3, Activation.Sigmoid), tape.Activate(c, Activation.Tanh)), c);
    }
}
