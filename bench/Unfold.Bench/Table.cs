using System.Globalization;

namespace Unfold.Bench;

/// <summary>Rows of text under headings, the first column to the left and the others to the right.</summary>
internal sealed class Table(params string[] headings)
{
    private readonly List<string[]> _rows = [headings];

    /// <summary>Appends a row; a cell that is missing is left empty.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes the table to standard output.</summary>
    public void Print()
    {
        int[] widths = [.. headings.Select((_, column) => _rows.Max(row => column < row.Length ? row[column].Length : 0))];
        foreach (string[] row in _rows)
        {
            IEnumerable<string> cells = row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]));
            Console.WriteLine("  " + string.Join("  ", cells).TrimEnd());
        }

        Console.WriteLine();
    }

    /// <summary>A number with so many digits after the point; empty where there is none.</summary>
    public static string Number(double value, int digits = 2) =>
        double.IsNaN(value) ? "" : value.ToString("N" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>How many times faster: <c>1.85x</c>.</summary>
    public static string Ratio(double value) => double.IsNaN(value) ? "" : Number(value) + "x";

    /// <summary>A share in percent.</summary>
    public static string Share(double value) => double.IsNaN(value) ? "" : Number(100 * value, 0) + "%";
}
