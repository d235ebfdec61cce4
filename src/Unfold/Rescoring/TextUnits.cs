using System.Text;
using Unfold.Text;

namespace Unfold.Rescoring;

/// <summary>What errors are counted in.</summary>
internal static class TextUnits
{
    /// <summary>Words, as white space divides them.</summary>
    public static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Unicode scalar values, with one space between words and none around them.</summary>
    public static Rune[] Spaced(string text) => [.. string.Join(' ', Words(text)).EnumerateRunes()];

    /// <summary>As <see cref="Spaced"/>, but without the spaces beside ideographs, kana and their punctuation, which print does not have: they stand only where some tool has cut the text into words.</summary>
    public static Rune[] Characters(string text)
    {
        Rune[] spaced = Spaced(text);
        return [.. spaced.Where((rune, place) => rune.Value != ' ' || !(RuneClasses.IsEastAsian(spaced[place - 1]) || RuneClasses.IsEastAsian(spaced[place + 1])))];
    }
}
