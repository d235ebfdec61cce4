using System.Runtime.CompilerServices;
using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Kernels;

/// <summary>
/// The pointwise part of one LSTM step on a block of rows. A row of gates holds i, f, g and o, each H wide.
/// </summary>
public static unsafe class LstmKernels
{
    /// <summary>
    /// i, f, o = sigmoid and g = tanh of the sums in <paramref name="gates"/>, written in place;
    /// c = f * previousC + i * g; h = o * tanh(c).
    /// </summary>
    /// <param name="gates">rows x 4H: in, x U + h W + b; out, the gates.</param>
    /// <param name="previousC">rows x H.</param>
    /// <param name="c">rows x H, written.</param>
    /// <param name="h">rows x H, written.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="hidden">H.</param>
    public static void Forward(Span<float> gates, ReadOnlySpan<float> previousC, Span<float> c, Span<float> h, int rows, int hidden)
    {
        Lengths.Rows(gates.Length, rows, 4 * hidden, 4 * hidden, nameof(gates));
        Lengths.Rows(Math.Min(previousC.Length, Math.Min(c.Length, h.Length)), rows, hidden, hidden, nameof(c));
        fixed (float* pg = gates, pp = previousC, pc = c, ph = h)
        {
            var kernel = new ForwardKernel(pg, pp, pc, ph, rows, hidden);
            SimdWidth.Run(ref kernel);
        }
    }

    /// <summary>
    /// The gradient of <see cref="Forward"/>: from dL/dh and dL/dc to the gradient of the sums, in the place of the gates, and
    /// dL/d(previousC), in the place of dL/dc.
    /// </summary>
    /// <param name="gates">rows x 4H: in, the gates; out, the gradient of their sums.</param>
    /// <param name="previousC">rows x H.</param>
    /// <param name="c">rows x H.</param>
    /// <param name="dh">rows x H: dL/dh.</param>
    /// <param name="dc">rows x H: in, dL/dc by way of the later steps; out, dL/d(previousC).</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="hidden">H.</param>
    public static void Backward(Span<float> gates, ReadOnlySpan<float> previousC, ReadOnlySpan<float> c, ReadOnlySpan<float> dh, Span<float> dc, int rows, int hidden)
    {
        Lengths.Rows(gates.Length, rows, 4 * hidden, 4 * hidden, nameof(gates));
        Lengths.Rows(Math.Min(Math.Min(previousC.Length, c.Length), Math.Min(dh.Length, dc.Length)), rows, hidden, hidden, nameof(c));
        fixed (float* pg = gates, pp = previousC, pc = c, pdh = dh, pdc = dc)
        {
            var kernel = new BackwardKernel(pg, pp, pc, pdh, pdc, rows, hidden);
            SimdWidth.Run(ref kernel);
        }
    }

    private readonly struct ForwardKernel(float* gates, float* previousC, float* c, float* h, int rows, int hidden) : ISimdKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            for (int row = 0; row < rows; row++)
            {
                float* i = gates + ((nint)row * 4 * hidden);
                float* f = i + hidden;
                float* g = f + hidden;
                float* o = g + hidden;
                nint offset = (nint)row * hidden;
                for (int j = 0; j < hidden; j += S.Count)
                {
                    int left = hidden - j;
                    V input = VectorMath.Sigmoid<S, V>(Lanes.Load<S, V>(i + j, left));
                    V forget = VectorMath.Sigmoid<S, V>(Lanes.Load<S, V>(f + j, left));
                    V candidate = VectorMath.Tanh<S, V>(Lanes.Load<S, V>(g + j, left));
                    V output = VectorMath.Sigmoid<S, V>(Lanes.Load<S, V>(o + j, left));
                    V cell = S.MultiplyAdd(forget, Lanes.Load<S, V>(previousC + offset + j, left), S.Multiply(input, candidate));
                    Lanes.Store<S, V>(input, i + j, left);
                    Lanes.Store<S, V>(forget, f + j, left);
                    Lanes.Store<S, V>(candidate, g + j, left);
                    Lanes.Store<S, V>(output, o + j, left);
                    Lanes.Store<S, V>(cell, c + offset + j, left);
                    Lanes.Store<S, V>(S.Multiply(output, VectorMath.Tanh<S, V>(cell)), h + offset + j, left);
                }
            }
        }
    }

    private readonly struct BackwardKernel(float* gates, float* previousC, float* c, float* dh, float* dc, int rows, int hidden) : ISimdKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            V one = S.Create(1);
            for (int row = 0; row < rows; row++)
            {
                float* i = gates + ((nint)row * 4 * hidden);
                float* f = i + hidden;
                float* g = f + hidden;
                float* o = g + hidden;
                nint offset = (nint)row * hidden;
                for (int j = 0; j < hidden; j += S.Count)
                {
                    int left = hidden - j;
                    V input = Lanes.Load<S, V>(i + j, left);
                    V forget = Lanes.Load<S, V>(f + j, left);
                    V candidate = Lanes.Load<S, V>(g + j, left);
                    V output = Lanes.Load<S, V>(o + j, left);
                    V dHidden = Lanes.Load<S, V>(dh + offset + j, left);
                    V squashed = VectorMath.Tanh<S, V>(Lanes.Load<S, V>(c + offset + j, left));
                    V dSquashed = S.Multiply(S.Multiply(dHidden, output), S.Subtract(one, S.Multiply(squashed, squashed)));
                    V dCell = S.Add(Lanes.Load<S, V>(dc + offset + j, left), dSquashed);
                    V previous = Lanes.Load<S, V>(previousC + offset + j, left);
                    V dInput = S.Multiply(S.Multiply(dCell, candidate), S.Multiply(input, S.Subtract(one, input)));
                    V dForget = S.Multiply(S.Multiply(dCell, previous), S.Multiply(forget, S.Subtract(one, forget)));
                    V dCandidate = S.Multiply(S.Multiply(dCell, input), S.Subtract(one, S.Multiply(candidate, candidate)));
                    V dOutput = S.Multiply(S.Multiply(dHidden, squashed), S.Multiply(output, S.Subtract(one, output)));
                    Lanes.Store<S, V>(dInput, i + j, left);
                    Lanes.Store<S, V>(dForget, f + j, left);
                    Lanes.Store<S, V>(dCandidate, g + j, left);
                    Lanes.Store<S, V>(dOutput, o + j, left);
                    Lanes.Store<S, V>(S.Multiply(dCell, forget), dc + offset + j, left);
                }
            }
        }
    }
}
