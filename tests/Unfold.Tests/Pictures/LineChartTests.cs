using System.Globalization;
using System.Xml.Linq;
using Unfold.Pictures;
using Unfold.Tests.Support;

namespace Unfold.Tests.Pictures;

public sealed class LineChartTests
{
    /// <summary>The place where an axis wrote a value: the middle of its text, or the height of its grid line.</summary>
    private static double Across(SvgPicture picture, string tick) => SvgPicture.Number(picture.Text(tick), "x");

    private static double Up(SvgPicture picture, string tick) => SvgPicture.Number(picture.Text(tick), "y") - 4;

    [Fact]
    public void Points_lie_where_the_axes_say()
    {
        var picture = new SvgPicture(new LineChart("three points").Add("a", [0, 25, 100], [7, 1, 3.5]).ToSvg());
        (double X, double Y)[] points = Assert.Single(picture.Points("polyline"));
        double x0 = Across(picture, "0");
        double x100 = Across(picture, "100");
        double y1 = Up(picture, "1");
        double y7 = Up(picture, "7");
        Assert.True(x0 < x100 && y7 < y1, "The axes run to the right and upwards.");
        Close.Equal([x0, x0 + (0.25 * (x100 - x0)), x100], [.. points.Select(point => point.X)], 0, 0.02, "across");
        Close.Equal([y7, y1, y1 + ((3.5 - 1) / 6 * (y7 - y1))], [.. points.Select(point => point.Y)], 0, 0.02, "up");
        Assert.All(points, point => Assert.True(point.X >= 0 && point.X <= picture.Width && point.Y >= 0 && point.Y <= picture.Height));
    }

    [Fact]
    public void Equal_ratios_are_equal_lengths_on_a_logarithmic_axis()
    {
        var picture = new SvgPicture(new LineChart("decay") { VerticalScale = AxisScale.Logarithmic, HorizontalScale = AxisScale.Logarithmic }
            .Add("a", [1, 10, 1000], [1e-2, 1e-7, 1e-5]).ToSvg());
        (double X, double Y)[] points = Assert.Single(picture.Points("polyline"));
        Close.Equal((points[2].X - points[0].X) / 3, points[1].X - points[0].X, 0, 0.02, "a third of three powers");
        Close.Equal((points[1].Y - points[0].Y) * 3 / 5, points[2].Y - points[0].Y, 0, 0.02, "three of five powers");
        Close.Equal(Up(picture, "1e-5"), points[2].Y, 0, 0.02, "the written power");
    }

    [Fact]
    public void Between_whole_numbers_nothing_is_written()
    {
        string[] Across(params double[] epochs) => [.. new SvgPicture(new LineChart("epochs").Add("a", epochs, [.. epochs.Select(_ => -5.0)]).ToSvg()).Texts
            .Where(text => double.TryParse(text, CultureInfo.InvariantCulture, out double value) && value > 0)];

        Assert.Equal(["1", "2", "3", "4"], Across(1, 2, 3, 4));
        Assert.Equal(["1", "2", "3"], Across(2));
        Assert.Contains("1.5", Across(1, 2, 3.5));
        Assert.Equal(["5", "10", "15", "20"], Across(1, 20));
    }

    [Fact]
    public void What_has_no_place_leaves_a_gap()
    {
        double[] x = [0, 1, 2, 3, 4, 5, 6];
        var picture = new SvgPicture(new LineChart("gaps").Add("a", x, [1, 2, double.NaN, 4, double.PositiveInfinity, 6, 7]).ToSvg());
        Assert.Equal([2, 2], picture.Points("polyline").Select(points => points.Length));
        Assert.Single(picture.All("circle"));

        var logarithmic = new SvgPicture(new LineChart("gaps") { VerticalScale = AxisScale.Logarithmic }.Add("a", x, [1, 2, 0, 4, -1, 6, 7]).ToSvg());
        Assert.Equal([2, 2], logarithmic.Points("polyline").Select(points => points.Length));
        Assert.Single(logarithmic.All("circle"));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void A_chart_without_values_says_so(double nothing)
    {
        Assert.Contains("no values to show", new SvgPicture(new LineChart("empty").ToSvg()).Texts);
        Assert.Contains("no values to show", new SvgPicture(new LineChart("empty").Add("a", [], []).AddLevel("b", nothing).ToSvg()).Texts);
        Assert.Contains("no values to show", new SvgPicture(new LineChart("empty") { HorizontalScale = AxisScale.Logarithmic }.Add("a", [1, nothing], [nothing, 2]).ToSvg()).Texts);
        Assert.DoesNotContain("no values to show", new SvgPicture(new LineChart("one").Add("a", [1], [1]).ToSvg()).Texts);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3.25, 3.25)]
    [InlineData(-1e300, 1e300)]
    [InlineData(-1.7e308, 1.7e308)]
    [InlineData(0, 5e-324)]
    [InlineData(1e-12, 2e-12)]
    [InlineData(123456789, 123456790)]
    public void Extreme_values_stay_inside_the_picture(double low, double high)
    {
        foreach (AxisScale scale in Enum.GetValues<AxisScale>())
        {
            string svg = new LineChart("extremes") { VerticalScale = scale, HorizontalScale = scale }.Add("a", [low, high, high], [high, low, high]).ToSvg();
            Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
            Assert.DoesNotContain("∞", svg, StringComparison.Ordinal);
            var picture = new SvgPicture(svg);
            Assert.All(picture.Points("polyline").SelectMany(points => points), point =>
                Assert.True(point.X >= 0 && point.X <= picture.Width && point.Y >= 0 && point.Y <= picture.Height, $"({point.X}, {point.Y}) lies outside."));
            Assert.InRange(picture.Texts.Count, 2, 24);
        }
    }

    [Fact]
    public void Text_is_escaped_and_what_xml_does_not_know_is_replaced()
    {
        const string nasty = "<a> & \"b\" \u0001 你\uD800";
        var picture = new SvgPicture(new LineChart(nasty) { HorizontalLabel = "x < 1", VerticalLabel = "y & z" }.Add("</svg><script>", [1], [1]).ToSvg());
        Assert.Contains("<a> & \"b\" \uFFFD 你\uFFFD", picture.Texts);
        Assert.Contains("x < 1", picture.Texts);
        Assert.Contains("y & z", picture.Texts);
        Assert.Contains("</svg><script>", picture.Texts);
        Assert.Empty(picture.All("script"));
    }

    [Fact]
    public void Numbers_are_written_alike_in_every_culture()
    {
        LineChart chart = new LineChart("culture").Add("a", [0.5, 1.25], [0.125, 2.5]);
        string comma = chart.ToSvg();
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            Assert.Equal(chart.ToSvg(), comma);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_band_goes_out_along_the_lower_and_back_along_the_upper_ends()
    {
        var picture = new SvgPicture(new LineChart("band").Add("a", [0, 10], [0, 4]).AddBand("80%", [0, 10], [0, 1], [2, 4]).ToSvg());
        (double X, double Y)[] area = Assert.Single(picture.Points("polygon"));
        (double X, double Y)[] line = Assert.Single(picture.Points("polyline"));
        double unit = (line[0].Y - line[1].Y) / 4;
        Close.Equal([line[0].X, line[1].X, line[1].X, line[0].X], [.. area.Select(point => point.X)], 0, 0.02, "across");
        Close.Equal([0.0, 1, 4, 2], [.. area.Select(point => (line[0].Y - point.Y) / unit)], 0, 0.001, "up");
    }

    [Fact]
    public void A_level_crosses_the_picture_at_its_value()
    {
        var picture = new SvgPicture(new LineChart("level").Add("a", [0, 10], [0, 4]).AddLevel("floor", 3).ToSvg());
        (double X, double Y)[] line = Assert.Single(picture.Points("polyline"));
        XElement level = Assert.Single(picture.All("line"), element => element.Attribute("stroke-dasharray")?.Value == "4 4" && SvgPicture.Number(element, "x2") - SvgPicture.Number(element, "x1") > 100);
        Close.Equal(line[0].Y + (0.75 * (line[1].Y - line[0].Y)), SvgPicture.Number(level, "y1"), 0, 0.02, "three quarters up");
        Assert.Contains("floor", picture.Texts);
    }

    [Fact]
    public void A_long_series_keeps_its_peaks_and_becomes_small()
    {
        double[] x = [.. Enumerable.Range(0, 200_000).Select(i => (double)i)];
        double[] y = new double[x.Length];
        y[77_777] = 5;
        y[140_001] = -3;
        string svg = new LineChart("long").Add("a", x, y).ToSvg();
        (double X, double Y)[] points = Assert.Single(new SvgPicture(svg).Points("polyline"));
        Assert.InRange(points.Length, 1000, 4000);
        double zero = points[0].Y;
        double unit = (zero - points.Min(point => point.Y)) / 5;
        Close.Equal(3, (points.Max(point => point.Y) - zero) / unit, 0, 0.01, "the trough is as deep as it was");
    }

    [Fact]
    public void A_series_with_too_few_values_is_refused()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => new LineChart("wrong").Add("loss", [1, 2, 3], [1, 2]));
        Assert.Contains("'loss'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("2 values for 3 places", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new LineChart("wrong").AddBand("b", [1, 2], [1, 2], [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LineChart("wrong") { Width = 199 });
    }
}
