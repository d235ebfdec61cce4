using Unfold.Text;

namespace Unfold.Cli;

/// <summary>Says so where a text will be cut by another ICU library than the one that the model has learned with.</summary>
internal static class SegmentationNote
{
    /// <summary>Tells it on stderr; nothing where there is nothing to tell.</summary>
    public static void Tell(Terminal terminal, string path, Vocabulary vocabulary)
    {
        if (vocabulary.Tokenization.IcuVersion is { } learned && Tokenization.SystemIcuVersion is { } here && learned != here)
        {
            terminal.Line($"note: {path} has learned words that ICU {learned} has cut, and this system has ICU {here}: some words may be cut otherwise, and then they are less likely than they should be.");
        }
    }
}
