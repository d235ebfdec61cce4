using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Numerics;

namespace Unfold.Tests.Support;

/// <summary>An <see cref="RnnCell"/> with tanh as somebody would write it from small operations, with the other's weights.</summary>
public sealed class ComposedTanhCell : ComposedCell
{
    private readonly Parameter _u, _w, _b;

    public ComposedTanhCell(RnnCell like, string name)
        : base(name, like.InputSize, like.HiddenSize)
    {
        (_u, _w, _b) = (Like(like.InputWeights, "u"), Like(like.RecurrentWeights!, "w"), Like(like.Bias, "b"));
        Parameter Like(Parameter of, string letter)
        {
            var parameter = new Parameter($"{name}.{letter}", of.Shape);
            of.Values.CopyTo(parameter.Edit());
            return parameter;
        }
    }

    public override IReadOnlyList<Parameter> Parameters => [_u, _w, _b];

    public override RecurrentState Step(Tape tape, Tensor input, RecurrentState previous, SeededRandom? random) => new HiddenState(
        tape.Activate(tape.AddBias(tape.Add(tape.MatrixProduct(input, _u), tape.MatrixProduct(previous.Hidden, _w)), _b), Activation.Tanh));
}
