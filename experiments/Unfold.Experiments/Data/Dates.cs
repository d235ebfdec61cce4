using System.Globalization;
using Unfold.Numerics;

namespace Unfold.Experiments.Data;

/// <summary>
/// Dates as people write them, and the same dates as ISO 8601 writes them. Each way of writing says which date is meant: with slashes
/// the month comes first, with dots the day, and two digits of a year stand for 1950 to 2049.
/// </summary>
internal static class Dates
{
    private const int FirstYear = 1950;

    // The letter that stands for the year in two digits, the day with its ending, or a part in capitals is not one of .NET's.
    private static readonly string[] Ways =
    [
        "d MMMM yyyy", "d MMM yyyy", "dd MMM yyyy", "MMMM d, yyyy", "MMM d, yyyy", "MMMM dd, yyyy", "dddd, d MMMM yyyy", "dddd, MMMM d, yyyy",
        "ddd d MMM yyyy", "M/d/yyyy", "MM/dd/yyyy", "M/d/yy", "d.M.yyyy", "dd.MM.yyyy", "d.M.yy", "yyyy/MM/dd", "yyyyMMdd", "d MMM yy", "yyyy MMM d",
        "'the 'd'th' 'of' MMMM yyyy", "MMMM d'th', yyyy",
    ];

    /// <summary>Draws pairs of different dates of the years 1950 to 2049.</summary>
    /// <param name="random">The source of chance.</param>
    /// <param name="count">How many; at most 36,525, the days of these years.</param>
    /// <returns>Pairs such as "Tuesday, 3 March 1998" and "1998-03-03", no date twice.</returns>
    public static TextPair[] Draw(SeededRandom random, int count)
    {
        var first = new DateOnly(FirstYear, 1, 1);
        int days = new DateOnly(FirstYear + 100, 1, 1).DayNumber - first.DayNumber;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, days);
        return [.. Chance.Permutation(random, days).Take(count).Select(day => Pair(first.AddDays(day), random))];
    }

    /// <summary>One date in every way of writing.</summary>
    public static IReadOnlyList<string> AllWays(DateOnly date) => [.. Ways.Select(way => Write(date, way))];

    private static TextPair Pair(DateOnly date, SeededRandom random)
    {
        string text = Write(date, Ways[random.NextInt32(Ways.Length)]);
        text = random.NextInt32(3) == 0 ? text.ToLowerInvariant() : text;
        return new TextPair(text, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    private static string Write(DateOnly date, string way)
    {
        string ending = date.Day switch { 1 or 21 or 31 => "st", 2 or 22 => "nd", 3 or 23 => "rd", _ => "th" };
        return date.ToString(way.Replace("'th'", $"'{ending}'", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
