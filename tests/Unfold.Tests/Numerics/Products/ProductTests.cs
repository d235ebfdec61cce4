using Unfold.Numerics;
using Unfold.Numerics.Products;
using Unfold.Tests.Support;

namespace Unfold.Tests.Numerics.Products;

[Trait("Path", "every")]
public sealed class ProductTests
{
    private static readonly int[] s_sizes = [1, 3, 7, 8, 9, 13, 14, 15, 16, 17, 28, 29, 31, 33, 50, 64, 65, 113, 257, 300];

    private readonly Workers _workers = new(2);

    /// <summary>Each pair of m and n, n and k, and m and k; the third size and the case go round.</summary>
    public static IEnumerable<(int M, int N, int K, int Case)> Shapes()
    {
        int round = 0;
        foreach (int first in s_sizes)
        {
            foreach (int second in s_sizes)
            {
                int third = s_sizes[round++ * 7 % 17];
                yield return (first, second, third, round);
                yield return (third, first, second, round + 1);
                yield return (first, third, second, round + 2);
            }
        }
    }

    [Fact]
    public void Products_of_odd_sizes_in_all_transpositions_are_right()
    {
        var random = new SeededRandom(1);
        foreach ((int m, int n, int k, int turn) in Shapes())
        {
            Check(random, m, n, k, transposeA: (turn & 1) != 0, transposeB: (turn & 2) != 0, (turn & 4) != 0 ? Accumulation.Add : Accumulation.Overwrite);
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Every_small_product_is_right(bool transposeA, bool transposeB)
    {
        var random = new SeededRandom(2);
        for (int m = 1; m <= 15; m++)
        {
            for (int n = 1; n <= 34; n += 3)
            {
                Check(random, m, n, 5, transposeA, transposeB, Accumulation.Overwrite);
                Check(random, m, n, 2, transposeA, transposeB, Accumulation.Add);
            }
        }
    }

    /// <summary>Sums that are done in one piece, and such that are cut.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Products_with_long_sums_are_right(bool transposeA, bool transposeB)
    {
        var random = new SeededRandom(7);
        foreach (int k in new[] { 256, 511, 768, 769, 1100 })
        {
            Check(random, 19, 75, k, transposeA, transposeB, Accumulation.Overwrite);
            Check(random, 7, 41, k, transposeA, transposeB, Accumulation.Add);
        }
    }

    /// <summary>So many rows that those of a transposed matrix are packed in several pieces.</summary>
    [Theory]
    [InlineData(770, 65)]
    [InlineData(2_311, 140)]
    public void Products_of_tall_transposed_matrices_are_right(int m, int n)
    {
        var random = new SeededRandom(8);
        Check(random, m, n, 21, transposeA: true, transposeB: false, Accumulation.Overwrite);
        Check(random, m, n, 261, transposeA: true, transposeB: true, Accumulation.Add);
    }

    [Fact]
    public void Packed_products_of_odd_sizes_are_right()
    {
        var random = new SeededRandom(3);
        var packed = new PackedMatrix();
        foreach ((int m, int n, int k, int turn) in Shapes())
        {
            Accumulation accumulation = (turn & 1) != 0 ? Accumulation.Add : Accumulation.Overwrite;
            var operands = new Operands(random, m, n, k, transposeA: false, transposeB: (turn & 2) != 0);
            packed.Pack(operands.B, _workers);
            float[] c = [.. operands.C];
            packed.Multiply(operands.A.Values, operands.A.RowStride, m, c, operands.CStride, accumulation);
            operands.Check(c, accumulation, $"packed, turn {turn}");
        }
    }

    [Theory]
    [InlineData(Accumulation.Overwrite)]
    [InlineData(Accumulation.Add)]
    public void A_sum_over_nothing_is_zero(Accumulation accumulation)
    {
        float[] c = [1, 2, 3, 4, 5, 6, 7, 8];
        float[] expected = accumulation == Accumulation.Add ? [1, 2, 3, 4, 5, 6, 7, 8] : [0, 0, 0, 4, 0, 0, 0, 8];
        float[] product = [.. c];
        MatrixProduct.Multiply(_workers, new MatrixView([], 2, 0), new MatrixView([], 0, 3), product, accumulation, 4);
        Assert.Equal(expected, product);
        var packed = new PackedMatrix();
        packed.Pack(new MatrixView([], 0, 3), _workers);
        product = [.. c];
        packed.Multiply([], 0, 1, product, 4, accumulation);
        Assert.Equal(expected[..3], product[..3]);
        Assert.Equal(c[3..], product[3..]);
    }

    [Fact]
    public void A_product_without_rows_or_columns_writes_nothing()
    {
        float[] c = [1, 2];
        MatrixProduct.Multiply(_workers, new MatrixView([], 0, 3), new MatrixView(new float[6], 3, 2), c, Accumulation.Overwrite);
        MatrixProduct.Multiply(_workers, new MatrixView(new float[6], 2, 3), new MatrixView([], 3, 0), c, Accumulation.Overwrite);
        Assert.Equal([1, 2], c);
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_number_of_threads()
    {
        var random = new SeededRandom(4);
        foreach ((int m, int n, int k) in new[] { (37, 9, 301), (5, 300, 65), (64, 130, 257), (1, 1, 1), (3, 65, 17), (113, 33, 29), (1_600, 260, 19) })
        {
            foreach (Accumulation accumulation in new[] { Accumulation.Overwrite, Accumulation.Add })
            {
                foreach (bool transposeA in new[] { false, true })
                {
                    var operands = new Operands(random, m, n, k, transposeA, transposeB: !transposeA);
                    float[]? reference = null;
                    foreach (int count in new[] { 1, 2, 3, 5 })
                    {
                        float[] c = [.. operands.C];
                        MatrixProduct.Multiply(new Workers(count), operands.A, operands.B, c, accumulation, operands.CStride);
                        reference ??= c;
                        Close.Same(reference, c, $"{m} x {n} x {k} on {count} threads");
                    }
                }
            }
        }
    }

    [Fact]
    public void The_bits_of_a_packed_product_do_not_depend_on_how_it_is_shared_out()
    {
        var random = new SeededRandom(5);
        foreach ((int m, int n, int k) in new[] { (37, 9, 301), (5, 300, 65), (2, 600, 50), (25, 300, 70), (120, 130, 257), (8, 70, 800) })
        {
            var operands = new Operands(random, m, n, k, transposeA: false, transposeB: false);
            var plain = new float[operands.C.Length];
            MatrixProduct.Multiply(_workers, operands.A, operands.B, plain, Accumulation.Overwrite, operands.CStride);
            foreach (int count in new[] { 1, 2, 3, 5 })
            {
                var workers = new Workers(count);
                var packed = new PackedMatrix();
                packed.Pack(operands.B, workers);
                float[] a = [.. operands.A.Values];
                int aStride = operands.A.RowStride, cStride = operands.CStride;
                float[] byRows = new float[plain.Length], rowByRow = new float[plain.Length];
                workers.Run(part =>
                {
                    (int start, int end) = workers.Share(m, part);
                    if (start < end)
                    {
                        packed.Multiply(a.AsSpan(start * aStride), aStride, end - start, byRows.AsSpan(start * cStride), cStride, Accumulation.Overwrite);
                    }
                });
                for (int row = 0; row < m; row++)
                {
                    packed.MultiplyRow(a.AsSpan(row * aStride), rowByRow.AsSpan(row * cStride), Accumulation.Overwrite, workers);
                }

                Close.Same(plain, byRows, $"{m} x {n} x {k} by rows on {count} threads");
                Close.Same(plain, rowByRow, $"{m} x {n} x {k} row by row on {count} threads");
            }
        }
    }

    [Fact]
    public void A_NaN_reaches_its_row_and_column_only()
    {
        var random = new SeededRandom(6);
        float[] a = Draw.Normal(random, 17 * 9), b = Draw.Normal(random, 9 * 35), c = new float[17 * 35];
        a[(4 * 9) + 8] = float.NaN;
        b[(2 * 35) + 34] = float.NaN;
        MatrixProduct.Multiply(_workers, new MatrixView(a, 17, 9), new MatrixView(b, 9, 35), c, Accumulation.Overwrite);
        for (int i = 0; i < c.Length; i++)
        {
            Assert.Equal(i / 35 == 4 || i % 35 == 34, float.IsNaN(c[i]));
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        float[] x = new float[12];
        Assert.Throws<ArgumentException>(() => new MatrixView(new float[11], 3, 4));
        Assert.Throws<ArgumentException>(() => new MatrixView(new float[12], 3, 4, 5));
        Assert.Throws<ArgumentException>(() => new MatrixView(new float[12], 3, 4, 3));
        Assert.Throws<ArgumentException>(() => new MatrixView(new float[12], -1, 4));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(_workers, new MatrixView(x, 3, 4), new MatrixView(x, 3, 4), new float[12], Accumulation.Add));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(_workers, new MatrixView(x, 3, 4), new MatrixView(x, 4, 3), new float[8], Accumulation.Add));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(_workers, new MatrixView(x, 3, 4), new MatrixView(x, 4, 3), new float[9], Accumulation.Add, 4));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(_workers, new MatrixView(x, 3, 4), new MatrixView(x, 4, 3), new float[9], Accumulation.Add, 2));
        Assert.Throws<ArgumentException>(() => MatrixProduct.Multiply(_workers, new MatrixView(x, 3, 4), new MatrixView(x, 4, 3), new float[9], Accumulation.Add, -3));
        var packed = new PackedMatrix();
        packed.Pack(new MatrixView(x, 4, 3), _workers);
        Assert.Throws<ArgumentException>(() => packed.Multiply(new float[11], 4, 3, new float[9], 3, Accumulation.Add));
        Assert.Throws<ArgumentException>(() => packed.Multiply(new float[12], 4, 3, new float[8], 3, Accumulation.Add));
        Assert.Throws<ArgumentException>(() => packed.Multiply(new float[12], 4, 3, new float[9], -3, Accumulation.Add));
        Assert.Throws<ArgumentException>(() => packed.Multiply(new float[12], 3, 3, new float[9], 3, Accumulation.Add));
        Assert.Throws<ArgumentException>(() => packed.Multiply(new float[12], 4, -1, new float[9], 3, Accumulation.Add));
    }

    private void Check(SeededRandom random, int m, int n, int k, bool transposeA, bool transposeB, Accumulation accumulation)
    {
        var operands = new Operands(random, m, n, k, transposeA, transposeB);
        float[] c = [.. operands.C];
        MatrixProduct.Multiply(_workers, operands.A, operands.B, c, accumulation, operands.CStride);
        operands.Check(c, accumulation, $"A{(transposeA ? "'" : "")} B{(transposeB ? "'" : "")}");
    }
}
