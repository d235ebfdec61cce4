namespace Unfold.Pictures;

/// <summary>Leaves out the points of a line that nobody could see, so that a million points make a picture of some kilobytes.</summary>
internal static class Thinning
{
    /// <summary>
    /// Of the neighbours that fall into one column of pixels keeps the first, the lowest, the highest and the last, in their order:
    /// the line covers the same pixels. Columns of up to four points are left as they are.
    /// </summary>
    public static IReadOnlyList<(double X, double Y)> ToPixels(IReadOnlyList<(double X, double Y)> points)
    {
        List<(double X, double Y)> kept = [];
        for (int first = 0; first < points.Count;)
        {
            int end = first;
            int low = first;
            int high = first;
            for (; end < points.Count && Math.Floor(points[end].X) == Math.Floor(points[first].X); end++)
            {
                low = points[end].Y < points[low].Y ? end : low;
                high = points[end].Y > points[high].Y ? end : high;
            }

            int[] chosen = end - first <= 4 ? [.. Enumerable.Range(first, end - first)] : [.. new[] { first, low, high, end - 1 }.Distinct().Order()];
            kept.AddRange(chosen.Select(index => points[index]));
            first = end;
        }

        return kept;
    }
}
