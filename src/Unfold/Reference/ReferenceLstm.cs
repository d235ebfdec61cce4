using static Unfold.Reference.ReferenceMath;

namespace Unfold.Reference;

/// <summary>
/// Long short-term memory (Hochreiter and Schmidhuber, 1997; Gers et al., 2000), to be read: one sequence, one step,
/// double precision.
/// </summary>
public static class ReferenceLstm
{
    /// <summary>
    /// i, f, o = sigmoid(x_t U + h_(t-1) W + b) in their columns, g = tanh of the same in its own; c_t = f c_(t-1) + i g;
    /// h_t = o tanh(c_t). The columns lie in the order i, f, g, o, each H wide.
    /// </summary>
    /// <param name="x">x_t, (I).</param>
    /// <param name="h">h_(t-1), (H).</param>
    /// <param name="c">c_(t-1), (H).</param>
    /// <param name="U">(I, 4H).</param>
    /// <param name="W">(H, 4H).</param>
    /// <param name="b">(4H).</param>
    /// <returns>h_t and c_t, (H) each.</returns>
    public static (double[] H, double[] C) Step(double[] x, double[] h, double[] c, double[] U, double[] W, double[] b)
    {
        ArgumentNullException.ThrowIfNull(h);
        ArgumentNullException.ThrowIfNull(c);
        ArgumentNullException.ThrowIfNull(b);
        int H = h.Length;
        double[] nextH = new double[H], nextC = new double[H];
        for (int j = 0; j < H; j++)
        {
            double i = Sigmoid(Sum(j));
            double f = Sigmoid(Sum(H + j));
            double g = Math.Tanh(Sum((2 * H) + j));
            double o = Sigmoid(Sum((3 * H) + j));
            nextC[j] = (f * c[j]) + (i * g);
            nextH[j] = o * Math.Tanh(nextC[j]);
        }

        return (nextH, nextC);

        double Sum(int column) => Column(x, U, column) + Column(h, W, column) + b[column];
    }
}
