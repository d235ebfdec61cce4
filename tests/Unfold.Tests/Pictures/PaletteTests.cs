using System.Globalization;
using Unfold.Pictures;

namespace Unfold.Tests.Pictures;

public sealed class PaletteTests
{
    [Fact]
    public void Every_colour_stands_out_from_white_and_from_a_dark_page()
    {
        foreach (string page in (string[])["#ffffff", "#0d1117"])
        {
            Assert.All(Enumerable.Range(0, Palette.Count).Select(Palette.Colour).Append(Palette.Heat), colour =>
                Assert.True(Contrast(colour, page) >= 3, $"The contrast of {colour} to {page} is {Contrast(colour, page):0.00}."));
            Assert.True(Contrast(Palette.Ink, page) >= 4, $"The contrast of the ink to {page} is {Contrast(Palette.Ink, page):0.00}.");
        }
    }

    [Fact]
    public void Many_series_differ_in_colour_or_dash()
    {
        Assert.Equal(32, Enumerable.Range(0, 32).Select(series => (Palette.Colour(series), Palette.Dash(series))).Distinct().Count());
        Assert.All(Enumerable.Range(0, 31), series => Assert.NotEqual(Palette.Dash(series), Palette.Dash(series + 1)));
    }

    /// <summary>The ratio of the Web Content Accessibility Guidelines.</summary>
    private static double Contrast(string one, string other)
    {
        double a = Luminance(one);
        double b = Luminance(other);
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string colour)
    {
        double[] linear = [.. Enumerable.Range(0, 3).Select(i => int.Parse(colour.AsSpan(1 + (2 * i), 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
            .Select(value => value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4))];
        return (0.2126 * linear[0]) + (0.7152 * linear[1]) + (0.0722 * linear[2]);
    }
}
