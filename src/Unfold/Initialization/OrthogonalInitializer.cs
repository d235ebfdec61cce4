using System.Numerics;
using System.Runtime.CompilerServices;
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

    private const int Together = 4;

    private protected override void Write(Span<float> values, int fanIn, int fanOut, SeededRandom random)
    {
        RequireMatrix(values.Length, fanIn, fanOut, nameof(Orthogonal));
        int count = Math.Min(fanIn, fanOut);
        int length = Math.Max(fanIn, fanOut);
        var basis = new double[checked(count * length)];
        FillOrthonormal(basis, count, length, random);
        for (int i = 0; i < values.Length; i++)
        {
            (int row, int column) = (i / fanOut, i % fanOut);
            values[i] = (float)(fanIn <= fanOut ? basis[i] : basis[(column * length) + row]);
        }
    }

    /// <summary>Fills basis (count x length, count at most length) with orthonormal rows.</summary>
    private static void FillOrthonormal(Span<double> basis, int count, int length, SeededRandom random)
    {
        Span<double> drawn = stackalloc double[Together];
        for (int first = 0; first < count; first += Together)
        {
            Span<double> group = basis[(first * length)..Math.Min((first + Together) * length, count * length)];
            for (int i = 0; i * length < group.Length; i++)
            {
                Span<double> vector = group.Slice(i * length, length);
                do
                {
                    foreach (ref double entry in vector)
                    {
                        entry = random.NextNormal();
                    }

                    drawn[i] = Norm(vector);
                }
                while (drawn[i] == 0);
            }

            RemoveParts(basis[..(first * length)], group, length);
            for (int i = 0; i * length < group.Length; i++)
            {
                Span<double> vector = group.Slice(i * length, length);
                RemoveParts(group[..(i * length)], vector, length);
                double before = drawn[i], left = Norm(vector);
                while (left < Cancelled * before)
                {
                    before = left;
                    RemoveParts(basis[..((first + i) * length)], vector, length);
                    left = Norm(vector);
                }

                foreach (ref double entry in vector)
                {
                    entry /= left;
                }
            }
        }
    }

    /// <summary>
    /// Subtracts from each vector of the group its part along each row of the basis, four rows at a time: four rows and the
    /// group stay in the first cache, and the basis streams by once for the whole group.
    /// </summary>
    private static void RemoveParts(ReadOnlySpan<double> basis, Span<double> group, int length)
    {
        int start = 0;
        for (; start + (4 * length) <= basis.Length; start += 4 * length)
        {
            ReadOnlySpan<double> a = basis.Slice(start, length), b = basis.Slice(start + length, length);
            ReadOnlySpan<double> c = basis.Slice(start + (2 * length), length), d = basis.Slice(start + (3 * length), length);
            for (int v = 0; v < group.Length; v += length)
            {
                RemoveFour(a, b, c, d, group.Slice(v, length));
            }
        }

        for (; start < basis.Length; start += length)
        {
            ReadOnlySpan<double> a = basis.Slice(start, length);
            for (int v = 0; v < group.Length; v += length)
            {
                Span<double> vector = group.Slice(v, length);
                double part = Dot(a, vector);
                for (int i = 0; i < length; i++)
                {
                    vector[i] -= part * a[i];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RemoveFour(ReadOnlySpan<double> a, ReadOnlySpan<double> b, ReadOnlySpan<double> c, ReadOnlySpan<double> d, Span<double> vector)
    {
        ReadOnlySpan<Vector<double>> va = Lanes(a), vb = Lanes(b), vc = Lanes(c), vd = Lanes(d);
        Span<Vector<double>> v = MemoryMarshal.Cast<double, Vector<double>>(vector);
        Vector<double> sa = default, sb = default, sc = default, sd = default;
        for (int i = 0; i < v.Length; i++)
        {
            sa = Vector.MultiplyAddEstimate(va[i], v[i], sa);
            sb = Vector.MultiplyAddEstimate(vb[i], v[i], sb);
            sc = Vector.MultiplyAddEstimate(vc[i], v[i], sc);
            sd = Vector.MultiplyAddEstimate(vd[i], v[i], sd);
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

        Vector<double> ma = Vector.Create(-pa), mb = Vector.Create(-pb), mc = Vector.Create(-pc), md = Vector.Create(-pd);
        for (int i = 0; i < v.Length; i++)
        {
            Vector<double> ab = Vector.MultiplyAddEstimate(va[i], ma, Vector.MultiplyAddEstimate(vb[i], mb, v[i]));
            v[i] = Vector.MultiplyAddEstimate(vc[i], mc, Vector.MultiplyAddEstimate(vd[i], md, ab));
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
