namespace Unfold.Experiments.Data;

/// <summary>A sentence about a film.</summary>
/// <param name="Words">Its words, lower-cased, marks of punctuation among them.</param>
/// <param name="Class">1 where it praises, 0 where it blames.</param>
internal sealed record Review(string[] Words, int Class);

/// <summary>The sentences of Pang and Lee (2005), first those that praise. The files are in Latin-1.</summary>
internal static class Polarity
{
    /// <summary>What it reads, inside of the data folder.</summary>
    public static IReadOnlyList<string> Needed { get; } = ["mr_polarity/rt-polarity.pos", "mr_polarity/rt-polarity.neg"];

    /// <summary>Reads all sentences.</summary>
    /// <exception cref="UnfoldException">A file is missing or damaged.</exception>
    public static Review[] Read(DataFolder folder) => [.. ReadFile(folder.Path(Needed[0]), 1), .. ReadFile(folder.Path(Needed[1]), 0)];

    private static Review[] ReadFile(string path, int polarity)
    {
        Review[] reviews = [.. DataFile.Latin1Lines(path).Select(line =>
        {
            string[] words = line.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return words.Length > 0 ? new Review(words, polarity) : throw line.Damaged("a sentence was wanted; found nothing");
        })];
        return reviews.Length > 0 ? reviews : throw new UnfoldException($"{path}: at least one sentence was wanted; found none.");
    }
}
