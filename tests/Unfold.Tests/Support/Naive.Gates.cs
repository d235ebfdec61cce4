namespace Unfold.Tests.Support;

public static partial class Naive
{
    /// <summary>One LSTM step of a row: the sums of i, f, g, o and the previous cell state give gates, c and h.</summary>
    public static (double[] Gates, double[] C, double[] H) LstmForward(ReadOnlySpan<double> sums, ReadOnlySpan<double> previousC)
    {
        int hidden = previousC.Length;
        var gates = new double[4 * hidden];
        var c = new double[hidden];
        var h = new double[hidden];
        for (int j = 0; j < hidden; j++)
        {
            double i = gates[j] = Sigmoid(sums[j]);
            double f = gates[hidden + j] = Sigmoid(sums[hidden + j]);
            double g = gates[(2 * hidden) + j] = Math.Tanh(sums[(2 * hidden) + j]);
            double o = gates[(3 * hidden) + j] = Sigmoid(sums[(3 * hidden) + j]);
            c[j] = (f * previousC[j]) + (i * g);
            h[j] = o * Math.Tanh(c[j]);
        }

        return (gates, c, h);
    }

    /// <summary>The gradient of <see cref="LstmForward"/>: of the sums, and of the previous cell state.</summary>
    public static (double[] Sums, double[] PreviousC) LstmBackward(ReadOnlySpan<double> gates, ReadOnlySpan<double> previousC, ReadOnlySpan<double> c, ReadOnlySpan<double> dh, ReadOnlySpan<double> dc)
    {
        int hidden = previousC.Length;
        var sums = new double[4 * hidden];
        var dPrevious = new double[hidden];
        for (int j = 0; j < hidden; j++)
        {
            double i = gates[j];
            double f = gates[hidden + j];
            double g = gates[(2 * hidden) + j];
            double o = gates[(3 * hidden) + j];
            double t = Math.Tanh(c[j]);
            double dCell = dc[j] + (dh[j] * o * (1 - (t * t)));
            sums[j] = dCell * g * i * (1 - i);
            sums[hidden + j] = dCell * previousC[j] * f * (1 - f);
            sums[(2 * hidden) + j] = dCell * i * (1 - (g * g));
            sums[(3 * hidden) + j] = dh[j] * t * o * (1 - o);
            dPrevious[j] = dCell * f;
        }

        return (sums, dPrevious);
    }

    /// <summary>
    /// The rest of a GRU step of a row once r and z are known: n = tanh(a + r q), where q is the candidate's recurrent sum and
    /// empty in the convention in which the reset gate acts before the product; h = (1 - z) n + z previousH.
    /// </summary>
    public static (double[] N, double[] H) GruCandidate(ReadOnlySpan<double> r, ReadOnlySpan<double> z, ReadOnlySpan<double> a, ReadOnlySpan<double> q, ReadOnlySpan<double> previousH)
    {
        int hidden = previousH.Length;
        var n = new double[hidden];
        var h = new double[hidden];
        for (int j = 0; j < hidden; j++)
        {
            n[j] = Math.Tanh(a[j] + (q.IsEmpty ? 0 : r[j] * q[j]));
            h[j] = ((1 - z[j]) * n[j]) + (z[j] * previousH[j]);
        }

        return (n, h);
    }

    /// <summary>The gradient of <see cref="GruCandidate"/> with z = sigmoid and r = sigmoid of their sums.</summary>
    public static (double[] RSum, double[] ZSum, double[] A, double[] Q, double[] PreviousH) GruCandidateBackward(ReadOnlySpan<double> r, ReadOnlySpan<double> z, ReadOnlySpan<double> n, ReadOnlySpan<double> q, ReadOnlySpan<double> previousH, ReadOnlySpan<double> dh)
    {
        int hidden = previousH.Length;
        double[] dr = new double[hidden], dz = new double[hidden], da = new double[hidden], dq = new double[hidden], dPrevious = new double[hidden];
        for (int j = 0; j < hidden; j++)
        {
            double dn = dh[j] * (1 - z[j]);
            da[j] = dn * (1 - (n[j] * n[j]));
            dz[j] = dh[j] * (previousH[j] - n[j]) * z[j] * (1 - z[j]);
            dPrevious[j] = dh[j] * z[j];
            if (!q.IsEmpty)
            {
                dr[j] = da[j] * q[j] * r[j] * (1 - r[j]);
                dq[j] = da[j] * r[j];
            }
        }

        return (dr, dz, da, dq, dPrevious);
    }

    /// <summary>The gradient of r * previousH, r = sigmoid of its sum: of the sum, and what previousH gains.</summary>
    public static (double[] RSum, double[] PreviousH) GruResetBackward(ReadOnlySpan<double> r, ReadOnlySpan<double> gradient, ReadOnlySpan<double> previousH)
    {
        int hidden = previousH.Length;
        double[] dr = new double[hidden], dPrevious = new double[hidden];
        for (int j = 0; j < hidden; j++)
        {
            dr[j] = gradient[j] * previousH[j] * r[j] * (1 - r[j]);
            dPrevious[j] = gradient[j] * r[j];
        }

        return (dr, dPrevious);
    }
}
