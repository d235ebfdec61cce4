using System.Runtime.CompilerServices;
using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Kernels;

/// <summary>The scores of additive attention between one query and the keys of a sequence: e[s] = sum over j of v[j] tanh(q[j] + k[s, j]).</summary>
/// <remarks>No hyperbolic tangent is kept: computing one again takes less time than fetching it from memory.</remarks>
public static unsafe class AdditiveScoreKernels
{
    /// <summary>Writes one score for each key.</summary>
    /// <param name="query">q, A values.</param>
    /// <param name="keys">k, one row of A values for each score, row-major.</param>
    /// <param name="v">v, A values.</param>
    /// <param name="scores">e, written.</param>
    /// <exception cref="ArgumentException">The spans do not fit together.</exception>
    public static void Scores(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, ReadOnlySpan<float> v, Span<float> scores)
    {
        Lengths.Same(query.Length, v.Length);
        Lengths.Rows(keys.Length, scores.Length, query.Length, query.Length, nameof(keys));
        fixed (float* pq = query, pk = keys, pv = v, ps = scores)
        {
            var kernel = new ScoreKernel(pq, pk, pv, ps, scores.Length, query.Length);
            SimdWidth.Run(ref kernel);
        }
    }

    /// <summary>
    /// Adds the gradients: with y = tanh(q + k[s]), de[s] v (1 - y^2) to those of q and k[s], and de[s] y to that of v.
    /// </summary>
    /// <param name="query">q, A values.</param>
    /// <param name="keys">k, one row of A values for each score, row-major.</param>
    /// <param name="v">v, A values.</param>
    /// <param name="scoreGradients">de.</param>
    /// <param name="queryGradient">dq, added to.</param>
    /// <param name="keyGradients">dk, laid out as k, added to.</param>
    /// <param name="vGradient">dv, added to.</param>
    /// <exception cref="ArgumentException">The spans do not fit together.</exception>
    public static void AddGradients(
        ReadOnlySpan<float> query,
        ReadOnlySpan<float> keys,
        ReadOnlySpan<float> v,
        ReadOnlySpan<float> scoreGradients,
        Span<float> queryGradient,
        Span<float> keyGradients,
        Span<float> vGradient)
    {
        Lengths.Same(query.Length, v.Length);
        Lengths.Same(query.Length, queryGradient.Length, vGradient.Length);
        Lengths.Rows(Math.Min(keys.Length, keyGradients.Length), scoreGradients.Length, query.Length, query.Length, nameof(keys));
        fixed (float* pq = query, pk = keys, pv = v, ps = scoreGradients, pdq = queryGradient, pdk = keyGradients, pdv = vGradient)
        {
            LaneLoop.Run(new GradientBody(pq, pk, pv, ps, pdq, pdk, pdv, scoreGradients.Length, query.Length), 0, query.Length);
        }
    }

    private readonly struct ScoreKernel(float* query, float* keys, float* v, float* scores, int rows, int columns) : ISimdKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            int whole = columns - (columns % S.Count);
            for (int row = 0; row < rows; row++)
            {
                float* key = keys + ((nint)row * columns);
                V sum = S.Create(0);
                for (int i = 0; i < whole; i += S.Count)
                {
                    sum = S.MultiplyAdd(S.Load(v + i), VectorMath.Tanh<S, V>(S.Add(S.Load(query + i), S.Load(key + i))), sum);
                }

                if (whole < columns)
                {
                    PartLanes<S, V> end = new(columns - whole);
                    sum = S.MultiplyAdd(end.Load(v + whole), VectorMath.Tanh<S, V>(S.Add(end.Load(query + whole), end.Load(key + whole))), sum);
                }

                scores[row] = S.Sum(sum);
            }
        }
    }

    private readonly struct GradientBody(float* query, float* keys, float* v, float* dScores, float* dQuery, float* dKeys, float* dV, int rows, nint columns) : ILaneBody
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Compute<S, V, L>(L lanes, nint at)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V>
        {
            // The sums over all keys stay in registers.
            V one = S.Create(1);
            V q = lanes.Load(query + at), weight = lanes.Load(v + at);
            V queryGradient = lanes.Load(dQuery + at), vGradient = lanes.Load(dV + at);
            float* key = keys + at, keyGradient = dKeys + at;
            for (int row = 0; row < rows; row++)
            {
                V dScore = S.Create(dScores[row]);
                V y = VectorMath.Tanh<S, V>(S.Add(q, lanes.Load(key)));
                V gradient = S.Multiply(S.Multiply(dScore, weight), S.Subtract(one, S.Multiply(y, y)));
                queryGradient = S.Add(queryGradient, gradient);
                lanes.Store(S.Add(lanes.Load(keyGradient), gradient), keyGradient);
                vGradient = S.MultiplyAdd(dScore, y, vGradient);
                key += columns;
                keyGradient += columns;
            }

            lanes.Store(queryGradient, dQuery + at);
            lanes.Store(vGradient, dV + at);
        }
    }
}
