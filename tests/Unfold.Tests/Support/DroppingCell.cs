using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Initialization;
using Unfold.Layers;
using Unfold.Numerics;

namespace Unfold.Tests.Support;

/// <summary>A cell that drops within its step: h' = tanh(x U + (m * h) W), where m is drawn anew at each step of training, 0 or 1 / (1 - p).</summary>
internal sealed class DroppingCell : ComposedCell
{
    public const double Probability = 0.4;

    public DroppingCell(int input, int hidden, SeededRandom? random, string name)
        : base(name, input, hidden)
    {
        (U, W) = (new Parameter($"{name}.u", new Shape(input, hidden)), new Parameter($"{name}.w", new Shape(hidden, hidden)));
        U.Initialize(Initializer.GlorotUniform, random);
        W.Initialize(Initializer.Orthogonal, random);
    }

    public Parameter U { get; }

    public Parameter W { get; }

    public override IReadOnlyList<Parameter> Parameters => [U, W];

    public override RecurrentState Step(Tape tape, Tensor input, RecurrentState previous, SeededRandom? random)
    {
        Tensor h = random is null ? previous.Hidden : Dropout.Forward(tape, previous.Hidden, Probability, random);
        return new HiddenState(tape.Activate(tape.Add(tape.MatrixProduct(input, U), tape.MatrixProduct(h, W)), Activation.Tanh));
    }
}
