using static Unfold.Reference.ReferenceMath;

namespace Unfold.Reference;

/// <summary>
/// The gated recurrent unit (Cho et al., 2014) in both of its forms, to be read: one sequence, one step, double precision.
/// The columns lie in the order r, z, n, each H wide.
/// </summary>
public static class ReferenceGru
{
    /// <summary>
    /// With the reset gate on the product: r, z = sigmoid(x_t U + h_(t-1) W + b) in their columns;
    /// n = tanh(x_t U_n + b_n + r (h_(t-1) W_n + b_q)); h_t = (1 - z) n + z h_(t-1).
    /// </summary>
    /// <param name="x">x_t, (I).</param>
    /// <param name="h">h_(t-1), (H).</param>
    /// <param name="U">(I, 3H).</param>
    /// <param name="W">(H, 3H).</param>
    /// <param name="b">(3H).</param>
    /// <param name="bq">b_q, (H).</param>
    /// <returns>h_t, (H).</returns>
    public static double[] StepResetAfterProduct(double[] x, double[] h, double[] U, double[] W, double[] b, double[] bq)
    {
        ArgumentNullException.ThrowIfNull(h);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(bq);
        int H = h.Length;
        var next = new double[H];
        for (int j = 0; j < H; j++)
        {
            double r = Sigmoid(Column(x, U, j) + Column(h, W, j) + b[j]);
            double z = Sigmoid(Column(x, U, H + j) + Column(h, W, H + j) + b[H + j]);
            double n = Math.Tanh(Column(x, U, (2 * H) + j) + b[(2 * H) + j] + (r * (Column(h, W, (2 * H) + j) + bq[j])));
            next[j] = ((1 - z) * n) + (z * h[j]);
        }

        return next;
    }

    /// <summary>
    /// With the reset gate on the state: r, z = sigmoid(x_t U + h_(t-1) W + b) in their columns;
    /// n = tanh(x_t U_n + b_n + (r * h_(t-1)) W_n); h_t = (1 - z) n + z h_(t-1).
    /// </summary>
    /// <param name="x">x_t, (I).</param>
    /// <param name="h">h_(t-1), (H).</param>
    /// <param name="U">(I, 3H).</param>
    /// <param name="W">(H, 3H).</param>
    /// <param name="b">(3H).</param>
    /// <returns>h_t, (H).</returns>
    public static double[] StepResetBeforeProduct(double[] x, double[] h, double[] U, double[] W, double[] b)
    {
        ArgumentNullException.ThrowIfNull(h);
        ArgumentNullException.ThrowIfNull(b);
        int H = h.Length;
        double[] next = new double[H], resetH = new double[H];
        for (int j = 0; j < H; j++)
        {
            double r = Sigmoid(Column(x, U, j) + Column(h, W, j) + b[j]);
            resetH[j] = r * h[j];
        }

        for (int j = 0; j < H; j++)
        {
            double z = Sigmoid(Column(x, U, H + j) + Column(h, W, H + j) + b[H + j]);
            double n = Math.Tanh(Column(x, U, (2 * H) + j) + b[(2 * H) + j] + Column(resetH, W, (2 * H) + j));
            next[j] = ((1 - z) * n) + (z * h[j]);
        }

        return next;
    }
}
