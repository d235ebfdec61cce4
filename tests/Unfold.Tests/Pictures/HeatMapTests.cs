using System.Xml.Linq;
using Unfold.Pictures;
using Unfold.Tests.Support;

namespace Unfold.Tests.Pictures;

public sealed class HeatMapTests
{
    private static XElement Cell(SvgPicture picture, string hint) => Assert.Single(picture.All("rect"), cell => cell.Value == hint);

    private static double Opacity(XElement cell) => cell.Attribute("fill-opacity") is null ? 1 : SvgPicture.Number(cell, "fill-opacity");

    [Fact]
    public void A_cell_is_as_full_as_its_value_and_lies_at_its_row_and_column()
    {
        var picture = new SvgPicture(new HeatMap("attention", ["r0", "r1"], ["c0", "c1", "c2"], [0, 0.1, 0.4, 0.8, 0.2, 0.6]) { CellSize = 20 }.ToSvg());
        Close.Equal([0, 0.13, 0.5, 1, 0.25, 0.75], [.. new[] { "r0 / c0: 0", "r0 / c1: 0.1", "r0 / c2: 0.4", "r1 / c0: 0.8", "r1 / c1: 0.2", "r1 / c2: 0.6" }.Select(hint => Opacity(Cell(picture, hint)))], 0, 0.011, "opacity");
        XElement origin = Cell(picture, "r0 / c0: 0");
        XElement far = Cell(picture, "r1 / c2: 0.6");
        Assert.Equal(40, SvgPicture.Number(far, "x") - SvgPicture.Number(origin, "x"), 6);
        Assert.Equal(20, SvgPicture.Number(far, "y") - SvgPicture.Number(origin, "y"), 6);
        Assert.Equal(SvgPicture.Number(origin, "y") + 14, SvgPicture.Number(picture.Text("r0"), "y"), 6);
        Assert.Equal(SvgPicture.Number(far, "x") + 14, SvgPicture.Number(picture.Text("c2"), "x"), 6);
    }

    [Fact]
    public void The_ends_of_the_colour_can_be_set()
    {
        var picture = new SvgPicture(new HeatMap("h", ["r"], ["a", "b", "c"], [-1, 3, 9]) { Lowest = 1, Highest = 5 }.ToSvg());
        Assert.Equal([0, 0.5, 1], new[] { "r / a: -1", "r / b: 3", "r / c: 9" }.Select(hint => Opacity(Cell(picture, hint))));
        var free = new SvgPicture(new HeatMap("h", ["r"], ["a", "b", "c"], [-1, 1, 3]).ToSvg());
        Assert.Equal([0, 0.5, 1], new[] { "r / a: -1", "r / b: 1", "r / c: 3" }.Select(hint => Opacity(Cell(free, hint))));
    }

    [Fact]
    public void What_is_no_number_has_a_cross()
    {
        string svg = new HeatMap("a < b", ["<r>"], ["&", "c"], [double.NaN, 0]).ToSvg();
        var picture = new SvgPicture(svg);
        Assert.Equal(2, picture.All("line").Count);
        Assert.Single(picture.All("rect"), cell => cell.Value == "<r> / c: 0");
        Assert.Contains("a < b", picture.Texts);
        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        Assert.Contains("no values to show", new SvgPicture(new HeatMap("nothing", [], ["a"], []).ToSvg()).Texts);
        Assert.DoesNotContain("NaN", new HeatMap("same", ["r"], ["a"], [0]).ToSvg(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_another_size_is_refused()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => new HeatMap("wrong", ["a", "b"], ["c"], [1, 2, 3]));
        Assert.Contains("2 rows and 1 columns wants 2 values; found 3", refused.Message, StringComparison.Ordinal);
    }
}
