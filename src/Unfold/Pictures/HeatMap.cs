namespace Unfold.Pictures;

/// <summary>
/// A table of numbers as a table of cells, the greater the number the fuller the colour, as an SVG picture that can be read on a white
/// and on a dark page: the weights of attention, or a table of confusions. A cell that is NaN or infinite has a cross.
/// </summary>
public sealed class HeatMap
{
    private const double Top = 30;
    private const double LongestLabel = 200;

    private readonly string[] _rows;
    private readonly string[] _columns;
    private readonly double[] _values;

    /// <summary>Takes a table.</summary>
    /// <param name="title">What the picture shows, written above it.</param>
    /// <param name="rows">The names of the rows, from top to bottom.</param>
    /// <param name="columns">The names of the columns, from left to right.</param>
    /// <param name="values">The numbers, row after row.</param>
    /// <exception cref="ArgumentException">There are not rows x columns values.</exception>
    public HeatMap(string title, IReadOnlyList<string> rows, IReadOnlyList<string> columns, ReadOnlySpan<double> values)
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        if (values.Length != (long)rows.Count * columns.Count)
        {
            throw new ArgumentException($"A heat map of {rows.Count} rows and {columns.Count} columns wants {(long)rows.Count * columns.Count} values; found {values.Length}.", nameof(values));
        }

        Title = title;
        _rows = [.. rows];
        _columns = [.. columns];
        _values = values.ToArray();
    }

    /// <summary>What the picture shows.</summary>
    public string Title { get; }

    /// <summary>What the rows are; empty for nothing.</summary>
    public string RowLabel { get; init; } = "";

    /// <summary>What the columns are; empty for nothing.</summary>
    public string ColumnLabel { get; init; } = "";

    /// <summary>The number that has no colour at all; without it 0, or the least number where that is below 0.</summary>
    public double? Lowest { get; init; }

    /// <summary>The number that has the full colour; without it the greatest number.</summary>
    public double? Highest { get; init; }

    /// <summary>The side of a cell in pixels, at least 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 2.</exception>
    public int CellSize
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 2);
            field = value;
        }
    } = 22;

    /// <summary>Draws the table.</summary>
    /// <returns>A whole SVG document, which ends with a line feed.</returns>
    public string ToSvg()
    {
        double left = 14 + (RowLabel.Length > 0 ? 18 : 0) + Longest(_rows) + 8;
        double top = Top + (ColumnLabel.Length > 0 ? 20 : 0) + Longest(_columns) + 8;
        double width = Math.Max(120, CellSize * _columns.Length);
        double height = Math.Max(40, CellSize * _rows.Length);
        (double low, double high) = Range();
        double right = 14 + SvgDocument.WidthOf(Axis.Label(high)) + 34;
        var svg = new SvgDocument(Math.Max(left + width + right, SvgDocument.WidthOf(Title) * 1.1 + 28), top + height + 14, Title);
        svg.Text(14, 20, Title, weight: "600");
        DrawNames(svg, left, top, width, height);
        for (int row = 0; row < _rows.Length; row++)
        {
            for (int column = 0; column < _columns.Length; column++)
            {
                DrawCell(svg, left + (CellSize * column), top + (CellSize * row), row, column, (_values[(row * _columns.Length) + column] - low) / (high - low));
            }
        }

        if (_values.Length == 0)
        {
            svg.Text(left + (width / 2), top + (height / 2), "no values to show", Anchor.Middle);
            return svg.End();
        }

        svg.Frame(left, top, CellSize * _columns.Length, CellSize * _rows.Length, 0.5);
        DrawScale(svg, left + width + 14, top, Math.Min(height, 120), low, high);
        return svg.End();
    }

    private static double Longest(string[] names) => Math.Min(LongestLabel, names.Select(SvgDocument.WidthOf).DefaultIfEmpty(0).Max());

    private static void DrawScale(SvgDocument svg, double x, double top, double height, double low, double high)
    {
        const int steps = 10;
        for (int step = 0; step < steps; step++)
        {
            svg.Rectangle(x, top + (height * step / steps), 12, height / steps, Palette.Heat, 1 - ((step + 0.5) / steps));
        }

        svg.Frame(x, top, 12, height, 0.5);
        svg.Text(x + 17, top + 10, Axis.Label(Math.Round(high, 4)));
        svg.Text(x + 17, top + height, Axis.Label(Math.Round(low, 4)));
    }

    private void DrawNames(SvgDocument svg, double left, double top, double width, double height)
    {
        for (int row = 0; row < _rows.Length; row++)
        {
            svg.Text(left - 6, top + (CellSize * (row + 0.5)) + 4, _rows[row], Anchor.End);
        }

        for (int column = 0; column < _columns.Length; column++)
        {
            svg.Text(left + (CellSize * (column + 0.5)) + 4, top - 6, _columns[column], turn: -90);
        }

        if (ColumnLabel.Length > 0)
        {
            svg.Text(left + (width / 2), 42, ColumnLabel, Anchor.Middle);
        }

        if (RowLabel.Length > 0)
        {
            svg.Text(18, top + (height / 2), RowLabel, Anchor.Middle, turn: -90);
        }
    }

    private void DrawCell(SvgDocument svg, double x, double y, int row, int column, double share)
    {
        double value = _values[(row * _columns.Length) + column];
        if (double.IsFinite(value))
        {
            svg.Rectangle(x, y, CellSize, CellSize, Palette.Heat, Math.Clamp(share, 0, 1), $"{_rows[row]} / {_columns[column]}: {Axis.Label(Math.Round(value, 4))}");
            return;
        }

        svg.Line(x + 3, y + 3, x + CellSize - 3, y + CellSize - 3, Palette.Ink, 0.5);
        svg.Line(x + CellSize - 3, y + 3, x + 3, y + CellSize - 3, Palette.Ink, 0.5);
    }

    private (double Low, double High) Range()
    {
        double low = Lowest ?? _values.Where(double.IsFinite).Append(0).Min();
        double high = Highest ?? _values.Where(double.IsFinite).DefaultIfEmpty(1).Max();
        return high > low ? (low, high) : (low, low + 1);
    }
}
