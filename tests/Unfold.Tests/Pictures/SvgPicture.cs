using System.Globalization;
using System.Xml.Linq;

namespace Unfold.Tests.Pictures;

/// <summary>A picture as a reader of SVG sees it: well-formed XML, or the test fails.</summary>
internal sealed class SvgPicture(string svg)
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private readonly XElement _root = XDocument.Parse(svg).Root!;

    public double Width => Number(_root, "width");

    public double Height => Number(_root, "height");

    public IReadOnlyList<XElement> All(string name) => [.. _root.Descendants(Svg + name)];

    /// <summary>All that is written, in order.</summary>
    public IReadOnlyList<string> Texts => [.. All("text").Select(text => text.Value)];

    /// <summary>The one element with that writing.</summary>
    public XElement Text(string written) => Assert.Single(All("text"), text => text.Value == written);

    /// <summary>The points of each line or area, in order.</summary>
    public IReadOnlyList<(double X, double Y)[]> Points(string element) =>
        [.. All(element).Select(line => line.Attribute("points")!.Value.Split(' ').Select(Pair).ToArray())];

    public static double Number(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    private static (double X, double Y) Pair(string pair)
    {
        double[] both = [.. pair.Split(',').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        return (both[0], both[1]);
    }
}
