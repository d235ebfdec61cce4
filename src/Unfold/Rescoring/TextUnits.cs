using System.Text;

namespace Unfold.Rescoring;

/// <summary>What errors are counted in.</summary>
internal static class TextUnits
{
    /// <summary>Words, as white space divides them.</summary>
    public static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Unicode scalar values, with one space between words and none around them.</summary>
    public static Rune[] Characters(string text) => [.. string.Join(' ', Words(text)).EnumerateRunes()];
}
