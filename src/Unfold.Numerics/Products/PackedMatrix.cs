using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Products;

/// <summary>
/// A matrix B (k x n) in the order in which the product reads it, for a matrix that is multiplied many times: recurrent
/// weights are packed once for all time steps of a batch.
/// </summary>
public sealed unsafe class PackedMatrix
{
    // Below this a row is done sooner than another core hears of it.
    private const int SharedRowSize = 1 << 16;

    private readonly AlignedBuffer _panels = new();

    /// <summary>k, the number of rows of B.</summary>
    public int Rows { get; private set; }

    /// <summary>n, the number of columns of B.</summary>
    public int Columns { get; private set; }

    /// <summary>Copies B; the memory of an earlier matrix is used again where it is large enough.</summary>
    public void Pack(MatrixView b, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        Rows = b.Rows;
        Columns = b.Columns;
        int width = 2 * Lanes;
        int panels = (Columns + width - 1) / width;
        float* buffer = _panels.Ensure(checked(panels * width * Rows));
        int rows = Rows, columns = Columns;
        nint rowStride = b.RowStride, columnStride = b.ColumnStride;
        fixed (float* source = b.Values)
        {
            float* values = source;
            workers.Run(part =>
            {
                (int start, int end) = workers.Share(columns, part, width);
                var kernel = new PackKernel(values, rowStride, columnStride, rows, buffer, start, end);
                SimdWidth.Run(ref kernel);
            });
        }

        GC.KeepAlive(this);
    }

    /// <summary>C (rows x n) = [C +] A (rows x k) B on the calling thread.</summary>
    /// <param name="a">A, row-major.</param>
    /// <param name="aStride">The distance of two rows of A.</param>
    /// <param name="rows">The number of rows of A and C.</param>
    /// <param name="c">C, row-major; must not overlap A.</param>
    /// <param name="cStride">The distance of two rows of C.</param>
    /// <param name="accumulation">Whether the product is added to what C holds.</param>
    /// <exception cref="ArgumentException">A or C is too short.</exception>
    public void Multiply(ReadOnlySpan<float> a, int aStride, int rows, Span<float> c, int cStride, Accumulation accumulation)
    {
        if (rows == 0)
        {
            return;
        }

        if (rows < 0 || (rows > 1 && (aStride < Rows || cStride < Columns)) || a.Length < ((long)(rows - 1) * aStride) + Rows || c.Length < ((long)(rows - 1) * cStride) + Columns)
        {
            throw new ArgumentException($"The product of {rows} x {Rows} with {Rows} x {Columns} needs larger operands or strides than {a.Length} and {c.Length} values, {aStride} and {cStride} apart.");
        }

        fixed (float* aStart = a, cStart = c)
        {
            var kernel = new MultiplyKernel(aStart, aStride, rows, _panels.Pointer, Rows, cStart, cStride, 0, Columns, accumulation == Accumulation.Add);
            SimdWidth.Run(ref kernel);
        }

        // The kernel holds only the address of the panels.
        GC.KeepAlive(this);
    }

    /// <summary>c (n) = [c +] a (k) B, the columns shared out among the threads of a team where the matrix is large.</summary>
    /// <param name="a">One row.</param>
    /// <param name="c">The result; must not overlap a.</param>
    /// <param name="accumulation">Whether the product is added to what c holds.</param>
    /// <param name="workers">The threads; the result does not depend on their number.</param>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    public void MultiplyRow(ReadOnlySpan<float> a, Span<float> c, Accumulation accumulation, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        if (workers.Count == 1 || (long)Rows * Columns < SharedRowSize)
        {
            Multiply(a, Rows, 1, c, Columns, accumulation);
            return;
        }

        if (a.Length < Rows || c.Length < Columns)
        {
            throw new ArgumentException($"The product of a row of {Rows} with {Rows} x {Columns} needs larger operands than {a.Length} and {c.Length} values.");
        }

        fixed (float* aStart = a, cStart = c)
        {
            float* row = aStart, result = cStart;
            workers.Run(part =>
            {
                (int start, int end) = workers.Share(Columns, part, 2 * Lanes * RowTile.Panels);
                var kernel = new MultiplyKernel(row, Rows, 1, _panels.Pointer, Rows, result, Columns, start, end, accumulation == Accumulation.Add);
                SimdWidth.Run(ref kernel);
            });
        }

        GC.KeepAlive(this);
    }

    private static int Lanes => SimdWidth.Bits / 32;

    private readonly struct PackKernel(float* source, nint rowStride, nint columnStride, int rows, float* panels, int start, int end) : ISimdKernel
    {
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            int width = 2 * S.Count;
            for (int column = start; column < end; column += width)
            {
                Packing.Panel<S, V>(source + (column * columnStride), rowStride, columnStride, rows, Math.Min(width, end - column), panels + ((nint)column * rows));
            }
        }
    }

    private readonly struct MultiplyKernel(float* a, nint aStride, int rows, float* panels, int k, float* c, nint cStride, int start, int end, bool accumulate) : ISimdKernel
    {
        // Rows that stay in the second cache level while all panels pass by.
        private const int RowsAtOnce = 112;

        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            int width = 2 * S.Count;
            if (rows < S.TileRows / 2 && rows < 4)
            {
                for (int row = 0; row < rows; row++)
                {
                    MultiplyRow<S, V>(a + (row * aStride), c + (row * cStride));
                }

                return;
            }

            for (int row = 0; row < rows; row += RowsAtOnce)
            {
                MultiplyBlock<S, V>(a + (row * aStride), c + (row * cStride), Math.Min(RowsAtOnce, rows - row));
            }
        }

        private void MultiplyBlock<S, V>(float* blockA, float* blockC, int count)
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            int width = 2 * S.Count;
            RowSource source = RowSource.Matrix(blockA, aStride, 1);
            int column = start;
            int single = RowsOnTheirOwn<S, V>(count);
            int tiled = count - single;
            for (; single > 0 && column + (RowTile.Panels * width) <= end; column += RowTile.Panels * width)
            {
                float* columns = panels + ((nint)column * k);
                for (int panel = 0; panel < RowTile.Panels; panel++)
                {
                    RowBlock.Multiply<S, V>(source, tiled, columns + ((nint)panel * width * k), k, blockC + column + (panel * width), cStride, width, accumulate);
                }

                for (int row = tiled; row < count; row++)
                {
                    RowTile.Multiply<S, V>(blockA + (row * aStride), columns, k, blockC + (row * cStride) + column, accumulate);
                }
            }

            for (; column < end; column += width)
            {
                RowBlock.Multiply<S, V>(source, count, panels + ((nint)column * k), k, blockC + column, cStride, Math.Min(width, end - column), accumulate);
            }
        }

        /// <summary>
        /// A small register file has no sums to spare: tiles of five rows keep the multiply-add units less busy than tiles of
        /// six, so that a few rows too many are better done one by one than shared out among all tiles.
        /// </summary>
        private static int RowsOnTheirOwn<S, V>(int count)
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            const int SmallTile = 6, Few = 3;
            int over = count % S.TileRows;
            return S.TileRows <= SmallTile && count > S.TileRows && over <= Few ? over : 0;
        }

        private void MultiplyRow<S, V>(float* rowA, float* rowC)
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            int width = 2 * S.Count;
            int column = start;
            for (; column + (RowTile.Panels * width) <= end; column += RowTile.Panels * width)
            {
                RowTile.Multiply<S, V>(rowA, panels + ((nint)column * k), k, rowC + column, accumulate);
            }

            for (; column < end; column += width)
            {
                RowBlock.Multiply<S, V>(RowSource.Matrix(rowA, 0, 1), 1, panels + ((nint)column * k), k, rowC + column, 0, Math.Min(width, end - column), accumulate);
            }
        }
    }
}
