using System.Runtime.CompilerServices;
using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Kernels;

/// <summary>
/// The pointwise parts of one GRU step on a block of rows. A row of gates holds r, z and n, each H wide. The step is cut
/// where a matrix product stands: the gates r and z first, then the candidate n.
/// </summary>
public static unsafe class GruKernels
{
    /// <summary>r, z = sigmoid of their sums, in place; <paramref name="resetHidden"/> = r * previousH unless it is empty.</summary>
    /// <param name="gates">rows x 3H: in, the sums of r and z; out, r and z. The columns of n are left alone.</param>
    /// <param name="previousH">rows x H.</param>
    /// <param name="resetHidden">rows x H, or empty where the reset gate acts after the product.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="hidden">H.</param>
    public static void Gates(Span<float> gates, ReadOnlySpan<float> previousH, Span<float> resetHidden, int rows, int hidden)
    {
        Lengths.Rows(gates.Length, rows, 3 * hidden, 3 * hidden, nameof(gates));
        Lengths.Rows(previousH.Length, rows, hidden, hidden, nameof(previousH));
        Lengths.OptionalRows(resetHidden.Length, rows, hidden, nameof(resetHidden));
        fixed (float* pg = gates, pp = previousH, pr = resetHidden)
        {
            GateRows.Run(new GatesColumns(pp, pr, hidden), pg, 3, rows, hidden);
        }
    }

    /// <summary>
    /// n = tanh(a_n + r * q), or tanh(a_n) where <paramref name="q"/> is empty; h = (1 - z) n + z previousH.
    /// </summary>
    /// <param name="gates">rows x 3H: in, r, z and a_n; out, r, z and n.</param>
    /// <param name="q">rows x H: previousH W_n + b_q, or empty where the reset gate acts before the product.</param>
    /// <param name="previousH">rows x H.</param>
    /// <param name="h">rows x H, written.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="hidden">H.</param>
    public static void Candidate(Span<float> gates, ReadOnlySpan<float> q, ReadOnlySpan<float> previousH, Span<float> h, int rows, int hidden)
    {
        Lengths.Rows(gates.Length, rows, 3 * hidden, 3 * hidden, nameof(gates));
        Lengths.Rows(Math.Min(previousH.Length, h.Length), rows, hidden, hidden, nameof(h));
        Lengths.OptionalRows(q.Length, rows, hidden, nameof(q));
        fixed (float* pg = gates, pq = q, pp = previousH, ph = h)
        {
            GateRows.Run(new CandidateColumns(pq, pp, ph, hidden), pg, 3, rows, hidden);
        }
    }

    /// <summary>
    /// The gradient of <see cref="Candidate"/>: z and n in <paramref name="gates"/> become the gradients of their sums. Where
    /// <paramref name="q"/> is given, r and q become theirs too. <paramref name="dh"/> becomes dL/d(previousH) by way of z.
    /// </summary>
    /// <param name="gates">rows x 3H.</param>
    /// <param name="q">rows x H: in, q; out, its gradient; or empty.</param>
    /// <param name="previousH">rows x H.</param>
    /// <param name="dh">rows x H: in, dL/dh; out, dL/dh * z.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="hidden">H.</param>
    public static void CandidateBackward(Span<float> gates, Span<float> q, ReadOnlySpan<float> previousH, Span<float> dh, int rows, int hidden)
    {
        Lengths.Rows(gates.Length, rows, 3 * hidden, 3 * hidden, nameof(gates));
        Lengths.Rows(Math.Min(previousH.Length, dh.Length), rows, hidden, hidden, nameof(dh));
        Lengths.OptionalRows(q.Length, rows, hidden, nameof(q));
        fixed (float* pg = gates, pq = q, pp = previousH, pd = dh)
        {
            GateRows.Run(new CandidateBackwardColumns(pq, pp, pd, hidden), pg, 3, rows, hidden);
        }
    }

    /// <summary>
    /// The gradient of r * previousH where the reset gate acts before the product: r becomes the gradient of its sum and
    /// <paramref name="dh"/> gains r times the gradient.
    /// </summary>
    /// <param name="gates">rows x 3H: in, r; out, the gradient of its sum.</param>
    /// <param name="dResetHidden">rows x H: the gradient of r * previousH.</param>
    /// <param name="previousH">rows x H.</param>
    /// <param name="dh">rows x H, added to.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="hidden">H.</param>
    public static void ResetBackward(Span<float> gates, ReadOnlySpan<float> dResetHidden, ReadOnlySpan<float> previousH, Span<float> dh, int rows, int hidden)
    {
        Lengths.Rows(gates.Length, rows, 3 * hidden, 3 * hidden, nameof(gates));
        Lengths.Rows(Math.Min(dResetHidden.Length, Math.Min(previousH.Length, dh.Length)), rows, hidden, hidden, nameof(dh));
        fixed (float* pg = gates, pr = dResetHidden, pp = previousH, pd = dh)
        {
            GateRows.Run(new ResetBackwardColumns(pr, pp, pd), pg, 3, rows, hidden);
        }
    }

    private readonly struct GatesColumns(float* previousH, float* resetHidden, nint hidden) : IGateColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, float* r, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V>
        {
            float* z = r + hidden;
            V reset = VectorMath.Sigmoid<S, V>(lanes.Load(r));
            lanes.Store(reset, r);
            lanes.Store(VectorMath.Sigmoid<S, V>(lanes.Load(z)), z);
            if (resetHidden != null)
            {
                lanes.Store(S.Multiply(reset, lanes.Load(previousH + at)), resetHidden + at);
            }
        }
    }

    private readonly struct CandidateColumns(float* q, float* previousH, float* h, nint hidden) : IGateColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, float* r, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V>
        {
            float* z = r + hidden;
            float* n = z + hidden;
            V sum = lanes.Load(n);
            if (q != null)
            {
                sum = S.MultiplyAdd(lanes.Load(r), lanes.Load(q + at), sum);
            }

            V candidate = VectorMath.Tanh<S, V>(sum);
            lanes.Store(candidate, n);
            V difference = S.Subtract(lanes.Load(previousH + at), candidate);
            lanes.Store(S.MultiplyAdd(lanes.Load(z), difference, candidate), h + at);
        }
    }

    private readonly struct CandidateBackwardColumns(float* q, float* previousH, float* dh, nint hidden) : IGateColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, float* r, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V>
        {
            float* z = r + hidden;
            float* n = z + hidden;
            V one = S.Create(1);
            V update = lanes.Load(z);
            V candidate = lanes.Load(n);
            V dHidden = lanes.Load(dh + at);
            V difference = S.Subtract(lanes.Load(previousH + at), candidate);
            V rest = S.Subtract(one, update);
            V dCandidate = S.Multiply(S.Multiply(dHidden, rest), S.Subtract(one, S.Multiply(candidate, candidate)));
            lanes.Store(S.Multiply(S.Multiply(dHidden, difference), S.Multiply(update, rest)), z);
            lanes.Store(dCandidate, n);
            lanes.Store(S.Multiply(dHidden, update), dh + at);
            if (q != null)
            {
                V reset = lanes.Load(r);
                V product = lanes.Load(q + at);
                lanes.Store(S.Multiply(S.Multiply(dCandidate, product), S.Multiply(reset, S.Subtract(one, reset))), r);
                lanes.Store(S.Multiply(dCandidate, reset), q + at);
            }
        }
    }

    private readonly struct ResetBackwardColumns(float* dResetHidden, float* previousH, float* dh) : IGateColumns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, float* r, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V>
        {
            V reset = lanes.Load(r);
            V gradient = lanes.Load(dResetHidden + at);
            V previous = lanes.Load(previousH + at);
            lanes.Store(S.MultiplyAdd(gradient, reset, lanes.Load(dh + at)), dh + at);
            lanes.Store(S.Multiply(S.Multiply(gradient, previous), S.Multiply(reset, S.Subtract(S.Create(1), reset))), r);
        }
    }
}
