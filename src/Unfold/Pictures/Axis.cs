using System.Globalization;

namespace Unfold.Pictures;

/// <summary>One axis: which values it shows, where they lie, and which of them are written beside it.</summary>
internal sealed class Axis
{
    private const int FewTicks = 6;

    private readonly double _low;
    private readonly double _high;

    private Axis(AxisScale scale, double low, double high, IReadOnlyList<double> ticks)
    {
        Scale = scale;
        _low = Position(low);
        _high = Position(high);
        Ticks = ticks;
    }

    /// <summary>How the values are spread.</summary>
    public AxisScale Scale { get; }

    /// <summary>The round values that are written.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>Whether a value has a place on an axis of this kind.</summary>
    public static bool CanShow(AxisScale scale, double value) => double.IsFinite(value) && (scale == AxisScale.Linear || value > 0);

    /// <summary>An axis that shows all the values that can be shown, or from 0 to 1 (1 to 10) where there is none.</summary>
    /// <param name="scale">How the values are spread.</param>
    /// <param name="values">The values; those without a place are passed over.</param>
    /// <param name="roundEnds">Whether the axis goes on to the next round value at both ends.</param>
    public static Axis Around(AxisScale scale, IEnumerable<double> values, bool roundEnds)
    {
        double low = double.PositiveInfinity;
        double high = double.NegativeInfinity;
        bool whole = true;
        foreach (double value in values)
        {
            if (CanShow(scale, value))
            {
                low = Math.Min(low, value);
                high = Math.Max(high, value);
                whole &= value == Math.Floor(value);
            }
        }

        bool empty = low > high;
        double leastStep = whole && !empty ? 1 : 0;
        return scale == AxisScale.Logarithmic
            ? Logarithmic(empty ? 1 : low, empty ? 10 : high, roundEnds, leastStep)
            : Linear(empty ? 0 : low, empty ? 1 : high, roundEnds, leastStep);
    }

    /// <summary>Where a value lies: 0 at the low end, 1 at the high end.</summary>
    public double Share(double value) => (Position(value) - _low) / (_high - _low);

    /// <summary>How a value is written beside the axis.</summary>
    public static string Label(double value)
    {
        double size = Math.Abs(value);
        return size is 0 or (>= 1e-3 and < 1e6)
            ? value.ToString("0.######", CultureInfo.InvariantCulture)
            : value.ToString("0.###e0", CultureInfo.InvariantCulture);
    }

    // Between whole numbers, such as epochs, nothing is: their ticks are whole too.
    private static Axis Linear(double low, double high, bool roundEnds, double leastStep)
    {
        // Values that differ by less than the digits of a tick can show are one value; the tiniest numbers are zero.
        double size = Math.Max(Math.Abs(low), Math.Abs(high));
        if (high - low <= Math.Max(1e-9 * size, 1e-290))
        {
            double margin = size < 1e-290 ? 1 : 0.5 * size;
            (low, high) = (low - margin, high + margin);
        }

        // Halves, because the difference of two huge values may not be a number.
        double step = Math.Max(leastStep, RoundStep(((high / 2) - (low / 2)) / FewTicks * 2));
        double first = Math.Ceiling(low / step);
        double last = Math.Floor(high / step);
        if (roundEnds)
        {
            first = Math.Floor((low / step) + 1e-9);
            last = Math.Ceiling((high / step) - 1e-9);
            (low, high) = (Math.Max(first * step, -double.MaxValue), Math.Min(last * step, double.MaxValue));
        }

        List<double> ticks = [];
        for (double tick = first; tick <= last; tick++)
        {
            // A tick is a round decimal: 0.1 + 0.2 would be written with an error at its end.
            ticks.Add(double.Parse((tick * step).ToString("G12", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
        }

        return new Axis(AxisScale.Linear, low, high, [.. ticks.Where(double.IsFinite)]);
    }

    private static double RoundStep(double rough)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double head = rough / power;
        return power * (head <= 1 ? 1 : head <= 2 ? 2 : head <= 5 ? 5 : 10);
    }

    private static Axis Logarithmic(double low, double high, bool roundEnds, double leastStep)
    {
        int first = (int)Math.Floor(Math.Log10(low) + 1e-9);
        int last = (int)Math.Ceiling(Math.Log10(high) - 1e-9);
        last = Math.Max(last, first + 1);
        int every = Math.Max(1, (last - first + FewTicks) / (FewTicks + 1));
        if (roundEnds || high <= low)
        {
            first = (int)Math.Floor((double)first / every) * every;
            last = (int)Math.Ceiling((double)last / every) * every;

            // The smallest numbers have no power of ten below them, the largest none above.
            low = Math.Max(Math.Pow(10, first), double.Epsilon);
            high = Math.Min(Math.Pow(10, last), double.MaxValue);
        }

        // With a few powers only, the steps between are written too.
        double[] heads = last - first <= 2 ? [1, 2, 5] : [1];
        double[] ticks = [.. Enumerable.Range(first, last - first + 1)
            .Where(power => power % every == 0)
            .SelectMany(power => heads.Select(head => double.Parse(FormattableString.Invariant($"{head}e{power}"), CultureInfo.InvariantCulture)))
            .Where(tick => tick >= low && tick <= high && double.IsFinite(tick))];

        // So few only where the whole axis lies between two powers of ten: there it is almost linear.
        return new Axis(AxisScale.Logarithmic, low, high, ticks.Length < 2 ? Linear(low, high, roundEnds: false, leastStep).Ticks : ticks);
    }

    // A quarter, so that the distance of two huge values stays a number.
    private double Position(double value) => Scale == AxisScale.Logarithmic ? Math.Log10(value) : value / 4;
}
