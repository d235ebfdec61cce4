using Unfold.Numerics;
using static Unfold.Reference.ReferenceMath;

namespace Unfold.Reference;

/// <summary>The simple recurrent network (Elman, 1990), to be read: one sequence, one step, double precision.</summary>
public static class ReferenceRnn
{
    /// <summary>h_t = f(x_t U + h_(t-1) W + b).</summary>
    /// <param name="x">x_t, (I).</param>
    /// <param name="h">h_(t-1), (H).</param>
    /// <param name="U">(I, H).</param>
    /// <param name="W">(H, H).</param>
    /// <param name="b">(H).</param>
    /// <param name="f">The activation.</param>
    /// <returns>h_t, (H).</returns>
    public static double[] Step(double[] x, double[] h, double[] U, double[] W, double[] b, Activation f)
    {
        ArgumentNullException.ThrowIfNull(h);
        ArgumentNullException.ThrowIfNull(b);
        var next = new double[h.Length];
        for (int j = 0; j < h.Length; j++)
        {
            next[j] = Activate(f, Column(x, U, j) + Column(h, W, j) + b[j]);
        }

        return next;
    }
}
