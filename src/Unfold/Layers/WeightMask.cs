using System.Numerics.Tensors;
using Unfold.Autograd;
using Unfold.Numerics;

namespace Unfold.Layers;

/// <summary>
/// Weights some of which are dropped during one operation: w m with m = 0 with probability p and else 1 / (1 - p). The gradient of w is m
/// times that of w m.
/// </summary>
/// <remarks>The operation packs the weights on its way forward and reads the packed ones on its way back, so they stand in their place for that long only.</remarks>
internal sealed class WeightMask
{
    private readonly Parameter _weights;
    private readonly Memory<float> _mask, _kept;

    public WeightMask(Tape tape, Parameter weights, double probability, SeededRandom random)
    {
        _weights = weights;
        _mask = tape.Scratch(weights.Shape.Length);
        _kept = tape.Scratch(weights.Shape.Length);
        Dropout.DrawMask(tape.Workers, _mask, weights.Shape.Rows, weights.Shape.Columns, probability, random.NextUInt64());
    }

    /// <summary>Runs the forward half with the masked weights, and puts the others back.</summary>
    public void Forward(Action operation)
    {
        _weights.Values.CopyTo(_kept.Span);
        Span<float> weights = _weights.Edit();
        TensorPrimitives.Multiply(weights, _mask.Span, weights);
        try
        {
            operation();
        }
        finally
        {
            _kept.Span.CopyTo(_weights.Edit());
        }
    }

    /// <summary>Runs the backward half, and masks what it adds to the gradient.</summary>
    public void Backward(Action operation)
    {
        Span<float> gradient = _weights.Gradient;
        gradient.CopyTo(_kept.Span);
        gradient.Clear();
        operation();
        TensorPrimitives.MultiplyAdd(gradient, _mask.Span, _kept.Span, gradient);
    }
}
