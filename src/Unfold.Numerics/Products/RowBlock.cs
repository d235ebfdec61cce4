using System.Runtime.CompilerServices;
using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Products;

/// <summary>One packed panel of B against any number of rows of A: shares the rows out among tiles of near-equal size.</summary>
internal static unsafe class RowBlock
{
    /// <summary>C (rows x columns) = [C +] A times a panel, where columns is at most 2 registers.</summary>
    /// <remarks>The panel is padded with zero columns; a partial one goes by way of a full tile on the stack.</remarks>
    public static void Multiply<S, V>(RowSource a, int rows, float* panel, int k, float* c, nint cRow, int columns, bool accumulate)
        where S : struct, ISimd<V>
        where V : unmanaged
    {
        int width = 2 * S.Count;
        int tiles = Tiles<S, V>(rows);
        float* partial = stackalloc float[columns < width ? width * S.TileRows : 1];
        for (int tile = 0; tile < tiles; tile++)
        {
            int first = First(rows, tiles, tile);
            int count = First(rows, tiles, tile + 1) - first;
            RowSource tileA = a.Tile(first, count, k);
            float* tileC = c + (first * cRow);
            if (columns == width)
            {
                Dispatch<S, V>(count, tileA, panel, k, tileC, cRow, accumulate);
                continue;
            }

            if (accumulate)
            {
                Copy(tileC, cRow, partial, width, count, columns);
            }

            Dispatch<S, V>(count, tileA, panel, k, partial, width, accumulate);
            Copy(partial, width, tileC, cRow, count, columns);
        }
    }

    /// <summary>Packs rows of A as strips, one for each of the tiles that <see cref="Multiply"/> makes of these rows.</summary>
    public static void PackStrips<S, V>(float* a, nint aRow, nint aColumn, int rows, int k, float* strips)
        where S : struct, ISimd<V>
        where V : unmanaged
    {
        int tiles = Tiles<S, V>(rows);
        for (int tile = 0; tile < tiles; tile++)
        {
            int first = First(rows, tiles, tile);
            int count = First(rows, tiles, tile + 1) - first;
            Packing.Strip(a + (first * aRow), aRow, aColumn, count, k, strips + ((nint)first * k));
        }
    }

    private static int Tiles<S, V>(int rows)
        where S : struct, ISimd<V>
        where V : unmanaged => (rows + S.TileRows - 1) / S.TileRows;

    private static int First(int rows, int tiles, int tile) => (int)((long)rows * tile / tiles);

    private static void Copy(float* source, nint sourceRow, float* destination, nint destinationRow, int rows, int columns)
    {
        for (int row = 0; row < rows; row++)
        {
            Unsafe.CopyBlockUnaligned(destination + (row * destinationRow), source + (row * sourceRow), (uint)columns * sizeof(float));
        }
    }

    private static void Dispatch<S, V>(int rows, RowSource a, float* panel, int k, float* c, nint cRow, bool accumulate)
        where S : struct, ISimd<V>
        where V : unmanaged
    {
        switch (rows)
        {
            case 1: Tile.Multiply<S, V, Rows1>(a.Start, a.Row, a.Column, panel, k, c, cRow, accumulate); break;
            case 2: Tile.Multiply<S, V, Rows2>(a.Start, a.Row, a.Column, panel, k, c, cRow, accumulate); break;
            case 3: Tile.Multiply<S, V, Rows3>(a.Start, a.Row, a.Column, panel, k, c, cRow, accumulate); break;
            case 4: Tile.Multiply<S, V, Rows4>(a.Start, a.Row, a.Column, panel, k, c, cRow, accumulate); break;
            case 5: Tile.Multiply<S, V, Rows5>(a.Start, a.Row, a.Column, panel, k, c, cRow, accumulate); break;
            case 6: Tile.Multiply<S, V, Rows6>(a.Start, a.Row, a.Column, panel, k, c, cRow, accumulate); break;
            case 7: Tile.Multiply<S, V, Rows7>(a.Start, a.Row, a.Column, panel, k, c, cRow, accumulate); break;
            case 8: Tile.Multiply<S, V, Rows8>(a.Start, a.Row, a.Column, panel, k, c, cRow, accumulate); break;
            case 9: Tile.Multiply<S, V, Rows9>(a.Start, a.Row, a.Column, panel, k, c, cRow, accumulate); break;
            case 10: Tile.Multiply<S, V, Rows10>(a.Start, a.Row, a.Column, panel, k, c, cRow, accumulate); break;
            case 11: Tile.Multiply<S, V, Rows11>(a.Start, a.Row, a.Column, panel, k, c, cRow, accumulate); break;
            case 12: Tile.Multiply<S, V, Rows12>(a.Start, a.Row, a.Column, panel, k, c, cRow, accumulate); break;
            case 13: Tile.Multiply<S, V, Rows13>(a.Start, a.Row, a.Column, panel, k, c, cRow, accumulate); break;
            default: Tile.Multiply<S, V, Rows14>(a.Start, a.Row, a.Column, panel, k, c, cRow, accumulate); break;
        }
    }
}
