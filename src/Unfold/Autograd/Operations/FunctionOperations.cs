using System.Numerics.Tensors;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Autograd.Operations;

/// <summary>Functions of one value, for each value of a tensor of any shape. A NaN stays a NaN.</summary>
public static class FunctionOperations
{
    /// <summary>1 - a; the gradient is -dy.</summary>
    public static Tensor OneMinus(this Tape tape, Tensor input)
    {
        Tensor result = Result(tape, input);
        TensorPrimitives.Subtract(1, input.Values, result.Edit());
        tape.OnBackward(result, () => TensorPrimitives.Subtract(input.Gradient, result.Gradient, input.Gradient));
        return result;
    }

    /// <summary>a^2; the gradient is 2 a dy.</summary>
    public static Tensor Square(this Tape tape, Tensor input)
    {
        Tensor result = Result(tape, input);
        TensorPrimitives.Multiply(input.Values, input.Values, result.Edit());
        tape.OnBackward(result, () =>
        {
            // Twice, so that no memory for 2 a is needed.
            TensorPrimitives.MultiplyAdd(result.Gradient, input.Values, input.Gradient, input.Gradient);
            TensorPrimitives.MultiplyAdd(result.Gradient, input.Values, input.Gradient, input.Gradient);
        });
        return result;
    }

    /// <summary>e^a; the gradient is y dy. Above 88.7 the result is infinite.</summary>
    public static Tensor Exp(this Tape tape, Tensor input)
    {
        Tensor result = Result(tape, input);
        TensorPrimitives.Exp(input.Values, result.Edit());
        tape.OnBackward(result, () => TensorPrimitives.MultiplyAdd(result.Gradient, result.Values, input.Gradient, input.Gradient));
        return result;
    }

    /// <summary>The natural logarithm of a; the gradient is dy / a. At 0 the result is minus infinity, below it a NaN.</summary>
    public static Tensor Log(this Tape tape, Tensor input)
    {
        Tensor result = Result(tape, input);
        TensorPrimitives.Log(input.Values, result.Edit());
        tape.OnBackward(result, () =>
        {
            Span<float> gradient = tape.Scratch(input.Shape.Length).Span;
            TensorPrimitives.Divide(result.Gradient, input.Values, gradient);
            RowKernels.Add(gradient, input.Gradient);
        });
        return result;
    }

    /// <summary>log(1 + e^a), above 0 everywhere and exact for arguments of any size; the gradient is dy / (1 + e^-a).</summary>
    public static Tensor Softplus(this Tape tape, Tensor input)
    {
        Tensor result = Result(tape, input);
        StableFunctions.Softplus(input.Values, result.Edit());
        tape.OnBackward(result, () =>
        {
            Span<float> slope = tape.Scratch(input.Shape.Length).Span;
            ActivationKernels.Forward(Activation.Sigmoid, input.Values, slope);
            TensorPrimitives.MultiplyAdd(result.Gradient, slope, input.Gradient, input.Gradient);
        });
        return result;
    }

    /// <summary>a held between two bounds; the gradient is dy where low &lt;= a &lt;= high, and 0 outside and at a NaN.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">a, of any shape.</param>
    /// <param name="low">The least result.</param>
    /// <param name="high">The largest result.</param>
    /// <exception cref="ArgumentException">The lower bound is above the upper one, or one is a NaN.</exception>
    public static Tensor Clamp(this Tape tape, Tensor input, float low, float high)
    {
        if (!(low <= high))
        {
            throw new ArgumentException(FormattableString.Invariant($"{nameof(Clamp)}: the lower bound must not be above the upper one; found {low} and {high}."), nameof(low));
        }

        Tensor result = Result(tape, input);
        TensorPrimitives.Clamp(input.Values, low, high, result.Edit());
        tape.OnBackward(result, () =>
        {
            ReadOnlySpan<float> values = input.Values, upstream = result.Gradient;
            Span<float> gradient = input.Gradient;
            for (int i = 0; i < gradient.Length; i++)
            {
                if (values[i] >= low && values[i] <= high)
                {
                    gradient[i] += upstream[i];
                }
            }
        });
        return result;
    }

    private static Tensor Result(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        return tape.Result(input.Shape, tape.NeedsGradient(input));
    }
}
