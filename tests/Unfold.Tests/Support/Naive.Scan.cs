namespace Unfold.Tests.Support;

public static partial class Naive
{
    /// <summary>One step of a minGRU or minLSTM channel: the sums give the gates that are kept, and h.</summary>
    public static (double[] Gates, double H) ScanForward(double[] sums, double previous)
    {
        double n = sums[^1] >= 0 ? sums[^1] + 0.5 : Sigmoid(sums[^1]);
        if (sums.Length == 2)
        {
            double z = Sigmoid(sums[0]);
            return ([z, n], ((1 - z) * previous) + (z * n));
        }

        double i = Sigmoid(sums[0]), f = Sigmoid(sums[1]);
        return ([i, f, n], (f / (f + i) * previous) + (i / (f + i) * n));
    }

    /// <summary>The gradient of <see cref="ScanForward"/>: of the sums, and of the previous h, by differences of the equations.</summary>
    public static (double[] Sums, double Previous) ScanBackward(double[] sums, double previous, double dh)
    {
        const double step = 1e-4;
        double Slope(Func<double, double> h) => dh * (h(-2 * step) - (8 * h(-step)) + (8 * h(step)) - h(2 * step)) / (12 * step);
        double[] slopes = [.. Enumerable.Range(0, sums.Length).Select(gate => Slope(offset => ScanForward([.. sums.Select((sum, k) => k == gate ? sum + offset : sum)], previous).H))];
        return (slopes, Slope(offset => ScanForward(sums, previous + offset).H));
    }
}
