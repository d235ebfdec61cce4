using System.Runtime.CompilerServices;
using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Products;

/// <summary>The number of rows of a tile as a type, so that the compiler keeps just those accumulators.</summary>
internal interface IRows
{
    static abstract int Count { get; }
}

/// <summary>
/// The micro-kernel of the matrix product: C (rows x 2 registers) = [C +] A (rows x k) times one packed panel of B.
/// Every element of C is one chain of multiply-adds over k in ascending order, whatever the tile, so the result does not
/// depend on how rows and columns are shared out among tiles and threads.
/// </summary>
internal static unsafe class Tile
{
    /// <param name="a">A: element (i, p) lies at a[i * aRow + p * aColumn].</param>
    /// <param name="aRow">Distance of two rows of A.</param>
    /// <param name="aColumn">Distance of two columns of A.</param>
    /// <param name="panel">k rows of 2 registers.</param>
    /// <param name="k">The length of the sums.</param>
    /// <param name="c">C, row-major.</param>
    /// <param name="cRow">Distance of two rows of C.</param>
    /// <param name="accumulate">Whether the sums start from what C holds, or from zero.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<S, V, R>(float* a, nint aRow, nint aColumn, float* panel, int k, float* c, nint cRow, bool accumulate)
        where S : struct, ISimd<V>
        where V : unmanaged
        where R : struct, IRows
    {
        V zero = S.Create(0);
        nint aRow2 = 2 * aRow;
        nint aRow3 = 3 * aRow;
        float* a4 = a + (4 * aRow);
        float* a8 = a + (8 * aRow);
        float* a12 = a + (12 * aRow);
        float* a0 = a;
        V c00 = zero, c01 = zero;
        V c10 = zero, c11 = zero;
        V c20 = zero, c21 = zero;
        V c30 = zero, c31 = zero;
        V c40 = zero, c41 = zero;
        V c50 = zero, c51 = zero;
        V c60 = zero, c61 = zero;
        V c70 = zero, c71 = zero;
        V c80 = zero, c81 = zero;
        V c90 = zero, c91 = zero;
        V c100 = zero, c101 = zero;
        V c110 = zero, c111 = zero;
        V c120 = zero, c121 = zero;
        V c130 = zero, c131 = zero;
        if (accumulate)
        {
            if (R.Count > 0)
            {
                c00 = S.Load(c + (0 * cRow));
                c01 = S.Load(c + (0 * cRow) + S.Count);
            }

            if (R.Count > 1)
            {
                c10 = S.Load(c + (1 * cRow));
                c11 = S.Load(c + (1 * cRow) + S.Count);
            }

            if (R.Count > 2)
            {
                c20 = S.Load(c + (2 * cRow));
                c21 = S.Load(c + (2 * cRow) + S.Count);
            }

            if (R.Count > 3)
            {
                c30 = S.Load(c + (3 * cRow));
                c31 = S.Load(c + (3 * cRow) + S.Count);
            }

            if (R.Count > 4)
            {
                c40 = S.Load(c + (4 * cRow));
                c41 = S.Load(c + (4 * cRow) + S.Count);
            }

            if (R.Count > 5)
            {
                c50 = S.Load(c + (5 * cRow));
                c51 = S.Load(c + (5 * cRow) + S.Count);
            }

            if (R.Count > 6)
            {
                c60 = S.Load(c + (6 * cRow));
                c61 = S.Load(c + (6 * cRow) + S.Count);
            }

            if (R.Count > 7)
            {
                c70 = S.Load(c + (7 * cRow));
                c71 = S.Load(c + (7 * cRow) + S.Count);
            }

            if (R.Count > 8)
            {
                c80 = S.Load(c + (8 * cRow));
                c81 = S.Load(c + (8 * cRow) + S.Count);
            }

            if (R.Count > 9)
            {
                c90 = S.Load(c + (9 * cRow));
                c91 = S.Load(c + (9 * cRow) + S.Count);
            }

            if (R.Count > 10)
            {
                c100 = S.Load(c + (10 * cRow));
                c101 = S.Load(c + (10 * cRow) + S.Count);
            }

            if (R.Count > 11)
            {
                c110 = S.Load(c + (11 * cRow));
                c111 = S.Load(c + (11 * cRow) + S.Count);
            }

            if (R.Count > 12)
            {
                c120 = S.Load(c + (12 * cRow));
                c121 = S.Load(c + (12 * cRow) + S.Count);
            }

            if (R.Count > 13)
            {
                c130 = S.Load(c + (13 * cRow));
                c131 = S.Load(c + (13 * cRow) + S.Count);
            }
        }

        for (int p = 0; p < k; p++)
        {
            V b0 = S.Load(panel);
            V b1 = S.Load(panel + S.Count);
            if (R.Count > 0)
            {
                V x = S.Create(*a0);
                c00 = S.MultiplyAdd(x, b0, c00);
                c01 = S.MultiplyAdd(x, b1, c01);
            }

            if (R.Count > 1)
            {
                V x = S.Create(*(a0 + aRow));
                c10 = S.MultiplyAdd(x, b0, c10);
                c11 = S.MultiplyAdd(x, b1, c11);
            }

            if (R.Count > 2)
            {
                V x = S.Create(*(a0 + aRow2));
                c20 = S.MultiplyAdd(x, b0, c20);
                c21 = S.MultiplyAdd(x, b1, c21);
            }

            if (R.Count > 3)
            {
                V x = S.Create(*(a0 + aRow3));
                c30 = S.MultiplyAdd(x, b0, c30);
                c31 = S.MultiplyAdd(x, b1, c31);
            }

            if (R.Count > 4)
            {
                V x = S.Create(*a4);
                c40 = S.MultiplyAdd(x, b0, c40);
                c41 = S.MultiplyAdd(x, b1, c41);
            }

            if (R.Count > 5)
            {
                V x = S.Create(*(a4 + aRow));
                c50 = S.MultiplyAdd(x, b0, c50);
                c51 = S.MultiplyAdd(x, b1, c51);
            }

            if (R.Count > 6)
            {
                V x = S.Create(*(a4 + aRow2));
                c60 = S.MultiplyAdd(x, b0, c60);
                c61 = S.MultiplyAdd(x, b1, c61);
            }

            if (R.Count > 7)
            {
                V x = S.Create(*(a4 + aRow3));
                c70 = S.MultiplyAdd(x, b0, c70);
                c71 = S.MultiplyAdd(x, b1, c71);
            }

            if (R.Count > 8)
            {
                V x = S.Create(*a8);
                c80 = S.MultiplyAdd(x, b0, c80);
                c81 = S.MultiplyAdd(x, b1, c81);
            }

            if (R.Count > 9)
            {
                V x = S.Create(*(a8 + aRow));
                c90 = S.MultiplyAdd(x, b0, c90);
                c91 = S.MultiplyAdd(x, b1, c91);
            }

            if (R.Count > 10)
            {
                V x = S.Create(*(a8 + aRow2));
                c100 = S.MultiplyAdd(x, b0, c100);
                c101 = S.MultiplyAdd(x, b1, c101);
            }

            if (R.Count > 11)
            {
                V x = S.Create(*(a8 + aRow3));
                c110 = S.MultiplyAdd(x, b0, c110);
                c111 = S.MultiplyAdd(x, b1, c111);
            }

            if (R.Count > 12)
            {
                V x = S.Create(*a12);
                c120 = S.MultiplyAdd(x, b0, c120);
                c121 = S.MultiplyAdd(x, b1, c121);
            }

            if (R.Count > 13)
            {
                V x = S.Create(*(a12 + aRow));
                c130 = S.MultiplyAdd(x, b0, c130);
                c131 = S.MultiplyAdd(x, b1, c131);
            }

            panel += 2 * S.Count;
            a0 += aColumn;
            a4 += aColumn;
            a8 += aColumn;
            a12 += aColumn;
        }

        if (R.Count > 0)
        {
            S.Store(c00, c + (0 * cRow));
            S.Store(c01, c + (0 * cRow) + S.Count);
        }

        if (R.Count > 1)
        {
            S.Store(c10, c + (1 * cRow));
            S.Store(c11, c + (1 * cRow) + S.Count);
        }

        if (R.Count > 2)
        {
            S.Store(c20, c + (2 * cRow));
            S.Store(c21, c + (2 * cRow) + S.Count);
        }

        if (R.Count > 3)
        {
            S.Store(c30, c + (3 * cRow));
            S.Store(c31, c + (3 * cRow) + S.Count);
        }

        if (R.Count > 4)
        {
            S.Store(c40, c + (4 * cRow));
            S.Store(c41, c + (4 * cRow) + S.Count);
        }

        if (R.Count > 5)
        {
            S.Store(c50, c + (5 * cRow));
            S.Store(c51, c + (5 * cRow) + S.Count);
        }

        if (R.Count > 6)
        {
            S.Store(c60, c + (6 * cRow));
            S.Store(c61, c + (6 * cRow) + S.Count);
        }

        if (R.Count > 7)
        {
            S.Store(c70, c + (7 * cRow));
            S.Store(c71, c + (7 * cRow) + S.Count);
        }

        if (R.Count > 8)
        {
            S.Store(c80, c + (8 * cRow));
            S.Store(c81, c + (8 * cRow) + S.Count);
        }

        if (R.Count > 9)
        {
            S.Store(c90, c + (9 * cRow));
            S.Store(c91, c + (9 * cRow) + S.Count);
        }

        if (R.Count > 10)
        {
            S.Store(c100, c + (10 * cRow));
            S.Store(c101, c + (10 * cRow) + S.Count);
        }

        if (R.Count > 11)
        {
            S.Store(c110, c + (11 * cRow));
            S.Store(c111, c + (11 * cRow) + S.Count);
        }

        if (R.Count > 12)
        {
            S.Store(c120, c + (12 * cRow));
            S.Store(c121, c + (12 * cRow) + S.Count);
        }

        if (R.Count > 13)
        {
            S.Store(c130, c + (13 * cRow));
            S.Store(c131, c + (13 * cRow) + S.Count);
        }
    }
}
