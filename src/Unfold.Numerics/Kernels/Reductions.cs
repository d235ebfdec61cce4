using System.Runtime.CompilerServices;
using Unfold.Numerics.Vectors;

namespace Unfold.Numerics.Kernels;

/// <summary>Sums over many values, in an order that does not depend on the number of threads.</summary>
public static unsafe class Reductions
{
    // A block's sum is made in one go; the blocks' sums are added up in order, in double precision.
    private const int Block = 16384;

    /// <summary>The sum of the squares.</summary>
    public static double SumOfSquares(ReadOnlySpan<float> values, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        int length = values.Length;
        int blocks = (length + Block - 1) / Block;
        double[] sums = System.Buffers.ArrayPool<double>.Shared.Rent(blocks);
        fixed (float* start = values)
        {
            float* p = start;
            workers.Run(part =>
            {
                (int first, int end) = workers.Share(blocks, part);
                for (int block = first; block < end; block++)
                {
                    var kernel = new SquaresKernel(p + ((nint)block * Block), Math.Min(Block, length - (block * Block)));
                    SimdWidth.Run(ref kernel);
                    sums[block] = kernel.Result;
                }
            });
        }

        double total = 0;
        for (int block = 0; block < blocks; block++)
        {
            total += sums[block];
        }

        System.Buffers.ArrayPool<double>.Shared.Return(sums);
        return total;
    }

    /// <summary>sums[j] += the sum over rows of matrix[row, j].</summary>
    /// <param name="matrix">rows x columns, row-major.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="stride">The distance of two rows.</param>
    /// <param name="sums">One sum a column, added to.</param>
    /// <param name="workers">The threads; each takes columns of its own.</param>
    public static void AddColumnSums(ReadOnlySpan<float> matrix, int rows, int stride, Span<float> sums, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        int columns = sums.Length;
        Lengths.Rows(matrix.Length, rows, columns, stride, nameof(matrix));
        fixed (float* pm = matrix, ps = sums)
        {
            float* m = pm, s = ps;
            workers.Run(part =>
            {
                (int start, int end) = workers.Share(columns, part, 16);
                var kernel = new ColumnSumsKernel(m + start, rows, stride, s + start, end - start);
                SimdWidth.Run(ref kernel);
            });
        }
    }

    /// <summary>table[index[row]] += matrix[row], for each row whose index is not negative: the gradient of a look-up.</summary>
    /// <param name="matrix">rows x columns, row-major.</param>
    /// <param name="index">One row number of the table for each row of the matrix.</param>
    /// <param name="stride">The distance of two rows of the matrix.</param>
    /// <param name="columns">The width of a row.</param>
    /// <param name="table">The table, row-major, added to.</param>
    /// <param name="workers">The threads; each takes columns of its own.</param>
    public static void AddRowsAt(ReadOnlySpan<float> matrix, ReadOnlySpan<int> index, int stride, int columns, Span<float> table, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        int rows = index.Length;
        Lengths.Rows(matrix.Length, rows, columns, stride, nameof(matrix));
        int highest = table.Length / Math.Max(columns, 1);
        foreach (int i in index)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(i, highest, nameof(index));
        }

        fixed (float* pm = matrix, pt = table)
        fixed (int* pi = index)
        {
            float* m = pm, t = pt;
            int* rowsAt = pi;
            workers.Run(part =>
            {
                (int start, int end) = workers.Share(columns, part, 16);
                for (int row = 0; row < rows; row++)
                {
                    if (rowsAt[row] >= 0)
                    {
                        var source = new ReadOnlySpan<float>(m + ((nint)row * stride) + start, end - start);
                        RowKernels.Add(source, new Span<float>(t + ((nint)rowsAt[row] * columns) + start, end - start));
                    }
                }
            });
        }
    }

    private struct SquaresKernel(float* values, int length) : ISimdKernel
    {
        public double Result;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            V a = S.Create(0), b = a, c = a, d = a;
            int i = 0;
            for (; i + (4 * S.Count) <= length; i += 4 * S.Count)
            {
                V x = S.Load(values + i), y = S.Load(values + i + S.Count);
                a = S.MultiplyAdd(x, x, a);
                b = S.MultiplyAdd(y, y, b);
                x = S.Load(values + i + (2 * S.Count));
                y = S.Load(values + i + (3 * S.Count));
                c = S.MultiplyAdd(x, x, c);
                d = S.MultiplyAdd(y, y, d);
            }

            double sum = S.Sum(S.Add(S.Add(a, b), S.Add(c, d)));
            for (; i < length; i++)
            {
                sum += (double)values[i] * values[i];
            }

            Result = sum;
        }
    }

    private readonly struct ColumnSumsKernel(float* matrix, int rows, int stride, float* sums, int columns) : ISimdKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            // Eight registers of columns at a time: whole cache lines of each row, and enough sums in flight.
            int group = 8 * S.Count;
            int j = 0;
            for (; j + group <= columns; j += group)
            {
                V zero = S.Create(0);
                V a = zero, b = zero, c = zero, d = zero, e = zero, f = zero, g = zero, h = zero;
                float* p = matrix + j;
                for (int row = 0; row < rows; row++)
                {
                    a = S.Add(a, S.Load(p));
                    b = S.Add(b, S.Load(p + S.Count));
                    c = S.Add(c, S.Load(p + (2 * S.Count)));
                    d = S.Add(d, S.Load(p + (3 * S.Count)));
                    e = S.Add(e, S.Load(p + (4 * S.Count)));
                    f = S.Add(f, S.Load(p + (5 * S.Count)));
                    g = S.Add(g, S.Load(p + (6 * S.Count)));
                    h = S.Add(h, S.Load(p + (7 * S.Count)));
                    p += stride;
                }

                float* s = sums + j;
                S.Store(S.Add(S.Load(s), a), s);
                S.Store(S.Add(S.Load(s + S.Count), b), s + S.Count);
                S.Store(S.Add(S.Load(s + (2 * S.Count)), c), s + (2 * S.Count));
                S.Store(S.Add(S.Load(s + (3 * S.Count)), d), s + (3 * S.Count));
                S.Store(S.Add(S.Load(s + (4 * S.Count)), e), s + (4 * S.Count));
                S.Store(S.Add(S.Load(s + (5 * S.Count)), f), s + (5 * S.Count));
                S.Store(S.Add(S.Load(s + (6 * S.Count)), g), s + (6 * S.Count));
                S.Store(S.Add(S.Load(s + (7 * S.Count)), h), s + (7 * S.Count));
            }

            for (; j <= columns - S.Count; j += S.Count)
            {
                AddRegister<S, V, WholeLanes<S, V>>(default, j);
            }

            if (j < columns)
            {
                AddRegister<S, V, PartLanes<S, V>>(new(columns - j), j);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void AddRegister<S, V, L>(L lanes, int j)
            where S : struct, ISimd<V>
            where V : unmanaged
            where L : struct, ILanes<V>
        {
            V sum = S.Create(0);
            for (int row = 0; row < rows; row++)
            {
                sum = S.Add(sum, lanes.Load(matrix + ((nint)row * stride) + j));
            }

            lanes.Store(S.Add(lanes.Load(sums + j), sum), sums + j);
        }
    }
}
