using System.Numerics.Tensors;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Autograd.Operations;

/// <summary>Operations that treat each value for itself: forward and backward side by side.</summary>
public static class ElementwiseOperations
{
    /// <summary>a + b.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Add(this Tape tape, Tensor left, Tensor right)
    {
        Tensor result = Result(tape, left, right, nameof(Add));
        TensorPrimitives.Add(left.Values, right.Values, result.Edit());
        tape.OnBackward(result, () =>
        {
            AddTo(left, result.Gradient);
            AddTo(right, result.Gradient);
        });
        return result;
    }

    /// <summary>a - b.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Subtract(this Tape tape, Tensor left, Tensor right)
    {
        Tensor result = Result(tape, left, right, nameof(Subtract));
        TensorPrimitives.Subtract(left.Values, right.Values, result.Edit());
        tape.OnBackward(result, () =>
        {
            AddTo(left, result.Gradient);
            if (right.NeedsGradient)
            {
                TensorPrimitives.Subtract(right.Gradient, result.Gradient, right.Gradient);
            }
        });
        return result;
    }

    /// <summary>a * b, value by value.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Multiply(this Tape tape, Tensor left, Tensor right)
    {
        Tensor result = Result(tape, left, right, nameof(Multiply));
        TensorPrimitives.Multiply(left.Values, right.Values, result.Edit());
        tape.OnBackward(result, () =>
        {
            if (left.NeedsGradient)
            {
                TensorPrimitives.MultiplyAdd(result.Gradient, right.Values, left.Gradient, left.Gradient);
            }

            if (right.NeedsGradient)
            {
                TensorPrimitives.MultiplyAdd(result.Gradient, left.Values, right.Gradient, right.Gradient);
            }
        });
        return result;
    }

    /// <summary>factor * a.</summary>
    public static Tensor Scale(this Tape tape, Tensor input, float factor)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        Tensor result = tape.Result(input.Shape, tape.NeedsGradient(input));
        TensorPrimitives.Multiply(input.Values, factor, result.Edit());
        tape.OnBackward(result, () => TensorPrimitives.MultiplyAdd(result.Gradient, factor, input.Gradient, input.Gradient));
        return result;
    }

    /// <summary>f(a); the derivative comes from the value, as <see cref="Activation"/> lists it.</summary>
    public static Tensor Activate(this Tape tape, Tensor input, Activation activation)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        Tensor result = tape.Result(input.Shape, tape.NeedsGradient(input));
        ActivationKernels.Forward(activation, input.Values, result.Edit());
        tape.OnBackward(result, () =>
        {
            Span<float> gradient = tape.Scratch(input.Shape.Length).Span;
            ActivationKernels.Backward(activation, result.Values, result.Gradient, gradient);
            RowKernels.Add(gradient, input.Gradient);
        });
        return result;
    }

    private static Tensor Result(Tape tape, Tensor left, Tensor right, string operation)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return left.Shape == right.Shape
            ? tape.Result(left.Shape, tape.NeedsGradient(left, right))
            : throw new ArgumentException($"{operation}: both tensors must have one shape; found {left.Shape} and {right.Shape}.", nameof(right));
    }

    private static void AddTo(Tensor tensor, ReadOnlySpan<float> gradient)
    {
        if (tensor.NeedsGradient)
        {
            RowKernels.Add(gradient, tensor.Gradient);
        }
    }
}
