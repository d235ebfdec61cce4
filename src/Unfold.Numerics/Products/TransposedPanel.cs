using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Unfold.Numerics.Products;

/// <summary>Packs a panel of a transposed matrix, whose columns' values lie side by side: eight by eight in registers instead of value by value.</summary>
internal static unsafe class TransposedPanel
{
    private const int Side = 8;

    // Which pairs of the two operands' halves make a row: the lower or upper pair of each, the lower or upper half of each.
    private const byte LowerPairs = 0x44, UpperPairs = 0xEE, LowerHalves = 0x20, UpperHalves = 0x31;

    /// <summary>Whether there are enough columns, and the instructions for them.</summary>
    public static bool CanPack(int columns) => Avx.IsSupported && columns >= Side;

    /// <summary>panel[p * width + j] = b[p + j * bColumn] for p in [0, k) and j in [0, columns); zero for the other j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(float* b, nint bColumn, int k, int columns, float* panel, nint width)
    {
        if (columns < width)
        {
            new Span<float>(panel, k * (int)width).Clear();
        }

        // In blocks of k: the writes of a block stay in the first cache level.
        const int Block = 64;
        int inSquares = columns / Side * Side;
        for (int start = 0; start < k; start += Block)
        {
            int length = Math.Min(Block, k - start);
            float* rows = panel + (start * width);
            for (int j = 0; j < inSquares; j += Side)
            {
                Squares(b + start + (j * bColumn), bColumn, length, rows + j, width);
            }

            for (int j = inSquares; j < columns; j++)
            {
                Column(b + start + (j * bColumn), length, rows + j, width);
            }
        }
    }

    /// <summary>Eight columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Squares(float* from, nint column, int length, float* to, nint row)
    {
        int inSquares = length / Side * Side;
        for (int p = 0; p < inSquares; p += Side)
        {
            Square(from + p, column, to + (p * row), row);
        }

        for (int i = 0; i < Side; i++)
        {
            Column(from + inSquares + (i * column), length - inSquares, to + (inSquares * row) + i, row);
        }
    }

    private static void Column(float* from, int length, float* to, nint row)
    {
        for (int p = 0; p < length; p++)
        {
            to[p * row] = from[p];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square(float* from, nint column, float* to, nint row)
    {
        float* fourth = from + (4 * column);
        Vector256<float> a0 = Vector256.Load(from);
        Vector256<float> a1 = Vector256.Load(from + column);
        Vector256<float> a2 = Vector256.Load(from + (2 * column));
        Vector256<float> a3 = Vector256.Load(from + (3 * column));
        Vector256<float> a4 = Vector256.Load(fourth);
        Vector256<float> a5 = Vector256.Load(fourth + column);
        Vector256<float> a6 = Vector256.Load(fourth + (2 * column));
        Vector256<float> a7 = Vector256.Load(fourth + (3 * column));

        // Pairs of columns, then fours, then eights.
        Vector256<float> b0 = Avx.UnpackLow(a0, a1), b1 = Avx.UnpackHigh(a0, a1);
        Vector256<float> b2 = Avx.UnpackLow(a2, a3), b3 = Avx.UnpackHigh(a2, a3);
        Vector256<float> b4 = Avx.UnpackLow(a4, a5), b5 = Avx.UnpackHigh(a4, a5);
        Vector256<float> b6 = Avx.UnpackLow(a6, a7), b7 = Avx.UnpackHigh(a6, a7);
        Vector256<float> c0 = Avx.Shuffle(b0, b2, LowerPairs), c1 = Avx.Shuffle(b0, b2, UpperPairs);
        Vector256<float> c2 = Avx.Shuffle(b1, b3, LowerPairs), c3 = Avx.Shuffle(b1, b3, UpperPairs);
        Vector256<float> c4 = Avx.Shuffle(b4, b6, LowerPairs), c5 = Avx.Shuffle(b4, b6, UpperPairs);
        Vector256<float> c6 = Avx.Shuffle(b5, b7, LowerPairs), c7 = Avx.Shuffle(b5, b7, UpperPairs);

        float* half = to + (4 * row);
        Avx.Permute2x128(c0, c4, LowerHalves).Store(to);
        Avx.Permute2x128(c1, c5, LowerHalves).Store(to + row);
        Avx.Permute2x128(c2, c6, LowerHalves).Store(to + (2 * row));
        Avx.Permute2x128(c3, c7, LowerHalves).Store(to + (3 * row));
        Avx.Permute2x128(c0, c4, UpperHalves).Store(half);
        Avx.Permute2x128(c1, c5, UpperHalves).Store(half + row);
        Avx.Permute2x128(c2, c6, UpperHalves).Store(half + (2 * row));
        Avx.Permute2x128(c3, c7, UpperHalves).Store(half + (3 * row));
    }
}
