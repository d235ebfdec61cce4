namespace Unfold.Experiments.Data;

/// <summary>The news of Peking University from the segmentation bakeoff of SIGHAN (Emerson, 2005): the lines of the test part, cut into words by hand, and the words of the training part.</summary>
/// <param name="Lines">The words of each line.</param>
/// <param name="TrainingWords">Each different word of the training part once; how often it comes is not told.</param>
internal sealed record SegmentedLines(IReadOnlyList<string[]> Lines, IReadOnlyList<string> TrainingWords)
{
    /// <summary>What it reads, inside of the data folder.</summary>
    public static IReadOnlyList<string> Needed { get; } = ["sighan_pku/pku_test_gold.utf8", "sighan_pku/pku_training_words.utf8"];

    /// <summary>Reads both files.</summary>
    /// <exception cref="UnfoldException">A file is missing or damaged.</exception>
    public static SegmentedLines Read(DataFolder folder) => new(
        [.. Words(folder.Path(Needed[0]))],
        [.. Words(folder.Path(Needed[1])).Select(line => line[0])]);

    private static List<string[]> Words(string path)
    {
        List<string[]> lines = [.. DataFile.Utf8Lines(path)
            .Select(line => line.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > 0)];
        return lines.Count > 0 ? lines : throw new UnfoldException($"{path}: at least one word was wanted; found none.");
    }
}
