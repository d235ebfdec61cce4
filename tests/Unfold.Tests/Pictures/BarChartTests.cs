using System.Xml.Linq;
using Unfold.Pictures;
using Unfold.Tests.Support;

namespace Unfold.Tests.Pictures;

public sealed class BarChartTests
{
    [Fact]
    public void A_bar_is_as_long_as_its_value_and_begins_at_zero()
    {
        var picture = new SvgPicture(new BarChart("bars", "LSTM", "GRU", "RNN").Add("F1", 93, -31, 15.5).ToSvg());
        XElement[] bars = [.. picture.All("rect").Where(bar => bar.Elements().Any())];
        double[] widths = [.. bars.Select(bar => SvgPicture.Number(bar, "width"))];
        Close.Equal([1, 31 / 93.0, 15.5 / 93], [.. widths.Select(width => width / widths[0])], 0, 0.001, "lengths");
        double zero = SvgPicture.Number(bars[0], "x");
        Close.Equal(zero, SvgPicture.Number(bars[1], "x") + widths[1], 0, 0.02, "a negative value lies at the other side of zero");
        Close.Equal(zero, SvgPicture.Number(bars[2], "x"), 0, 0.02, "zero");
        Close.Equal(zero, SvgPicture.Number(picture.Text("0"), "x"), 0, 0.02, "the written zero");
        Assert.Superset(new HashSet<string> { "LSTM", "GRU", "RNN", "93", "-31", "15.5" }, picture.Texts.ToHashSet());
    }

    [Fact]
    public void Several_series_stand_under_each_other_in_their_category()
    {
        var picture = new SvgPicture(new BarChart("bars", "a", "b").Add("x", 1, 2).Add("y", 3, 4).AddLevel("published", 3).ToSvg());
        double[] tops = [.. picture.All("rect").Where(bar => bar.Elements().Any()).Select(bar => SvgPicture.Number(bar, "y"))];
        Assert.Equal(tops.Order(), tops);
        Assert.Equal(["a x 1", "a y 3", "b x 2", "b y 4"], picture.All("rect").SelectMany(bar => bar.Elements()).Select(hint => hint.Value));
        XElement three = picture.All("rect").Single(bar => bar.Value == "a y 3");
        XElement level = Assert.Single(picture.All("line"), line => line.Attribute("stroke-dasharray") is not null && SvgPicture.Number(line, "y1") != SvgPicture.Number(line, "y2"));
        Close.Equal(SvgPicture.Number(three, "x") + SvgPicture.Number(three, "width"), SvgPicture.Number(level, "x1"), 0, 0.02, "the level is where the bar of its value ends");
    }

    [Fact]
    public void What_is_no_number_has_a_dash_and_no_bar()
    {
        string svg = new BarChart("bars & <more>", "<a>", "b").Add("", double.NaN, double.PositiveInfinity).AddLevel("l", double.NaN).ToSvg();
        var picture = new SvgPicture(svg);
        Assert.Empty(picture.All("rect"));
        Assert.Equal(2, picture.Texts.Count(text => text == "–"));
        Assert.Contains("bars & <more>", picture.Texts);
        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        Assert.Contains("no values to show", new SvgPicture(new BarChart("nothing").ToSvg()).Texts);
        Assert.Contains("no values to show", new SvgPicture(new BarChart("nothing", "a").ToSvg()).Texts);
    }

    [Fact]
    public void A_series_with_too_many_values_is_refused()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => new BarChart("wrong", "a", "b").Add("F1", 1, 2, 3));
        Assert.Contains("3 values for 2 categories", refused.Message, StringComparison.Ordinal);
    }
}
