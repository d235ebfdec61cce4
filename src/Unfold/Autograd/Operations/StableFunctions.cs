using System.Numerics.Tensors;

namespace Unfold.Autograd.Operations;

/// <summary>Functions whose textbook form overflows or cancels, in passes over blocks that stay in the first cache level.</summary>
internal static class StableFunctions
{
    /// <summary>The values in a block.</summary>
    public const int Block = 256;

    /// <summary>y = log(1 + e^x) = max(x, 0) + log(1 + e^-|x|), to a few units in the last place for every x. The spans are of one length and may be the same.</summary>
    public static void Softplus(ReadOnlySpan<float> x, Span<float> y)
    {
        Span<float> positive = stackalloc float[Block];
        for (int start = 0; start < x.Length; start += Block)
        {
            Span<float> part = positive[..Math.Min(Block, x.Length - start)], result = y.Slice(start, part.Length);
            TensorPrimitives.Max(x.Slice(start, part.Length), 0, part);
            SoftplusOfMinusSize(x.Slice(start, part.Length), result);
            TensorPrimitives.Add(result, part, result);
        }
    }

    /// <summary>y = log(1 + e^-|x|), to a few units in the last place for every x. The spans are of one length and may be the same.</summary>
    /// <remarks>
    /// log(1 + u) = 2 artanh(s) with s = u / (u + 2), which is at most 1/3, so that the series s + s^3/3 + .. + s^13/13 is exact
    /// in single precision, for the smallest u too.
    /// </remarks>
    public static void SoftplusOfMinusSize(ReadOnlySpan<float> x, Span<float> y)
    {
        Span<float> first = stackalloc float[Block], second = stackalloc float[Block], third = stackalloc float[Block];
        for (int start = 0; start < x.Length; start += Block)
        {
            int count = Math.Min(Block, x.Length - start);
            ReadOnlySpan<float> input = x.Slice(start, count);
            Span<float> s = first[..count], square = second[..count], series = third[..count];
            TensorPrimitives.Abs(input, s);
            TensorPrimitives.Negate(s, s);
            TensorPrimitives.Exp(s, s);
            TensorPrimitives.Add(s, 2, square);
            TensorPrimitives.Divide(s, square, s);
            TensorPrimitives.Multiply(s, s, square);
            series.Fill(1f / 13);
            for (int power = 11; power > 0; power -= 2)
            {
                TensorPrimitives.MultiplyAdd(series, square, 1f / power, series);
            }

            TensorPrimitives.Add(s, s, s);
            TensorPrimitives.Multiply(series, s, y.Slice(start, count));
        }
    }
}
