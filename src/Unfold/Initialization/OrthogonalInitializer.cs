using System.Numerics;
using System.Runtime.InteropServices;
using Unfold.Numerics;

namespace Unfold.Initialization;

/// <summary>
/// Orthonormal rows or columns from Gaussian vectors by the Gram-Schmidt process, in double precision. Each vector keeps its
/// own direction (the triangular factor has a positive diagonal), which is what makes the result uniform (Mezzadri, 2007).
/// </summary>
internal sealed class OrthogonalInitializer : Initializer
{
    // Where less than a tenth of a vector is left, the subtraction has cost a digit, and a second pass wins it back.
    private const double Cancelled = 0.1;

    private protected override void Write(Span<float> values, int fanIn, int fanOut, SeededRandom random)
    {
        RequireMatrix(values.Length, fanIn, fanOut, nameof(Orthogonal));
        int blocks = fanOut % fanIn == 0 ? fanOut / fanIn : 1;
        int columns = fanOut / blocks;
        int count = Math.Min(fanIn, columns);
        int length = Math.Max(fanIn, columns);
        var basis = new double[checked(count * length)];
        for (int block = 0; block < blocks; block++)
        {
            FillOrthonormal(basis, count, length, random);
            for (int row = 0; row < fanIn; row++)
            {
                Span<float> destination = values.Slice((row * fanOut) + (block * columns), columns);
                for (int column = 0; column < columns; column++)
                {
                    destination[column] = (float)(fanIn <= columns ? basis[(row * length) + column] : basis[(column * length) + row]);
                }
            }
        }
    }

    /// <summary>Fills basis (count x length, count at most length) with orthonormal rows.</summary>
    private static void FillOrthonormal(Span<double> basis, int count, int length, SeededRandom random)
    {
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<double> earlier = basis[..(i * length)];
            Span<double> vector = basis.Slice(i * length, length);
            double before, left;
            do
            {
                foreach (ref double entry in vector)
                {
                    entry = random.NextNormal();
                }

                before = Norm(vector);
                RemoveParts(earlier, vector);
                left = Norm(vector);
                if (left < Cancelled * before)
                {
                    before = left;
                    RemoveParts(earlier, vector);
                    left = Norm(vector);
                }
            }
            while (!(left > Cancelled * before));

            foreach (ref double entry in vector)
            {
                entry /= left;
            }
        }
    }

    /// <summary>
    /// Subtracts from the vector its part along each row of the basis, four rows at a time: the vector stays in registers and
    /// cache while the rows stream by.
    /// </summary>
    private static void RemoveParts(ReadOnlySpan<double> basis, Span<double> vector)
    {
        int n = vector.Length;
        int rows = basis.Length / n;
        int row = 0;
        for (; row + 4 <= rows; row += 4)
        {
            ReadOnlySpan<double> a = basis.Slice(row * n, n), b = basis.Slice((row + 1) * n, n);
            ReadOnlySpan<double> c = basis.Slice((row + 2) * n, n), d = basis.Slice((row + 3) * n, n);
            RemoveFour(a, b, c, d, vector);
        }

        for (; row < rows; row++)
        {
            ReadOnlySpan<double> a = basis.Slice(row * n, n);
            double part = Dot(a, vector);
            for (int i = 0; i < n; i++)
            {
                vector[i] -= part * a[i];
            }
        }
    }

    private static void RemoveFour(ReadOnlySpan<double> a, ReadOnlySpan<double> b, ReadOnlySpan<double> c, ReadOnlySpan<double> d, Span<double> vector)
    {
        ReadOnlySpan<Vector<double>> va = Lanes(a), vb = Lanes(b), vc = Lanes(c), vd = Lanes(d);
        Span<Vector<double>> v = MemoryMarshal.Cast<double, Vector<double>>(vector);
        Vector<double> sa = default, sb = default, sc = default, sd = default;
        for (int i = 0; i < v.Length; i++)
        {
            sa += va[i] * v[i];
            sb += vb[i] * v[i];
            sc += vc[i] * v[i];
            sd += vd[i] * v[i];
        }

        double pa = Vector.Sum(sa), pb = Vector.Sum(sb), pc = Vector.Sum(sc), pd = Vector.Sum(sd);
        int tail = v.Length * Vector<double>.Count;
        for (int i = tail; i < vector.Length; i++)
        {
            pa += a[i] * vector[i];
            pb += b[i] * vector[i];
            pc += c[i] * vector[i];
            pd += d[i] * vector[i];
        }

        for (int i = 0; i < v.Length; i++)
        {
            v[i] = v[i] - (va[i] * pa) - (vb[i] * pb) - (vc[i] * pc) - (vd[i] * pd);
        }

        for (int i = tail; i < vector.Length; i++)
        {
            vector[i] = vector[i] - (a[i] * pa) - (b[i] * pb) - (c[i] * pc) - (d[i] * pd);
        }
    }

    private static double Norm(ReadOnlySpan<double> vector) => Math.Sqrt(Dot(vector, vector));

    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    private static ReadOnlySpan<Vector<double>> Lanes(ReadOnlySpan<double> values) => MemoryMarshal.Cast<double, Vector<double>>(values);
}
