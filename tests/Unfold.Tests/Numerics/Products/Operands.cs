using Unfold.Numerics;
using Unfold.Numerics.Products;
using Unfold.Tests.Support;

namespace Unfold.Tests.Numerics.Products;

/// <summary>
/// Random operands of a product whose rows lie further apart than they are long, with NaNs in the gaps: a kernel that reads
/// a gap gives a NaN, and one that writes a gap is found out.
/// </summary>
internal sealed class Operands
{
    private readonly int _m, _n, _k;
    private readonly float[] _a, _b, _storedA, _storedB;
    private readonly bool _transposeA, _transposeB;

    public Operands(SeededRandom random, int m, int n, int k, bool transposeA, bool transposeB)
    {
        (_m, _n, _k, _transposeA, _transposeB) = (m, n, k, transposeA, transposeB);
        _a = Draw.Normal(random, m * k);
        _b = Draw.Normal(random, k * n);
        _storedA = transposeA ? Spread(Naive.Transpose(_a, m, k), k, m, m + 3) : Spread(_a, m, k, k + 3);
        _storedB = transposeB ? Spread(Naive.Transpose(_b, k, n), n, k, k + 1) : Spread(_b, k, n, n + 1);
        CStride = n + 2;
        C = Spread(Draw.Normal(random, m * n), m, n, CStride);
    }

    public MatrixView A => _transposeA ? new MatrixView(_storedA, _k, _m, _m + 3).Transposed : new MatrixView(_storedA, _m, _k, _k + 3);

    public MatrixView B => _transposeB ? new MatrixView(_storedB, _n, _k, _k + 1).Transposed : new MatrixView(_storedB, _k, _n, _n + 1);

    /// <summary>What C holds before the product.</summary>
    public float[] C { get; }

    public int CStride { get; }

    public void Check(float[] c, Accumulation accumulation, string because)
    {
        double[] expected = Naive.Product(_a, _b, _m, _n, _k);
        var actual = new float[_m * _n];
        for (int i = 0; i < _m; i++)
        {
            for (int j = 0; j < CStride && (i * CStride) + j < c.Length; j++)
            {
                if (j >= _n)
                {
                    Assert.True(float.IsNaN(c[(i * CStride) + j]), $"{because}, {_m} x {_n} x {_k}: the gap after row {i} was written to.");
                    continue;
                }

                actual[(i * _n) + j] = c[(i * CStride) + j];
                expected[(i * _n) + j] += accumulation == Accumulation.Add ? C[(i * CStride) + j] : 0;
            }
        }

        // A chain of k roundings of a sum that grows like sqrt(k).
        Close.Equal(expected, actual, relative: 1e-5, absolute: 3e-7 * (_k + 4), $"{because}, {_m} x {_n} x {_k}, {accumulation}");
    }

    private static float[] Spread(float[] matrix, int rows, int columns, int stride)
    {
        var result = new float[((rows - 1) * stride) + columns];
        Array.Fill(result, float.NaN);
        for (int row = 0; row < rows; row++)
        {
            matrix.AsSpan(row * columns, columns).CopyTo(result.AsSpan(row * stride));
        }

        return result;
    }
}
