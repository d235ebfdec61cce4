using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Kernels;

/// <summary>
/// Recurrences without a product over the state, h = a * h_before + b in each channel, with the gates that a and b are made of.
/// </summary>
/// <remarks>
/// The candidate is g(s) = s + 0.5 where s is at least 0, else sigmoid(s): positive, so that a state that starts from 0 stays so.
/// </remarks>
public static unsafe class ScanKernels
{
    /// <summary>z = sigmoid and n = g of the sums, written in place; h = h_before + z (n - h_before).</summary>
    /// <param name="block">The steps, sequences and channels.</param>
    /// <param name="gates">Rows x 2H: in, the sums of z and n; out, z and n.</param>
    /// <param name="previous">The states before the first step, a row a sequence. May be <paramref name="hidden"/> where there is one step.</param>
    /// <param name="hidden">Rows x H: h, written.</param>
    /// <exception cref="ArgumentException">A span is too short, or there is no such block.</exception>
    public static void MinGruForward(in ScanBlock block, Span<float> gates, ReadOnlySpan<float> previous, Span<float> hidden) =>
        Forward<MinGruStep>(block, gates, previous, hidden);

    /// <summary>The gradient of <see cref="MinGruForward"/>.</summary>
    /// <param name="block">The steps, sequences and channels.</param>
    /// <param name="gates">Rows x 2H: in, z and n; out, the gradient of their sums.</param>
    /// <param name="previous">The states before the first step.</param>
    /// <param name="hidden">Rows x H: h.</param>
    /// <param name="outputGradient">Rows x H: dL/dh but by way of later steps; empty where there is none.</param>
    /// <param name="gradient">A row a sequence: in, dL/dh of the last step by way of later ones; out, dL/d(previous).</param>
    /// <exception cref="ArgumentException">A span is too short, or there is no such block.</exception>
    public static void MinGruBackward(in ScanBlock block, Span<float> gates, ReadOnlySpan<float> previous, ReadOnlySpan<float> hidden, ReadOnlySpan<float> outputGradient, Span<float> gradient) =>
        Backward<MinGruStep>(block, gates, previous, hidden, outputGradient, gradient);

    /// <summary>
    /// i, f = sigmoid and n = g of the sums, written in place; h = (f h_before + i n) / (f + i).
    /// </summary>
    /// <param name="block">The steps, sequences and channels.</param>
    /// <param name="gates">Rows x 3H: in, the sums of i, f and n; out, i, f and n.</param>
    /// <param name="previous">The states before the first step, a row a sequence. May be <paramref name="hidden"/> where there is one step.</param>
    /// <param name="hidden">Rows x H: h, written.</param>
    /// <exception cref="ArgumentException">A span is too short, or there is no such block.</exception>
    public static void MinLstmForward(in ScanBlock block, Span<float> gates, ReadOnlySpan<float> previous, Span<float> hidden) =>
        Forward<MinLstmStep>(block, gates, previous, hidden);

    /// <summary>The gradient of <see cref="MinLstmForward"/>.</summary>
    /// <param name="block">The steps, sequences and channels.</param>
    /// <param name="gates">Rows x 3H: in, i, f and n; out, the gradient of their sums.</param>
    /// <param name="previous">The states before the first step.</param>
    /// <param name="hidden">Rows x H: h.</param>
    /// <param name="outputGradient">Rows x H: dL/dh but by way of later steps; empty where there is none.</param>
    /// <param name="gradient">A row a sequence: in, dL/dh of the last step by way of later ones; out, dL/d(previous).</param>
    /// <exception cref="ArgumentException">A span is too short, or there is no such block.</exception>
    public static void MinLstmBackward(in ScanBlock block, Span<float> gates, ReadOnlySpan<float> previous, ReadOnlySpan<float> hidden, ReadOnlySpan<float> outputGradient, Span<float> gradient) =>
        Backward<MinLstmStep>(block, gates, previous, hidden, outputGradient, gradient);

    private static void Forward<T>(in ScanBlock block, Span<float> gates, ReadOnlySpan<float> previous, Span<float> hidden)
        where T : struct, IScanStep
    {
        block.Require(gates.Length, T.Gates, hidden.Length, previous.Length, typeof(T).Name);
        fixed (float* pg = gates, pp = previous, ph = hidden)
        {
            var kernel = new ScanForward<T>(block, pg, pp, ph);
            SimdWidth.Run(ref kernel);
        }
    }

    private static void Backward<T>(in ScanBlock block, Span<float> gates, ReadOnlySpan<float> previous, ReadOnlySpan<float> hidden, ReadOnlySpan<float> outputGradient, Span<float> gradient)
        where T : struct, IScanStep
    {
        block.Require(gates.Length, T.Gates, outputGradient.IsEmpty ? hidden.Length : Math.Min(hidden.Length, outputGradient.Length), Math.Min(previous.Length, gradient.Length), typeof(T).Name);
        fixed (float* pg = gates, pp = previous, ph = hidden, po = outputGradient, pd = gradient)
        {
            var kernel = new ScanBackward<T>(block, pg, pp, ph, po, pd);
            SimdWidth.Run(ref kernel);
        }
    }
}
