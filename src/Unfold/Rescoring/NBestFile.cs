using Unfold.Text;

namespace Unfold.Rescoring;

/// <summary>Reads lists of hypotheses, in the format that is named or the one that the file shows.</summary>
public static class NBestFile
{
    /// <summary>Reads the lists of some files; a folder stands for the files in it, in the order of their names.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="format">The format of all of them; where it is not given each file must show it.</param>
    /// <param name="costs">Archives of costs for archives of Kaldi, whose costs add up; without one the channel says nothing.</param>
    /// <exception cref="UnfoldException">A file cannot be read, shows no format, or holds what it should not; the message names the line. Or a name stands twice.</exception>
    public static IReadOnlyList<NBestList> Read(IReadOnlyList<string> paths, NBestFormat? format = null, IReadOnlyList<string>? costs = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var lists = new List<NBestList>();
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        IReadOnlyDictionary<string, double>? costOf = costs is { Count: > 0 } ? KaldiNBest.ReadCosts(costs) : null;
        bool kaldi = false;
        foreach (string path in paths.SelectMany(Files))
        {
            NBestLine[] lines = [.. Lines(path)];
            if (lines.Length == 0)
            {
                throw new UnfoldException($"{path} is empty, but at least one hypothesis was wanted.");
            }

            NBestFormat own = format ?? Shown(path, lines);
            kaldi |= own == NBestFormat.Kaldi;
            foreach (NBestList list in own switch
            {
                NBestFormat.Srilm => [SrilmNBest.Read(path, lines)],
                NBestFormat.Kaldi => KaldiNBest.Read(lines, costOf),
                NBestFormat.Json => lines.Select(JsonNBest.Read),
                _ => throw new ArgumentOutOfRangeException(nameof(format), format, "This format is not known."),
            })
            {
                if (!places.TryAdd(list.Id, path))
                {
                    throw new UnfoldException($"The list {list.Id} of {path} stands in {places[list.Id]} already, but each name may stand for one list only.");
                }

                lists.Add(list);
            }
        }

        return costOf is null || kaldi ? lists : throw new UnfoldException("Archives of costs go with text archives of Kaldi, but none of the n-best lists is one: leave the costs out.");
    }

    /// <summary>Reads references: in each line the name of a list and what was said or written in truth.</summary>
    /// <exception cref="UnfoldException">A file cannot be read, or a name stands twice.</exception>
    public static IReadOnlyDictionary<string, string> ReadReferences(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var references = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (NBestLine line in paths.SelectMany(Lines))
        {
            if (!references.TryAdd(line.Fields[0], string.Join(' ', line.Fields.Skip(1))))
            {
                throw line.Refuse($"the name {line.Fields[0]} has a reference already, but each has one");
            }
        }

        return references;
    }

    /// <summary>The lines of a file that are not blank.</summary>
    internal static IEnumerable<NBestLine> Lines(string path) =>
        TextLines.OfFile(path).Select((text, index) => new NBestLine(path, index + 1, text)).Where(line => line.Fields.Length > 0);

    private static IEnumerable<string> Files(string path)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        try
        {
            string[] files = [.. Directory.EnumerateFiles(path).Order(StringComparer.Ordinal)];
            return files.Length > 0 ? files : throw new UnfoldException($"The folder {path} holds no file, but n-best lists were wanted.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnfoldException($"Cannot look into the folder {path}: {failure.Message}", failure);
        }
    }

    private static NBestFormat Shown(string path, NBestLine[] lines)
    {
        NBestLine first = lines[0];
        return JsonNBest.BeginsWith(first) ? NBestFormat.Json
            : SrilmNBest.BeginsWith(first) ? NBestFormat.Srilm
            : KaldiNBest.Fits(lines) ? NBestFormat.Kaldi
            : throw new UnfoldException(
                $"{path} does not show its format: its first line is no header of SRILM, no scored hypothesis (acoustic language words text) and no JSON object, and not every line begins with a key of Kaldi (utterance-1, utterance-2 ..). "
                + "A first word is not taken for a key unless it is one. Name the format to see which line is in the way.");
    }
}
