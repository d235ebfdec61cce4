using System.Diagnostics;

namespace Unfold.Bench;

/// <summary>The durations of one contestant's turns.</summary>
internal sealed class Samples
{
    private readonly List<double> _seconds = [];

    /// <summary>Seconds; not a number where nothing was measured.</summary>
    public double Median
    {
        get
        {
            if (_seconds.Count == 0)
            {
                return double.NaN;
            }

            List<double> sorted = [.. _seconds.Order()];
            int middle = sorted.Count / 2;
            return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    /// <summary>Seconds; not a number where nothing was measured.</summary>
    public double Best => _seconds.Count == 0 ? double.NaN : _seconds.Min();

    public void Add(double seconds) => _seconds.Add(seconds);

    /// <summary>Times one call.</summary>
    public void Time(Action body)
    {
        long start = Stopwatch.GetTimestamp();
        body();
        Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>Of several contestants the one with the smallest median; an empty one where none was measured.</summary>
    public static Samples Fastest(IEnumerable<Samples> contestants) =>
        contestants.Where(samples => samples._seconds.Count > 0).MinBy(samples => samples.Median) ?? new Samples();
}
