namespace Unfold.Experiments.Data;

/// <summary>English sentences and their Chinese translations (Tatoeba), from short to long; a sentence may have several translations.</summary>
internal static class Tatoeba
{
    private const int Longest = 2000;

    /// <summary>What it reads, inside of the data folder.</summary>
    public static IReadOnlyList<string> Needed { get; } = ["tatoeba_en_zh/cmn.txt"];

    /// <summary>Reads all pairs; what stands behind a second tab, as in later editions of the file, is left out.</summary>
    /// <exception cref="UnfoldException">The file is missing or damaged.</exception>
    public static TextPair[] Read(DataFolder folder)
    {
        string path = folder.Path(Needed[0]);
        TextPair[] pairs = [.. DataFile.Utf8Lines(path).Select(line =>
        {
            string[] sides = [.. line.Text.Split('\t').Select(side => side.Trim())];
            return sides.Length >= 2 && sides[0].Length is > 0 and <= Longest && sides[1].Length is > 0 and <= Longest
                ? new TextPair(sides[0], sides[1])
                : throw line.Damaged($"English, a tab and Chinese were wanted; found {line.Shown}");
        })];
        return pairs.Length > 0 ? pairs : throw new UnfoldException($"{path}: at least one pair was wanted; found none.");
    }
}
