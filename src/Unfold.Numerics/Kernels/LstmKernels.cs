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
            GateRows.Run(new ForwardColumns(pp, pc, ph, hidden), pg, 4, rows, hidden);
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
            GateRows.Run(new BackwardColumns(pp, pc, pdh, pdc, hidden), pg, 4, rows, hidden);
        }
    }

    private readonly struct ForwardColumns(float* previousC, float* c, float* h, nint hidden) : IGateColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, float* gates, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V>
        {
            V input = VectorMath.Sigmoid<S, V>(lanes.Load(gates));
            V forget = VectorMath.Sigmoid<S, V>(lanes.Load(gates + hidden));
            V candidate = VectorMath.Tanh<S, V>(lanes.Load(gates + (2 * hidden)));
            V output = VectorMath.Sigmoid<S, V>(lanes.Load(gates + (3 * hidden)));
            V cell = S.MultiplyAdd(forget, lanes.Load(previousC + at), S.Multiply(input, candidate));
            lanes.Store(input, gates);
            lanes.Store(forget, gates + hidden);
            lanes.Store(candidate, gates + (2 * hidden));
            lanes.Store(output, gates + (3 * hidden));
            lanes.Store(cell, c + at);
            lanes.Store(S.Multiply(output, VectorMath.Tanh<S, V>(cell)), h + at);
        }
    }

    private readonly struct BackwardColumns(float* previousC, float* c, float* dh, float* dc, nint hidden) : IGateColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, float* gates, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V>
        {
            V one = S.Create(1);
            V input = lanes.Load(gates);
            V forget = lanes.Load(gates + hidden);
            V candidate = lanes.Load(gates + (2 * hidden));
            V output = lanes.Load(gates + (3 * hidden));
            V dHidden = lanes.Load(dh + at);
            V squashed = VectorMath.Tanh<S, V>(lanes.Load(c + at));
            V dSquashed = S.Multiply(S.Multiply(dHidden, output), S.Subtract(one, S.Multiply(squashed, squashed)));
            V dCell = S.Add(lanes.Load(dc + at), dSquashed);
            V dInput = S.Multiply(S.Multiply(dCell, candidate), S.Multiply(input, S.Subtract(one, input)));
            V dForget = S.Multiply(S.Multiply(dCell, lanes.Load(previousC + at)), S.Multiply(forget, S.Subtract(one, forget)));
            V dCandidate = S.Multiply(S.Multiply(dCell, input), S.Subtract(one, S.Multiply(candidate, candidate)));
            V dOutput = S.Multiply(S.Multiply(dHidden, squashed), S.Multiply(output, S.Subtract(one, output)));
            lanes.Store(dInput, gates);
            lanes.Store(dForget, gates + hidden);
            lanes.Store(dCandidate, gates + (2 * hidden));
            lanes.Store(dOutput, gates + (3 * hidden));
            lanes.Store(S.Multiply(dCell, forget), dc + at);
        }
    }
}
