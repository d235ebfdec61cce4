using System.Globalization;

namespace Unfold.Experiments.Data;

/// <summary>
/// ETTh1 (Zhou et al., 2021): six loads and the oil temperature of a transformer, hour by hour, July 2016 to June 2018, with the split of
/// the paper: twelve months of thirty days to learn from, four to validate on, four to test on; the rest is not used.
/// </summary>
/// <param name="Times">The hours, one after the other without a gap.</param>
/// <param name="Values">(T, 7) in the order of <see cref="Columns"/>; the last is the oil temperature.</param>
internal sealed record TransformerHours(IReadOnlyList<DateTime> Times, Frames Values)
{
    /// <summary>The first hour that is not learned from.</summary>
    public const int TrainEnd = 12 * 30 * 24;

    /// <summary>The first hour that is not validated on.</summary>
    public const int ValidationEnd = 16 * 30 * 24;

    /// <summary>The first hour that is not tested on.</summary>
    public const int TestEnd = 20 * 30 * 24;

    /// <summary>The names of the columns.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"];

    /// <summary>What it reads, inside of the data folder.</summary>
    public static IReadOnlyList<string> Needed { get; } = ["ett/ETTh1.csv"];

    /// <summary>Reads all hours.</summary>
    /// <exception cref="UnfoldException">The file is missing or damaged, or has fewer hours than the split wants.</exception>
    public static TransformerHours Read(DataFolder folder)
    {
        string path = folder.Path(Needed[0]);
        CsvTable table = CsvTable.Read(path, "date," + string.Join(',', Columns));
        List<DateTime> times = [];
        foreach (CsvRow row in table.Rows)
        {
            bool good = DateTime.TryParseExact(row.Cells[0], "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime time)
                && (times.Count == 0 || time == times[^1].AddHours(1));
            times.Add(good ? time : throw row.Line.Damaged($"the hour after the one before was wanted, as in 2016-07-01 00:00:00; found {DataLine.Excerpt(row.Cells[0])}"));
        }

        return times.Count >= TestEnd
            ? new TransformerHours(times, new Frames(Columns.Count, [.. table.Rows.SelectMany(row => Enumerable.Range(1, Columns.Count).Select(row.Single))]))
            : throw new UnfoldException($"{path}: at least {TestEnd} hours were wanted; found {times.Count}.");
    }
}
