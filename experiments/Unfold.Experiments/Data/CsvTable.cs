using System.Globalization;

namespace Unfold.Experiments.Data;

/// <summary>One row of a table: its cells, without quotation marks around them.</summary>
internal sealed record CsvRow(DataLine Line, string[] Cells, string[] Columns)
{
    /// <summary>A whole number.</summary>
    /// <exception cref="UnfoldException">The cell is none.</exception>
    public int Whole(int column) => int.TryParse(Cells[column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
        ? value
        : throw Line.Damaged($"the column {Columns[column]} must be a whole number; found {DataLine.Excerpt(Cells[column])}");

    /// <summary>A finite number in single precision.</summary>
    /// <exception cref="UnfoldException">The cell is none.</exception>
    public float Single(int column) => float.IsFinite((float)Number(column))
        ? (float)Number(column)
        : throw Line.Damaged($"the column {Columns[column]} must be a number below 3.4e38; found {DataLine.Excerpt(Cells[column])}");

    /// <summary>A finite number.</summary>
    /// <exception cref="UnfoldException">The cell is none.</exception>
    public double Number(int column) => double.TryParse(Cells[column], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
        ? value
        : throw Line.Damaged($"the column {Columns[column]} must be a number; found {DataLine.Excerpt(Cells[column])}");
}

/// <summary>A table of comma-separated cells without commas in them, under one line of headings.</summary>
internal sealed record CsvTable(IReadOnlyList<CsvRow> Rows)
{
    /// <summary>Reads a table; empty lines at its end are passed over.</summary>
    /// <param name="path">The file.</param>
    /// <param name="header">The headings that are wanted, without quotation marks.</param>
    /// <exception cref="UnfoldException">The headings differ, a row has not as many cells, or there is no row.</exception>
    public static CsvTable Read(string path, string header)
    {
        string[] columns = header.Split(',');
        List<CsvRow> rows = [];
        DataLine? blank = null;
        bool headed = false;
        foreach (DataLine line in DataFile.Utf8Lines(path))
        {
            if (blank is { } hole && line.Text.Length > 0)
            {
                throw hole.Damaged($"{columns.Length} cells were wanted; found nothing");
            }

            string[] cells = [.. line.Text.Split(',').Select(Unquote)];
            if (!headed)
            {
                headed = cells.SequenceEqual(columns) ? true : throw line.Damaged($"the headings {header} were wanted; found {line.Shown}");
            }
            else if (line.Text.Length == 0)
            {
                blank ??= line;
            }
            else
            {
                rows.Add(cells.Length == columns.Length ? new CsvRow(line, cells, columns) : throw line.Damaged($"{columns.Length} cells were wanted; found {cells.Length}, {line.Shown}"));
            }
        }

        return rows.Count > 0 ? new CsvTable(rows) : throw new UnfoldException($"{path}: the headings {header} and at least one row were wanted; found {(headed ? "no row" : "nothing")}.");
    }

    private static string Unquote(string cell) => cell.Length >= 2 && cell[0] == '"' && cell[^1] == '"' ? cell[1..^1] : cell;
}
