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
        fixed (float* pg = gates, pp = previousH, pr = resetHidden)
        {
            if (pr != null)
            {
                Lengths.Rows(resetHidden.Length, rows, hidden, hidden, nameof(resetHidden));
            }

            var kernel = new GatesKernel(pg, pp, pr, rows, hidden);
            SimdWidth.Run(ref kernel);
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
        fixed (float* pg = gates, pq = q, pp = previousH, ph = h)
        {
            if (pq != null)
            {
                Lengths.Rows(q.Length, rows, hidden, hidden, nameof(q));
            }

            var kernel = new CandidateKernel(pg, pq, pp, ph, rows, hidden);
            SimdWidth.Run(ref kernel);
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
        fixed (float* pg = gates, pq = q, pp = previousH, pd = dh)
        {
            if (pq != null)
            {
                Lengths.Rows(q.Length, rows, hidden, hidden, nameof(q));
            }

            var kernel = new CandidateBackwardKernel(pg, pq, pp, pd, rows, hidden);
            SimdWidth.Run(ref kernel);
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
            var kernel = new ResetBackwardKernel(pg, pr, pp, pd, rows, hidden);
            SimdWidth.Run(ref kernel);
        }
    }

    private readonly struct GatesKernel(float* gates, float* previousH, float* resetHidden, int rows, int hidden) : ISimdKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            for (int row = 0; row < rows; row++)
            {
                float* r = gates + ((nint)row * 3 * hidden);
                float* z = r + hidden;
                nint offset = (nint)row * hidden;
                for (int j = 0; j < hidden; j += S.Count)
                {
                    int left = hidden - j;
                    V reset = VectorMath.Sigmoid<S, V>(Lanes.Load<S, V>(r + j, left));
                    Lanes.Store<S, V>(reset, r + j, left);
                    Lanes.Store<S, V>(VectorMath.Sigmoid<S, V>(Lanes.Load<S, V>(z + j, left)), z + j, left);
                    if (resetHidden != null)
                    {
                        Lanes.Store<S, V>(S.Multiply(reset, Lanes.Load<S, V>(previousH + offset + j, left)), resetHidden + offset + j, left);
                    }
                }
            }
        }
    }

    private readonly struct CandidateKernel(float* gates, float* q, float* previousH, float* h, int rows, int hidden) : ISimdKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            for (int row = 0; row < rows; row++)
            {
                float* r = gates + ((nint)row * 3 * hidden);
                float* z = r + hidden;
                float* n = z + hidden;
                nint offset = (nint)row * hidden;
                for (int j = 0; j < hidden; j += S.Count)
                {
                    int left = hidden - j;
                    V sum = Lanes.Load<S, V>(n + j, left);
                    if (q != null)
                    {
                        sum = S.MultiplyAdd(Lanes.Load<S, V>(r + j, left), Lanes.Load<S, V>(q + offset + j, left), sum);
                    }

                    V candidate = VectorMath.Tanh<S, V>(sum);
                    Lanes.Store<S, V>(candidate, n + j, left);
                    V difference = S.Subtract(Lanes.Load<S, V>(previousH + offset + j, left), candidate);
                    Lanes.Store<S, V>(S.MultiplyAdd(Lanes.Load<S, V>(z + j, left), difference, candidate), h + offset + j, left);
                }
            }
        }
    }

    private readonly struct CandidateBackwardKernel(float* gates, float* q, float* previousH, float* dh, int rows, int hidden) : ISimdKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            V one = S.Create(1);
            for (int row = 0; row < rows; row++)
            {
                float* r = gates + ((nint)row * 3 * hidden);
                float* z = r + hidden;
                float* n = z + hidden;
                nint offset = (nint)row * hidden;
                for (int j = 0; j < hidden; j += S.Count)
                {
                    int left = hidden - j;
                    V update = Lanes.Load<S, V>(z + j, left);
                    V candidate = Lanes.Load<S, V>(n + j, left);
                    V dHidden = Lanes.Load<S, V>(dh + offset + j, left);
                    V difference = S.Subtract(Lanes.Load<S, V>(previousH + offset + j, left), candidate);
                    V rest = S.Subtract(one, update);
                    V dCandidate = S.Multiply(S.Multiply(dHidden, rest), S.Subtract(one, S.Multiply(candidate, candidate)));
                    Lanes.Store<S, V>(S.Multiply(S.Multiply(dHidden, difference), S.Multiply(update, rest)), z + j, left);
                    Lanes.Store<S, V>(dCandidate, n + j, left);
                    Lanes.Store<S, V>(S.Multiply(dHidden, update), dh + offset + j, left);
                    if (q != null)
                    {
                        V reset = Lanes.Load<S, V>(r + j, left);
                        V product = Lanes.Load<S, V>(q + offset + j, left);
                        Lanes.Store<S, V>(S.Multiply(S.Multiply(dCandidate, product), S.Multiply(reset, S.Subtract(one, reset))), r + j, left);
                        Lanes.Store<S, V>(S.Multiply(dCandidate, reset), q + offset + j, left);
                    }
                }
            }
        }
    }

    private readonly struct ResetBackwardKernel(float* gates, float* dResetHidden, float* previousH, float* dh, int rows, int hidden) : ISimdKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            V one = S.Create(1);
            for (int row = 0; row < rows; row++)
            {
                float* r = gates + ((nint)row * 3 * hidden);
                nint offset = (nint)row * hidden;
                for (int j = 0; j < hidden; j += S.Count)
                {
                    int left = hidden - j;
                    V reset = Lanes.Load<S, V>(r + j, left);
                    V gradient = Lanes.Load<S, V>(dResetHidden + offset + j, left);
                    V previous = Lanes.Load<S, V>(previousH + offset + j, left);
                    Lanes.Store<S, V>(S.MultiplyAdd(gradient, reset, Lanes.Load<S, V>(dh + offset + j, left)), dh + offset + j, left);
                    Lanes.Store<S, V>(S.Multiply(S.Multiply(gradient, previous), S.Multiply(reset, S.Subtract(one, reset))), r + j, left);
                }
            }
        }
    }
}
