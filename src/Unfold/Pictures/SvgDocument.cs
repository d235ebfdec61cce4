using System.Globalization;
using System.Text;

namespace Unfold.Pictures;

/// <summary>Where a text begins, relative to its place.</summary>
internal enum Anchor
{
    /// <summary>At the place.</summary>
    Start,

    /// <summary>Half of it before the place.</summary>
    Middle,

    /// <summary>All of it before the place.</summary>
    End,
}

/// <summary>Writes the elements of one SVG picture; coordinates have two decimals, whatever the culture.</summary>
internal sealed class SvgDocument
{
    /// <summary>The size of writing, in units of the picture.</summary>
    public const double FontSize = 12;

    private readonly StringBuilder _text = new();

    /// <summary>Begins a picture whose title is also what a screen reader says.</summary>
    public SvgDocument(double width, double height, string title)
    {
        _text.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Round(width)}\" height=\"{Round(height)}\" viewBox=\"0 0 {Round(width)} {Round(height)}\" role=\"img\">\n<title>{Escape(title)}</title>\n")
            .Append(CultureInfo.InvariantCulture, $"<g font-family=\"system-ui, -apple-system, 'Segoe UI', sans-serif\" font-size=\"{Round(FontSize)}\" fill=\"{Palette.Ink}\">\n");
    }

    /// <summary>About how wide a text becomes: an em for a letter of East Asia, 0.58 of it for any other.</summary>
    public static double WidthOf(string text) => FontSize * text.EnumerateRunes().Sum(rune => rune.Value >= 0x2E80 ? 1.0 : 0.58);

    /// <summary>A text between tags or quotes, without the characters that XML 1.0 does not know.</summary>
    public static string Escape(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\t' or '\n' or '\r' => escaped.Append(' '),
                < 0x20 or 0xFFFE or 0xFFFF => escaped.Append('\uFFFD'),
                _ => escaped.Append(rune.ToString()),
            };
        }

        return escaped.ToString();
    }

    /// <summary>A straight line; <paramref name="opacity"/> 0 to 1.</summary>
    public void Line(double x1, double y1, double x2, double y2, string colour, double opacity = 1, string dash = "") =>
        Element($"<line x1=\"{Round(x1)}\" y1=\"{Round(y1)}\" x2=\"{Round(x2)}\" y2=\"{Round(y2)}\" stroke=\"{colour}\"{Dashed(dash)}{Opaque("stroke", opacity)}/>");

    /// <summary>A line through points; a single one is a dot.</summary>
    public void Polyline(IReadOnlyList<(double X, double Y)> points, string colour, string dash)
    {
        if (points.Count == 1)
        {
            Element($"<circle cx=\"{Round(points[0].X)}\" cy=\"{Round(points[0].Y)}\" r=\"2.5\" fill=\"{colour}\"/>");
            return;
        }

        Element($"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.8\" stroke-linejoin=\"round\"{Dashed(dash)} points=\"{Points(points)}\"/>");
    }

    /// <summary>A filled area.</summary>
    public void Polygon(IReadOnlyList<(double X, double Y)> points, string colour, double opacity) =>
        Element($"<polygon fill=\"{colour}\"{Opaque("fill", opacity)} points=\"{Points(points)}\"/>");

    /// <summary>A filled rectangle, with a text that is shown where the pointer rests on it.</summary>
    public void Rectangle(double x, double y, double width, double height, string colour, double opacity = 1, string hint = "") =>
        Element(hint.Length == 0
            ? $"<rect x=\"{Round(x)}\" y=\"{Round(y)}\" width=\"{Round(width)}\" height=\"{Round(height)}\" fill=\"{colour}\"{Opaque("fill", opacity)}/>"
            : $"<rect x=\"{Round(x)}\" y=\"{Round(y)}\" width=\"{Round(width)}\" height=\"{Round(height)}\" fill=\"{colour}\"{Opaque("fill", opacity)}><title>{Escape(hint)}</title></rect>");

    /// <summary>The outline of a rectangle.</summary>
    public void Frame(double x, double y, double width, double height, double opacity) =>
        Element($"<rect x=\"{Round(x)}\" y=\"{Round(y)}\" width=\"{Round(width)}\" height=\"{Round(height)}\" fill=\"none\" stroke=\"{Palette.Ink}\"{Opaque("stroke", opacity)}/>");

    /// <summary>A text whose base line is at <paramref name="y"/>; <paramref name="turn"/> in degrees, clockwise.</summary>
    public void Text(double x, double y, string text, Anchor anchor = Anchor.Start, double turn = 0, string weight = "")
    {
        string anchored = anchor switch { Anchor.Middle => " text-anchor=\"middle\"", Anchor.End => " text-anchor=\"end\"", _ => "" };
        string turned = turn == 0 ? "" : $" transform=\"rotate({Round(turn)} {Round(x)} {Round(y)})\"";
        string heavy = weight.Length == 0 ? "" : $" font-weight=\"{weight}\"";
        Element($"<text x=\"{Round(x)}\" y=\"{Round(y)}\"{anchored}{turned}{heavy}>{Escape(text)}</text>");
    }

    /// <summary>Ends the picture.</summary>
    public string End() => _text.Append("</g>\n</svg>\n").ToString();

    private static string Round(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    private static string Points(IReadOnlyList<(double X, double Y)> points) => string.Join(' ', points.Select(point => $"{Round(point.X)},{Round(point.Y)}"));

    private static string Dashed(string dash) => dash.Length == 0 ? "" : $" stroke-dasharray=\"{dash}\"";

    private static string Opaque(string what, double opacity) => opacity >= 1 ? "" : $" {what}-opacity=\"{Round(opacity)}\"";

    private void Element(string element) => _text.Append(element).Append('\n');
}
