namespace Unfold.Bench;

/// <summary>What a figure is to reach.</summary>
internal static class Target
{
    /// <summary>The limit, and whether a figure that may not be above it keeps it.</summary>
    public static string AtMost(double limit, double found, int digits, string unit = "") =>
        $"at most {Table.Number(limit, digits)}{unit}: {(found <= limit ? "reached" : "not reached")}";

    /// <summary>The limit, and whether a figure that may not be below it keeps it.</summary>
    public static string AtLeast(double limit, double found, int digits, string unit = "") =>
        $"at least {Table.Number(limit, digits)}{unit}: {(found >= limit ? "reached" : "not reached")}";

    /// <summary>Bytes as megabytes of a million.</summary>
    public static double Megabytes(double bytes) => bytes / 1e6;
}
