namespace Unfold.Pictures;

/// <summary>What one mark of a legend looks like.</summary>
internal enum LegendMark
{
    /// <summary>A piece of line.</summary>
    Line,

    /// <summary>A filled patch.</summary>
    Patch,
}

/// <summary>One line of a legend.</summary>
internal sealed record LegendEntry(string Name, LegendMark Mark, string Colour, string Dash, double Opacity);

/// <summary>Names and marks side by side under the title, in as many rows as they need.</summary>
internal sealed class Legend
{
    private const double MarkWidth = 22;
    private const double Gap = 16;
    private const double RowHeight = 18;

    private readonly List<(LegendEntry Entry, double X, double Y)> _placed = [];

    /// <summary>Places the entries into rows of a width.</summary>
    public Legend(IEnumerable<LegendEntry> entries, double width)
    {
        double x = 0;
        double y = 0;
        foreach (LegendEntry entry in entries.Where(entry => entry.Name.Length > 0))
        {
            double taken = MarkWidth + 6 + SvgDocument.WidthOf(entry.Name);
            if (x > 0 && x + taken > width)
            {
                x = 0;
                y += RowHeight;
            }

            _placed.Add((entry, x, y));
            x += taken + Gap;
        }

        Height = _placed.Count == 0 ? 0 : y + RowHeight;
    }

    /// <summary>The height that it takes.</summary>
    public double Height { get; }

    /// <summary>Draws it with its upper left corner at a place.</summary>
    public void Draw(SvgDocument svg, double left, double top)
    {
        foreach ((LegendEntry entry, double x, double y) in _placed)
        {
            double middle = top + y + (RowHeight / 2);
            if (entry.Mark == LegendMark.Line)
            {
                svg.Line(left + x, middle, left + x + MarkWidth, middle, entry.Colour, dash: entry.Dash);
            }
            else
            {
                svg.Rectangle(left + x, middle - 5, MarkWidth, 10, entry.Colour, entry.Opacity);
            }

            svg.Text(left + x + MarkWidth + 6, middle + 4, entry.Name);
        }
    }
}
