using System.Numerics.Tensors;
using Unfold.Numerics.Kernels;

namespace Unfold.Autograd.Operations;

/// <summary>Operations from a tensor to a single value, summed in double precision.</summary>
public static class LossOperations
{
    // Values are added in single precision inside a block and blocks in double precision: as fast as one sum, far more exact.
    private const int Block = 256;

    /// <summary>The sum of all values, of shape (1).</summary>
    public static Tensor Sum(this Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(input);
        Tensor result = tape.Result(new Shape(1), tape.NeedsGradient(input));
        double sum = 0;
        for (int start = 0; start < input.Shape.Length; start += Block)
        {
            sum += TensorPrimitives.Sum(input.Values.Slice(start, Math.Min(Block, input.Shape.Length - start)));
        }

        result.Edit()[0] = (float)sum;
        tape.OnBackward(result, () => TensorPrimitives.Add(input.Gradient, result.Gradient[0], input.Gradient));
        return result;
    }

    /// <summary>The mean of (prediction - target)^2 over all values, of shape (1).</summary>
    /// <exception cref="ArgumentException">The shapes differ, or there is no value.</exception>
    public static Tensor MeanSquaredError(this Tape tape, Tensor prediction, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        int length = prediction.Shape.Length;
        if (prediction.Shape != target.Shape || length == 0)
        {
            throw new ArgumentException($"{nameof(MeanSquaredError)}: both tensors must have one shape with at least one value; found {prediction.Shape} and {target.Shape}.", nameof(target));
        }

        Tensor result = tape.Result(new Shape(1), tape.NeedsGradient(prediction, target));
        Memory<float> difference = tape.Scratch(length);
        TensorPrimitives.Subtract(prediction.Values, target.Values, difference.Span);
        result.Edit()[0] = (float)(Reductions.SumOfSquares(difference.Span, tape.Workers) / length);
        tape.OnBackward(result, () =>
        {
            float scale = 2 * result.Gradient[0] / length;
            if (prediction.NeedsGradient)
            {
                RowKernels.AddScaled(scale, difference.Span, prediction.Gradient);
            }

            if (target.NeedsGradient)
            {
                RowKernels.AddScaled(-scale, difference.Span, target.Gradient);
            }
        });
        return result;
    }
}
