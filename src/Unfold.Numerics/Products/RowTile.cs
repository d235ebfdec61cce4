using System.Runtime.CompilerServices;
using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Products;

/// <summary>
/// One row of A against four packed panels at a time: a single row has too few sums in flight in one panel to keep the
/// multiply-add units busy. The chain of each element is that of <see cref="Tile"/>.
/// </summary>
internal static unsafe class RowTile
{
    /// <summary>The panels that are walked together.</summary>
    public const int Panels = 4;

    /// <summary>c (4 x 2 registers) = [c +] a (k) times four neighbouring panels of k rows each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<S, V>(float* a, float* panels, int k, float* c, bool accumulate)
        where S : struct, ISimd<V>
        where V : unmanaged
    {
        int n = S.Count;
        float* b0 = panels;
        float* b1 = b0 + ((nint)k * 2 * n);
        float* b2 = b1 + ((nint)k * 2 * n);
        float* b3 = b2 + ((nint)k * 2 * n);
        V zero = S.Create(0);
        V c0 = zero, c1 = zero, c2 = zero, c3 = zero, c4 = zero, c5 = zero, c6 = zero, c7 = zero;
        if (accumulate)
        {
            c0 = S.Load(c);
            c1 = S.Load(c + n);
            c2 = S.Load(c + (2 * n));
            c3 = S.Load(c + (3 * n));
            c4 = S.Load(c + (4 * n));
            c5 = S.Load(c + (5 * n));
            c6 = S.Load(c + (6 * n));
            c7 = S.Load(c + (7 * n));
        }

        for (int p = 0; p < k; p++)
        {
            V x = S.Create(a[p]);
            c0 = S.MultiplyAdd(x, S.Load(b0), c0);
            c1 = S.MultiplyAdd(x, S.Load(b0 + n), c1);
            c2 = S.MultiplyAdd(x, S.Load(b1), c2);
            c3 = S.MultiplyAdd(x, S.Load(b1 + n), c3);
            c4 = S.MultiplyAdd(x, S.Load(b2), c4);
            c5 = S.MultiplyAdd(x, S.Load(b2 + n), c5);
            c6 = S.MultiplyAdd(x, S.Load(b3), c6);
            c7 = S.MultiplyAdd(x, S.Load(b3 + n), c7);
            b0 += 2 * n;
            b1 += 2 * n;
            b2 += 2 * n;
            b3 += 2 * n;
        }

        S.Store(c0, c);
        S.Store(c1, c + n);
        S.Store(c2, c + (2 * n));
        S.Store(c3, c + (3 * n));
        S.Store(c4, c + (4 * n));
        S.Store(c5, c + (5 * n));
        S.Store(c6, c + (6 * n));
        S.Store(c7, c + (7 * n));
    }
}
