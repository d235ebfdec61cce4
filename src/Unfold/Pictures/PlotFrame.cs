namespace Unfold.Pictures;

/// <summary>The rectangle in which values are drawn, with an axis below and one at its left.</summary>
internal sealed record PlotFrame(double Left, double Top, double Width, double Height, Axis Across, Axis Up)
{
    /// <summary>The place of a value of the horizontal axis.</summary>
    public double X(double value) => Left + (Width * Across.Share(value));

    /// <summary>The place of a value of the vertical axis, which grows upwards.</summary>
    public double Y(double value) => Top + (Height * (1 - Up.Share(value)));

    /// <summary>Draws the grid, the round values and the names of both axes.</summary>
    public void Draw(SvgDocument svg, string horizontalLabel, string verticalLabel)
    {
        double bottom = Top + Height;
        foreach (double tick in Up.Ticks)
        {
            svg.Line(Left, Y(tick), Left + Width, Y(tick), Palette.Ink, 0.25);
            svg.Text(Left - 6, Y(tick) + 4, Axis.Label(tick), Anchor.End);
        }

        foreach (double tick in Across.Ticks)
        {
            svg.Line(X(tick), bottom, X(tick), bottom + 4, Palette.Ink);
            svg.Text(X(tick), bottom + 17, Axis.Label(tick), Anchor.Middle);
        }

        svg.Line(Left, bottom, Left + Width, bottom, Palette.Ink);
        svg.Line(Left, Top, Left, bottom, Palette.Ink);
        if (horizontalLabel.Length > 0)
        {
            svg.Text(Left + (Width / 2), bottom + 36, horizontalLabel, Anchor.Middle);
        }

        if (verticalLabel.Length > 0)
        {
            svg.Text(16, Top + (Height / 2), verticalLabel, Anchor.Middle, turn: -90);
        }
    }
}
