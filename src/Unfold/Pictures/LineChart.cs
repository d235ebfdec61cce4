namespace Unfold.Pictures;

/// <summary>
/// Named series as lines over two axes, as an SVG picture that can be read on a white and on a dark page. A value that has no place
/// (NaN, infinite, or not above zero on a logarithmic axis) leaves a gap.
/// </summary>
/// <example><code>string svg = new LineChart("Loss") { VerticalScale = AxisScale.Logarithmic }.Add("LSTM", steps, losses).ToSvg();</code></example>
public sealed class LineChart
{
    private const double Top = 30;
    private const double Right = 18;
    private const double BandOpacity = 0.25;
    private const string LevelDash = "4 4";

    private readonly List<Series> _series = [];

    /// <summary>Begins a chart.</summary>
    /// <param name="title">What the picture shows, written above it.</param>
    public LineChart(string title)
    {
        ArgumentNullException.ThrowIfNull(title);
        Title = title;
    }

    private enum Kind
    {
        Line,
        Band,
        Level,
    }

    /// <summary>What the picture shows.</summary>
    public string Title { get; }

    /// <summary>What the horizontal axis counts, with its unit; empty for nothing.</summary>
    public string HorizontalLabel { get; init; } = "";

    /// <summary>What the vertical axis measures, with its unit; empty for nothing.</summary>
    public string VerticalLabel { get; init; } = "";

    /// <summary>How the horizontal axis is spread; linear at first.</summary>
    public AxisScale HorizontalScale { get; init; }

    /// <summary>How the vertical axis is spread; linear at first.</summary>
    public AxisScale VerticalScale { get; init; }

    /// <summary>The width of the picture in pixels, at least 200.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 200.</exception>
    public int Width { get; init => field = AtLeast(200, value); } = 720;

    /// <summary>The height of the picture in pixels, at least 150.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 150.</exception>
    public int Height { get; init => field = AtLeast(150, value); } = 400;

    /// <summary>Adds a line through the points (x[i], y[i]), in their order.</summary>
    /// <param name="name">Its name in the legend; empty for none.</param>
    /// <param name="x">The places on the horizontal axis.</param>
    /// <param name="y">The values, as many.</param>
    /// <returns>The chart, for one more call.</returns>
    /// <exception cref="ArgumentException">There are not as many values as places.</exception>
    public LineChart Add(string name, ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        ArgumentNullException.ThrowIfNull(name);
        Require(name, x.Length, y.Length);
        _series.Add(new Series(Kind.Line, name, x.ToArray(), y.ToArray(), []));
        return this;
    }

    /// <summary>Adds the area between low[i] and high[i], as for the intervals of a forecast.</summary>
    /// <param name="name">Its name in the legend; empty for none.</param>
    /// <param name="x">The places on the horizontal axis.</param>
    /// <param name="low">The lower ends, as many.</param>
    /// <param name="high">The upper ends, as many.</param>
    /// <returns>The chart, for one more call.</returns>
    /// <exception cref="ArgumentException">There are not as many ends as places.</exception>
    public LineChart AddBand(string name, ReadOnlySpan<double> x, ReadOnlySpan<double> low, ReadOnlySpan<double> high)
    {
        ArgumentNullException.ThrowIfNull(name);
        Require(name, x.Length, low.Length);
        Require(name, x.Length, high.Length);
        _series.Add(new Series(Kind.Band, name, x.ToArray(), low.ToArray(), high.ToArray()));
        return this;
    }

    /// <summary>Adds a level line across the whole picture, as for a baseline or a published value.</summary>
    /// <param name="name">Its name in the legend; empty for none.</param>
    /// <param name="y">The value.</param>
    /// <returns>The chart, for one more call.</returns>
    public LineChart AddLevel(string name, double y)
    {
        ArgumentNullException.ThrowIfNull(name);
        _series.Add(new Series(Kind.Level, name, [], [y], []));
        return this;
    }

    /// <summary>Draws the chart.</summary>
    /// <returns>A whole SVG document, which ends with a line feed.</returns>
    public string ToSvg()
    {
        var svg = new SvgDocument(Width, Height, Title);
        var across = Axis.Around(HorizontalScale, _series.SelectMany(series => series.Horizontal(HorizontalScale, VerticalScale)), roundEnds: false);
        var up = Axis.Around(VerticalScale, _series.SelectMany(series => series.Vertical(HorizontalScale)), roundEnds: true);
        double left = 14 + (VerticalLabel.Length > 0 ? 18 : 0) + up.Ticks.Select(tick => SvgDocument.WidthOf(Axis.Label(tick))).DefaultIfEmpty(0).Max();
        var legend = new Legend(Entries(), Width - left - Right);
        double top = Top + legend.Height + 6;
        var frame = new PlotFrame(left, top, Width - left - Right, Math.Max(40, Height - top - (HorizontalLabel.Length > 0 ? 44 : 26)), across, up);

        svg.Text(left, 20, Title, weight: "600");
        legend.Draw(svg, left, Top);
        frame.Draw(svg, HorizontalLabel, VerticalLabel);
        bool drawn = false;
        foreach ((Series series, string colour, string dash) in Styled().OrderBy(style => style.Series.Kind == Kind.Band ? 0 : 1))
        {
            drawn |= Draw(svg, frame, series, colour, dash);
        }

        if (!drawn)
        {
            svg.Text(frame.Left + (frame.Width / 2), frame.Top + (frame.Height / 2), "no values to show", Anchor.Middle);
        }

        return svg.End();
    }

    private static int AtLeast(int minimum, int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, minimum);
        return value;
    }

    private static void Require(string name, int places, int values)
    {
        if (places != values)
        {
            throw new ArgumentException($"The series '{name}' of a line chart wants as many values as places; found {values} values for {places} places.");
        }
    }

    private static bool Draw(SvgDocument svg, PlotFrame frame, Series series, string colour, string dash)
    {
        bool drawn = false;
        if (series.Kind == Kind.Level)
        {
            if (Axis.CanShow(frame.Up.Scale, series.Y[0]))
            {
                double y = frame.Y(series.Y[0]);
                svg.Line(frame.Left, y, frame.Left + frame.Width, y, colour, dash: dash);
                drawn = true;
            }

            return drawn;
        }

        foreach ((double X, double Low, double High)[] run in series.Runs(frame))
        {
            drawn = true;
            if (series.Kind == Kind.Band)
            {
                svg.Polygon([.. run.Select(point => (point.X, point.Low)), .. run.Reverse().Select(point => (point.X, point.High))], colour, BandOpacity);
            }
            else
            {
                svg.Polyline(Thinning.ToPixels([.. run.Select(point => (point.X, point.Low))]), colour, dash);
            }
        }

        return drawn;
    }

    /// <summary>Each series has a colour of its own; the first line is full, and a level is dashed in a way that no line is.</summary>
    private IEnumerable<(Series Series, string Colour, string Dash)> Styled()
    {
        int lines = 0;
        for (int i = 0; i < _series.Count; i++)
        {
            string dash = _series[i].Kind switch { Kind.Line => Palette.Dash(lines++), Kind.Level => LevelDash, _ => "" };
            yield return (_series[i], Palette.Colour(i), dash);
        }
    }

    private IEnumerable<LegendEntry> Entries() => Styled().Select(style => style.Series.Kind == Kind.Band
        ? new LegendEntry(style.Series.Name, LegendMark.Patch, style.Colour, "", BandOpacity)
        : new LegendEntry(style.Series.Name, LegendMark.Line, style.Colour, style.Dash, 1));

    /// <summary>A line has its values in <paramref name="Y"/>; a band its lower ends there and its upper ends in <paramref name="High"/>.</summary>
    private sealed record Series(Kind Kind, string Name, double[] X, double[] Y, double[] High)
    {
        public IEnumerable<double> Horizontal(AxisScale across, AxisScale up) =>
            X.Where((_, i) => Shown(i, across, up));

        public IEnumerable<double> Vertical(AxisScale across) =>
            Kind == Kind.Level ? Y : Y.Concat(High).Where((_, i) => Axis.CanShow(across, X[i % X.Length]));

        /// <summary>The places in the picture, cut where a value has none.</summary>
        public IEnumerable<(double X, double Low, double High)[]> Runs(PlotFrame frame)
        {
            List<(double, double, double)> run = [];
            for (int i = 0; i < X.Length; i++)
            {
                if (Shown(i, frame.Across.Scale, frame.Up.Scale))
                {
                    run.Add((frame.X(X[i]), frame.Y(Y[i]), High.Length == 0 ? 0 : frame.Y(High[i])));
                }
                else if (run.Count > 0)
                {
                    yield return [.. run];
                    run.Clear();
                }
            }

            if (run.Count > 0)
            {
                yield return [.. run];
            }
        }

        private bool Shown(int i, AxisScale across, AxisScale up) =>
            Axis.CanShow(across, X[i]) && Axis.CanShow(up, Y[i]) && (High.Length == 0 || Axis.CanShow(up, High[i]));
    }
}
