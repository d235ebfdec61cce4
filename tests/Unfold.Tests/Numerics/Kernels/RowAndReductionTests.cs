using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Tests.Support;

namespace Unfold.Tests.Numerics.Kernels;

[Trait("Path", "every")]
public sealed class RowAndReductionTests
{
    private static readonly int[] s_counts = [1, 2, 3, 5];

    [Fact]
    public void Row_sums_are_right_at_every_length()
    {
        var random = new SeededRandom(1);
        for (int length = 0; length <= 256; length++)
        {
            float[] x = Draw.Normal(random, length), y = Draw.Normal(random, length), z = new float[length];
            RowKernels.Sum(x, y, z);
            Close.Same([.. x.Zip(y, (a, b) => a + b)], z, $"sum, length {length}");
            float[] added = [.. y];
            RowKernels.Add(x, added);
            Close.Same(z, added, $"add, length {length}");
            double[] expected = [.. x.Zip(y, (a, b) => (-0.3f * (double)a) + b)];
            RowKernels.AddScaled(-0.3f, x, y);
            Close.Equal(expected, y, relative: 2e-7, absolute: 1e-7, $"add scaled, length {length}");
        }
    }

    [Fact]
    public void A_NaN_stays_at_its_place_in_row_sums()
    {
        float[] x = new float[37], y = new float[37], z = new float[37];
        x[35] = y[3] = float.NaN;
        RowKernels.Sum(x, y, z);
        RowKernels.Add(x, y);
        for (int i = 0; i < 37; i++)
        {
            Assert.Equal(i is 35 or 3, float.IsNaN(z[i]));
            Assert.Equal(i is 35 or 3, float.IsNaN(y[i]));
        }
    }

    [Fact]
    public void The_sum_of_squares_is_right_at_every_length_on_any_number_of_threads()
    {
        var random = new SeededRandom(2);
        Workers[] teams = [.. s_counts.Select(count => new Workers(count))];
        foreach (int length in Enumerable.Range(0, 257).Concat([16_383, 16_384, 16_385, 100_003]))
        {
            float[] values = Draw.Normal(random, length);
            double sum = Reductions.SumOfSquares(values, teams[0]);
            Close.Equal(Naive.SumOfSquares(values), sum, relative: 2e-6, absolute: 0, $"length {length}");
            Assert.All(teams, team => Assert.Equal(sum, Reductions.SumOfSquares(values, team)));
            if (length > 0)
            {
                values[random.NextInt32(length)] = float.NaN;
                Assert.True(double.IsNaN(Reductions.SumOfSquares(values, teams[1])));
            }
        }
    }

    [Fact]
    public void Column_sums_are_right_at_every_width_on_any_number_of_threads()
    {
        var random = new SeededRandom(3);
        Workers[] teams = [.. s_counts.Select(count => new Workers(count))];
        for (int columns = 0; columns <= 256; columns++)
        {
            int rows = columns % 7, stride = columns + 3;
            float[] matrix = Draw.Normal(random, rows * stride), start = Draw.Normal(random, columns);
            double[] expected = [.. Naive.ColumnSums(matrix, rows, columns, stride).Zip(start, (sum, old) => sum + old)];
            float[]? reference = null;
            foreach (Workers team in teams)
            {
                float[] sums = [.. start];
                Reductions.AddColumnSums(matrix, rows, stride, sums, team);
                reference ??= sums;
                Close.Same(reference, sums, $"{rows} x {columns} on {team.Count} threads");
            }

            Close.Equal(expected, reference!, relative: 1e-6, absolute: 1e-6, $"{rows} x {columns}");
        }
    }

    [Fact]
    public void Rows_are_added_at_their_index_and_negative_ones_are_skipped()
    {
        var random = new SeededRandom(4);
        Workers[] teams = [.. s_counts.Select(count => new Workers(count))];
        int[] index = [4, 0, -1, 4, 2, -7, 4];
        for (int columns = 1; columns <= 256; columns += 3)
        {
            int stride = columns + 2;
            float[] matrix = Draw.Normal(random, index.Length * stride), start = Draw.Normal(random, 5 * columns);
            double[] expected = Naive.Widen(start);
            for (int i = 0; i < index.Length * columns; i++)
            {
                int row = i / columns, column = i % columns;
                if (index[row] >= 0)
                {
                    expected[(index[row] * columns) + column] += matrix[(row * stride) + column];
                }
            }

            float[]? reference = null;
            foreach (Workers team in teams)
            {
                float[] table = [.. start];
                Reductions.AddRowsAt(matrix, index, stride, columns, table, team);
                reference ??= table;
                Close.Same(reference, table, $"{columns} columns on {team.Count} threads");
            }

            Close.Equal(expected, reference!, relative: 1e-6, absolute: 1e-6, $"{columns} columns");
        }
    }

    [Fact]
    public void Short_spans_and_rows_outside_the_table_are_refused()
    {
        var workers = new Workers(2);
        Assert.Throws<ArgumentException>(() => RowKernels.Add(new float[4], new float[3]));
        Assert.Throws<ArgumentException>(() => RowKernels.AddScaled(2, new float[3], new float[4]));
        Assert.Throws<ArgumentException>(() => RowKernels.Sum(new float[4], new float[4], new float[3]));
        Assert.Throws<ArgumentException>(() => RowKernels.Sum(new float[4], new float[3], new float[4]));
        Assert.Throws<ArgumentException>(() => Reductions.AddColumnSums(new float[11], 3, 4, new float[4], workers));
        Assert.Throws<ArgumentException>(() => Reductions.AddColumnSums(new float[12], 3, 3, new float[4], workers));
        Assert.Throws<ArgumentException>(() => Reductions.AddColumnSums(new float[12], -3, 4, new float[4], workers));
        Assert.Throws<ArgumentException>(() => Reductions.AddRowsAt(new float[7], [0, 1], 4, 4, new float[8], workers));
        Assert.Throws<ArgumentOutOfRangeException>(() => Reductions.AddRowsAt(new float[8], [0, 2], 4, 4, new float[11], workers));
    }
}
