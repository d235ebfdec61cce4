using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Products;

/// <summary>Copies matrices into the order in which the tiles read them.</summary>
internal static unsafe class Packing
{
    /// <summary>
    /// Packs <paramref name="columns"/> columns of B (k x columns, element (p, j) at b[p * bRow + j * bColumn]) into a panel of
    /// k rows of 2 registers, padded with zeros.
    /// </summary>
    public static void Panel<S, V>(float* b, nint bRow, nint bColumn, int k, int columns, float* panel)
        where S : struct, ISimd<V>
        where V : unmanaged
    {
        int width = 2 * S.Count;
        if (bRow == 1 && TransposedPanel.CanPack(columns))
        {
            TransposedPanel.Pack(b, bColumn, k, columns, panel, width);
        }
        else
        {
            PanelInOrder<S, V>(b, bRow, bColumn, k, columns, panel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PanelInOrder<S, V>(float* b, nint bRow, nint bColumn, int k, int columns, float* panel)
        where S : struct, ISimd<V>
        where V : unmanaged
    {
        int width = 2 * S.Count;
        if (bColumn == 1 && columns == width)
        {
            for (int p = 0; p < k; p++)
            {
                float* source = b + (p * bRow);
                V left = S.Load(source);
                V right = S.Load(source + S.Count);
                S.Store(left, panel);
                S.Store(right, panel + S.Count);
                panel += width;
            }

            return;
        }

        if (columns < width)
        {
            new Span<float>(panel, k * width).Clear();
        }

        // Column by column in blocks of k: the writes of a block stay in the first cache level.
        const int Block = 64;
        for (int start = 0; start < k; start += Block)
        {
            int end = Math.Min(k, start + Block);
            for (int j = 0; j < columns; j++)
            {
                float* source = b + (j * bColumn);
                for (int p = start; p < end; p++)
                {
                    panel[((nint)p * width) + j] = source[p * bRow];
                }
            }
        }
    }

    /// <summary>Packs a tile's rows of A (rows x k) into a strip: k columns of rows values that lie side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Strip(float* a, nint aRow, nint aColumn, int rows, int k, float* strip)
    {
        if (aRow == 1 && rows >= Simd256.Count && rows <= 2 * Simd256.Count)
        {
            StripOfColumns<Simd256, Vector256<float>>(a, aColumn, rows, k, strip);
            return;
        }

        if (aRow == 1 && rows >= Simd128.Count && rows < Simd256.Count)
        {
            StripOfColumns<Simd128, Vector128<float>>(a, aColumn, rows, k, strip);
            return;
        }

        for (int p = 0; p < k; p++)
        {
            float* source = a + (p * aColumn);
            for (int row = 0; row < rows; row++)
            {
                strip[row] = source[row * aRow];
            }

            strip += rows;
        }
    }

    /// <summary>A transposed matrix has its columns' values side by side already: two registers that may overlap take a column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void StripOfColumns<S, V>(float* a, nint aColumn, int rows, int k, float* strip)
        where S : struct, ISimd<V>
        where V : unmanaged
    {
        nint last = rows - S.Count;
        for (int p = 0; p < k; p++)
        {
            V head = S.Load(a);
            V tail = S.Load(a + last);
            S.Store(head, strip);
            S.Store(tail, strip + last);
            a += aColumn;
            strip += rows;
        }
    }
}
