using System.Globalization;

namespace Unfold.Experiments;

/// <summary>Results as a table under headings: words at the left of their column, numbers at the right.</summary>
internal static class ResultTable
{
    private const int Words = 3;

    /// <summary>Writes the table, each line without blanks at its end.</summary>
    public static void Write(TextWriter output, IReadOnlyList<Result> results)
    {
        List<string[]> rows = [["experiment", "model", "metric", "value", "baseline", "published", "parameters", "seconds"]];
        rows.AddRange(results.Select(Cells));
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            IEnumerable<string> cells = row.Select((cell, column) => column < Words ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    /// <summary>Five digits, however large or small; empty where there is no number.</summary>
    public static string Number(double? value) => value switch
    {
        null => "",
        { } number when !double.IsFinite(number) => "diverged",
        { } number when Math.Abs(number) is 0 or (>= 1e-3 and < 1e5) => number.ToString(Math.Abs(number) < 1 ? "0.#####" : Math.Abs(number) < 100 ? "0.###" : "0.##", CultureInfo.InvariantCulture),
        { } number => number.ToString("0.###e0", CultureInfo.InvariantCulture),
    };

    private static string[] Cells(Result result) =>
    [
        result.Experiment,
        result.Model,
        result.Metric,
        Number(result.Value),
        Number(result.Baseline),
        Number(result.Published),
        result.Parameters?.ToString("N0", CultureInfo.InvariantCulture) ?? "",
        result.Seconds?.ToString("0.0", CultureInfo.InvariantCulture) ?? "",
    ];
}
