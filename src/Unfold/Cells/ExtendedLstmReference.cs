using Unfold.Numerics.Kernels;
using Unfold.Reference;
using static Unfold.Reference.ReferenceMath;

namespace Unfold.Cells;

/// <summary>The equations of <see cref="ExtendedLstmCell"/>, to be read: one sequence, one step, double precision, one unit at a time.</summary>
internal static class ExtendedLstmReference
{
    /// <summary>h_t and c_t.</summary>
    /// <param name="cell">Says which options, and how the parameters are called.</param>
    /// <param name="layout">Where gates and chance lie.</param>
    /// <param name="parameters">The values by parameter name.</param>
    /// <param name="x">x_t, (I).</param>
    /// <param name="previous">h_(t-1) and c_(t-1).</param>
    /// <param name="noise">The chance of a step of training; empty where the cell is used.</param>
    public static ReferenceState Step(
        ExtendedLstmCell cell,
        ExtendedLstmLayout layout,
        IReadOnlyDictionary<string, double[]> parameters,
        double[] x,
        ReferenceState previous,
        ReadOnlySpan<float> noise)
    {
        LstmOptions options = cell.LstmOptions;
        (double[] h, double[] c) = (previous.H, previous.C);
        double[] U = parameters[cell.InputWeights.Name], W = parameters[cell.RecurrentWeights!.Name], b = parameters[cell.Bias.Name];
        double[]? k = cell.Peepholes is null ? null : parameters[cell.Peepholes.Name];
        int H = c.Length;
        bool coupled = options.CoupledInputForget;
        int fAt = coupled ? 0 : H, gAt = fAt + H, oAt = gAt + H;

        // a, for all gates side by side.
        double[] a = [.. Enumerable.Range(0, b.Length).Select(j => Column(x, U, j) + Column(h, W, j))];
        if (options.LayerNormalization)
        {
            double[] n = parameters[cell.Gains!.Name];
            a = [.. a.Chunk(H).SelectMany(Normalize)];
            a = [.. a.Select((value, j) => n[j] * value)];
        }

        a = [.. a.Select((value, j) => value + b[j])];
        var fresh = new double[H];
        for (int j = 0; j < H; j++)
        {
            double f = Activate(options.GateActivation, a[fAt + j] + (k is null ? 0 : k[fAt + j] * c[j]));
            double i = coupled ? 1 - f : Activate(options.GateActivation, a[j] + (k is null ? 0 : k[j] * c[j]));
            double g = Activate(options.CellActivation, a[gAt + j]);
            double mask = options.RecurrentDropout == 0 || noise.IsEmpty ? 1 : noise[layout.Dropout.Start + j];
            fresh[j] = (f * c[j]) + (i * g * mask);
        }

        if (options.LayerNormalization)
        {
            double[] n = parameters[cell.CellGain!.Name], shift = parameters[cell.CellShift!.Name];
            fresh = [.. Normalize(fresh).Select((value, j) => (n[j] * value) + shift[j])];
        }

        fresh = Clip(fresh, options.CellClip);
        var r = new double[H];
        for (int j = 0; j < H; j++)
        {
            double o = Activate(options.GateActivation, a[oAt + j] + (k is null ? 0 : k[gAt + j] * fresh[j]));
            r[j] = o * Activate(options.OutputActivation, fresh[j]);
        }

        double[] output = r;
        if (options.Projection > 0)
        {
            double[] V = parameters[cell.Projection!.Name];
            output = Clip([.. Enumerable.Range(0, options.Projection).Select(j => Column(r, V, j))], options.ProjectionClip);
        }

        double[] nextC = Zoneout(fresh, c, options.ZoneoutCell, layout.ZoneoutCell.Of(noise.IsEmpty ? new float[layout.NoiseWidth] : noise), noise.IsEmpty);
        double[] nextH = Zoneout(output, h, options.ZoneoutHidden, layout.ZoneoutHidden.Of(noise.IsEmpty ? new float[layout.NoiseWidth] : noise), noise.IsEmpty);
        return new(nextH, nextC);
    }

    private static double[] Zoneout(double[] fresh, double[] previous, double probability, ReadOnlySpan<float> drawn, bool mean)
    {
        var next = new double[fresh.Length];
        for (int j = 0; j < next.Length; j++)
        {
            double z = probability == 0 ? 0 : mean ? probability : drawn[j];
            next[j] = (z * previous[j]) + ((1 - z) * fresh[j]);
        }

        return next;
    }

    private static double[] Normalize(double[] a)
    {
        double mean = a.Average();
        double variance = a.Select(value => (value - mean) * (value - mean)).Average();
        return [.. a.Select(value => (value - mean) / Math.Sqrt(variance + NormalizationKernels.Epsilon))];
    }

    private static double[] Clip(double[] values, double bound) =>
        bound == 0 ? values : [.. values.Select(value => Math.Clamp(value, -bound, bound))];
}
