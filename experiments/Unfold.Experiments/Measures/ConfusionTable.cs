using Unfold.Pictures;

namespace Unfold.Experiments.Measures;

/// <summary>How often each class was taken for each.</summary>
internal sealed class ConfusionTable(IReadOnlyList<string> classes)
{
    private readonly int[,] _counts = new int[classes.Count, classes.Count];

    /// <summary>The number of answers.</summary>
    public int Total { get; private set; }

    /// <summary>The share of right answers, in [0, 1]; NaN where there is none.</summary>
    public double Accuracy => (double)Enumerable.Range(0, classes.Count).Sum(c => _counts[c, c]) / Total;

    /// <summary>The mean over the classes that occur of the share of each that was found: rare classes count as much as common ones.</summary>
    public double BalancedAccuracy => Enumerable.Range(0, classes.Count).Select(Recall).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Adds an answer.</summary>
    public void Add(int actual, int predicted)
    {
        _counts[actual, predicted]++;
        Total++;
    }

    /// <summary>How often a class was taken for another, or for itself.</summary>
    public int Count(int actual, int predicted) => _counts[actual, predicted];

    /// <summary>The share of a class that was found; NaN where it did not occur.</summary>
    public double Recall(int actual) => (double)_counts[actual, actual] / Enumerable.Range(0, classes.Count).Sum(c => _counts[actual, c]);

    /// <summary>A picture: each row is a class, and how its members were taken, as shares of the row.</summary>
    public HeatMap ToHeatMap(string title)
    {
        double[] shares = new double[classes.Count * classes.Count];
        for (int actual = 0; actual < classes.Count; actual++)
        {
            int row = Enumerable.Range(0, classes.Count).Sum(c => _counts[actual, c]);
            for (int predicted = 0; predicted < classes.Count; predicted++)
            {
                shares[(actual * classes.Count) + predicted] = (double)_counts[actual, predicted] / row;
            }
        }

        return new HeatMap(title, classes, classes, shares) { RowLabel = "is", ColumnLabel = "taken for", Highest = 1 };
    }
}
