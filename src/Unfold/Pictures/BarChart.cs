using System.Globalization;

namespace Unfold.Pictures;

/// <summary>
/// Values as bars that lie one under the other, for one or several series side by side, as an SVG picture that can be read on a white
/// and on a dark page. Each bar begins at zero and has its value at its end; a value that is NaN or infinite has no bar, but a dash.
/// </summary>
public sealed class BarChart
{
    private const double Top = 30;
    private const double BarHeight = 16;
    private const double GroupGap = 10;
    private const double LongestLabel = 260;

    private readonly string[] _categories;
    private readonly List<(string Name, double[] Values)> _series = [];
    private readonly List<(string Name, double Value)> _levels = [];

    /// <summary>Begins a chart.</summary>
    /// <param name="title">What the picture shows, written above it.</param>
    /// <param name="categories">What the bars stand for, from top to bottom; written at their left.</param>
    public BarChart(string title, params IReadOnlyList<string> categories)
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(categories);
        Title = title;
        _categories = [.. categories];
    }

    /// <summary>What the picture shows.</summary>
    public string Title { get; }

    /// <summary>What the bars measure, with its unit; empty for nothing.</summary>
    public string ValueLabel { get; init; } = "";

    /// <summary>The width of the picture in pixels, at least 300.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 300.</exception>
    public int Width
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 300);
            field = value;
        }
    } = 720;

    /// <summary>Adds a bar to each category.</summary>
    /// <param name="name">Its name in the legend; empty for none.</param>
    /// <param name="values">One value for each category, in their order.</param>
    /// <returns>The chart, for one more call.</returns>
    /// <exception cref="ArgumentException">There are not as many values as categories.</exception>
    public BarChart Add(string name, params ReadOnlySpan<double> values)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (values.Length != _categories.Length)
        {
            throw new ArgumentException($"The series '{name}' of a bar chart wants one value for each category; found {values.Length} values for {_categories.Length} categories.", nameof(values));
        }

        _series.Add((name, values.ToArray()));
        return this;
    }

    /// <summary>Adds a line down through all bars, as for a baseline or a published value.</summary>
    /// <param name="name">Its name in the legend; empty for none.</param>
    /// <param name="value">The value.</param>
    /// <returns>The chart, for one more call.</returns>
    public BarChart AddLevel(string name, double value)
    {
        ArgumentNullException.ThrowIfNull(name);
        _levels.Add((name, value));
        return this;
    }

    /// <summary>Draws the chart.</summary>
    /// <returns>A whole SVG document, which ends with a line feed.</returns>
    public string ToSvg()
    {
        double left = 20 + Math.Min(LongestLabel, _categories.Select(SvgDocument.WidthOf).DefaultIfEmpty(0).Max());
        double width = Width - left - 70;
        var legend = new Legend(Entries(), Width - 20);
        double top = Top + legend.Height + 6;
        double group = (BarHeight * Math.Max(1, _series.Count)) + GroupGap;
        double height = Math.Max(40, group * _categories.Length);
        double bottom = top + height;
        var svg = new SvgDocument(Width, bottom + (ValueLabel.Length > 0 ? 44 : 26), Title);
        var axis = Axis.Around(AxisScale.Linear, [0, .. _series.SelectMany(series => series.Values), .. _levels.Select(level => level.Value)], roundEnds: true);
        double X(double value) => left + (width * axis.Share(value));

        svg.Text(14, 20, Title, weight: "600");
        legend.Draw(svg, 14, Top);
        foreach (double tick in axis.Ticks)
        {
            svg.Line(X(tick), top, X(tick), bottom, Palette.Ink, 0.25);
            svg.Text(X(tick), bottom + 17, Axis.Label(tick), Anchor.Middle);
        }

        for (int category = 0; category < _categories.Length; category++)
        {
            double place = top + (group * category) + (GroupGap / 2);
            svg.Text(left - 8, place + ((group - GroupGap) / 2) + 4, _categories[category], Anchor.End);
            for (int series = 0; series < _series.Count; series++)
            {
                double y = place + (BarHeight * series);
                double value = _series[series].Values[category];
                if (double.IsFinite(value))
                {
                    svg.Rectangle(Math.Min(X(0), X(value)), y + 1, Math.Abs(X(value) - X(0)), BarHeight - 2, Palette.Colour(series), hint: $"{_categories[category]} {_series[series].Name} {Axis.Label(value)}");
                }

                svg.Text(Math.Max(X(0), double.IsFinite(value) ? X(value) : 0) + 5, y + BarHeight - 4, double.IsFinite(value) ? Written(value) : "\u2013");
            }
        }

        svg.Line(X(0), top, X(0), bottom, Palette.Ink);
        for (int level = 0; level < _levels.Count; level++)
        {
            if (double.IsFinite(_levels[level].Value))
            {
                svg.Line(X(_levels[level].Value), top, X(_levels[level].Value), bottom, Palette.Colour(_series.Count + level), dash: "4 4");
            }
        }

        if (ValueLabel.Length > 0)
        {
            svg.Text(left + (width / 2), bottom + 36, ValueLabel, Anchor.Middle);
        }

        if (_categories.Length == 0 || _series.Count == 0)
        {
            svg.Text(left + (width / 2), top + (height / 2), "no values to show", Anchor.Middle);
        }

        return svg.End();
    }

    /// <summary>Four digits are enough beside a bar.</summary>
    private static string Written(double value) => Axis.Label(double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));

    private IEnumerable<LegendEntry> Entries() =>
        [
            .. _series.Select((series, number) => new LegendEntry(series.Name, LegendMark.Patch, Palette.Colour(number), "", 1)),
            .. _levels.Select((level, number) => new LegendEntry(level.Name, LegendMark.Line, Palette.Colour(_series.Count + number), "4 4", 1)),
        ];
}
