using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Products;

/// <summary>The general matrix product of single-precision matrices, on all threads of a team.</summary>
public static unsafe class MatrixProduct
{
    // The sums are cut so that a panel of B (256 x 2 registers) stays in the first cache level for all rows of A.
    private const int SumLength = 256;

    // A whole sum of up to this length spares the passes over C, which is often too large for the caches; that is worth more
    // than the place of the panel.
    private const int WholeSumLength = 768;

    // Packed rows of A (768 x 256) stay in the second cache level while all panels of B pass by.
    private const int PackedRows = 768;

    /// <summary>C (m x n) = [C +] A (m x k) B (k x n), where A and B may be views of transposed matrices.</summary>
    /// <param name="workers">The threads; the result does not depend on their number.</param>
    /// <param name="a">A.</param>
    /// <param name="b">B.</param>
    /// <param name="c">C, row-major; must not overlap A or B.</param>
    /// <param name="accumulation">Whether the product is added to what C holds.</param>
    /// <param name="cStride">The distance of two rows of C; 0 stands for n.</param>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public static void Multiply(Workers workers, MatrixView a, MatrixView b, Span<float> c, Accumulation accumulation, int cStride = 0)
    {
        ArgumentNullException.ThrowIfNull(workers);
        cStride = cStride == 0 ? b.Columns : cStride;
        if (a.Columns != b.Rows || cStride < b.Columns || (a.Rows > 0 && c.Length < ((long)(a.Rows - 1) * cStride) + b.Columns))
        {
            throw new ArgumentException($"The product of {a.Rows} x {a.Columns} with {b.Rows} x {b.Columns} does not fit into {c.Length} values with row stride {cStride}.");
        }

        if (a.Rows == 0 || b.Columns == 0)
        {
            return;
        }

        if (a.Columns == 0)
        {
            Clear(c, a.Rows, b.Columns, cStride, accumulation);
            return;
        }

        fixed (float* aStart = a.Values, bStart = b.Values, cStart = c)
        {
            var product = new Product(aStart, a.RowStride, a.ColumnStride, bStart, b.RowStride, b.ColumnStride, cStart, cStride, a.Rows, b.Columns, a.Columns, accumulation == Accumulation.Add);
            product.Run(workers);
        }
    }

    private static void Clear(Span<float> c, int rows, int columns, int stride, Accumulation accumulation)
    {
        for (int row = 0; accumulation == Accumulation.Overwrite && row < rows; row++)
        {
            c.Slice(row * stride, columns).Clear();
        }
    }

    private readonly struct Product(float* a, nint aRow, nint aColumn, float* b, nint bRow, nint bColumn, float* c, nint cRow, int m, int n, int k, bool accumulate)
    {
        public void Run(Workers workers)
        {
            Product self = this;
            int width = 2 * SimdWidth.Bits / 32;

            // A tall A whose columns lie side by side is packed: by rows, so that each thread packs its own.
            bool byColumns = n >= 2 * width * workers.Count && (aColumn == 1 || m <= n);
            workers.Run(part =>
            {
                (int firstRow, int endRow) = byColumns ? (0, self.Rows) : workers.Share(self.Rows, part);
                (int firstColumn, int endColumn) = byColumns ? workers.Share(self.Columns, part, width) : (0, self.Columns);
                if (firstRow < endRow && firstColumn < endColumn)
                {
                    AlignedBuffer scratch = workers.TakeScratch(part);
                    var kernel = new Kernel(self.Part(firstRow, endRow, firstColumn, endColumn), scratch);
                    SimdWidth.Run(ref kernel);
                    workers.ReturnScratch(part, scratch);
                }
            });
        }

        public int Rows => m;

        public int Columns => n;

        private Product Part(int firstRow, int endRow, int firstColumn, int endColumn) =>
            new(a + (firstRow * aRow), aRow, aColumn, b + (firstColumn * bColumn), bRow, bColumn, c + (firstRow * cRow) + firstColumn, cRow, endRow - firstRow, endColumn - firstColumn, k, accumulate);

        public void Compute<S, V>(AlignedBuffer scratch)
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            int width = 2 * S.Count;
            bool pack = aColumn != 1 && n > width;
            int length = !pack && k <= WholeSumLength ? k : Math.Min(k, SumLength);
            int rowsAtOnce = pack ? Math.Min(m, PackedRows) : m;
            float* panel = scratch.Ensure(checked((length * width) + (pack ? rowsAtOnce * length : 0)));
            float* strips = panel + (length * width);
            for (int start = 0; start < k; start += length)
            {
                int count = Math.Min(length, k - start);
                for (int row = 0; row < m; row += rowsAtOnce)
                {
                    int rows = Math.Min(rowsAtOnce, m - row);
                    float* blockA = a + (row * aRow) + (start * aColumn);
                    if (pack)
                    {
                        RowBlock.PackStrips<S, V>(blockA, aRow, aColumn, rows, count, strips);
                    }

                    RowSource source = pack ? RowSource.Strips(strips) : RowSource.Matrix(blockA, aRow, aColumn);
                    for (int column = 0; column < n; column += width)
                    {
                        int columns = Math.Min(width, n - column);
                        Packing.Panel<S, V>(b + (start * bRow) + (column * bColumn), bRow, bColumn, count, columns, panel);
                        RowBlock.Multiply<S, V>(source, rows, panel, count, c + (row * cRow) + column, cRow, columns, accumulate || start > 0);
                    }
                }
            }
        }
    }

    private readonly struct Kernel(Product product, AlignedBuffer scratch) : ISimdKernel
    {
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged => product.Compute<S, V>(scratch);
    }
}
