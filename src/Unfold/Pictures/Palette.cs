namespace Unfold.Pictures;

/// <summary>
/// The colours of the pictures. The ground is transparent, so each of them stands out from white and from a dark page alike: its
/// contrast to #ffffff and to #0d1117 is at least 3, as shapes need, and that of the ink, which writes, at least 4.
/// </summary>
internal static class Palette
{
    /// <summary>Writing, axes and reference lines.</summary>
    public const string Ink = "#7b7b7b";

    /// <summary>The cells of a heat map, more or less opaque.</summary>
    public const string Heat = "#0f83d0";

    private static readonly string[] Colours = ["#0f83d0", "#d9530a", "#16924e", "#a866cf", "#b08000", "#d8497f", "#0f8f95", "#88790f"];

    private static readonly string[] Dashes = ["", "7 3", "2 3", "9 3 2 3"];

    /// <summary>The number of colours before they begin again with another dash.</summary>
    public static int Count => Colours.Length;

    /// <summary>The colour of the series with this index.</summary>
    public static string Colour(int series) => Colours[series % Colours.Length];

    /// <summary>
    /// The dashes of the series with this index, empty for a full line: neighbours differ in more than colour, and no two of the
    /// first 32 series are alike.
    /// </summary>
    public static string Dash(int series) => Dashes[(series + (series / Colours.Length)) % Dashes.Length];
}
