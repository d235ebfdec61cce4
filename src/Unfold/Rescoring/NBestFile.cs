using Unfold.Text;

namespace Unfold.Rescoring;

/// <summary>Reads lists of hypotheses, in the format that is named or the one that the file shows.</summary>
public static class NBestFile
{
    /// <summary>The path that stands for lists which do not come from a file.</summary>
    public const string InputPath = "-";

    // A name of a list is one word.
    private const string InputName = "standard input", InputId = "stdin";

    private static readonly string[] Endings = [".nbest", ".score", ".scores", ".txt"], PackedEndings = [".gz"];

    /// <summary>Reads the lists of some files; a folder stands for the files in it whose names begin with no dot, in the order of their names.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="format">The format of all of them; where it is not given each file must show it.</param>
    /// <param name="costs">What the hypotheses of Kaldi's archives cost, as <see cref="ReadCosts"/> gives it; without it their channel says nothing. The other formats hold scores of their own.</param>
    /// <param name="input">The lines that the path "-" stands for, which messages call standard input, and a list without a name is called stdin; without them that is a file like others.</param>
    /// <param name="progress">Called now and then with the share that is read, in [0, 1].</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="UnfoldException">A file cannot be read, shows no format, or holds what it should not; the message names the line. Or a name stands twice.</exception>
    public static IReadOnlyList<NBestList> Read(
        IReadOnlyList<string> paths,
        NBestFormat? format = null,
        IReadOnlyDictionary<string, double>? costs = null,
        IEnumerable<string>? input = null,
        Action<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var lists = new List<NBestList>();
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] files = [.. paths.SelectMany(path => IsInput(path) ? [path] : Files(path))];
        foreach ((int place, string path) in files.Index())
        {
            string name = IsInput(path) ? InputName : path;
            using IEnumerator<NBestLine> lines = (IsInput(path) ? Numbered(name, input!, cancellation) : Lines(path, Part(place, files.Length, progress), cancellation)).GetEnumerator();
            if (!lines.MoveNext())
            {
                throw new UnfoldException($"{name} is empty, but at least one hypothesis was wanted.");
            }

            // A line of JSON is a list and is forgotten when that is read; the other formats want to see all lines.
            bool json = format is NBestFormat.Json || (format is null && JsonNBest.BeginsWith(lines.Current));
            NBestLine[] seen = json ? [] : [.. Rest(lines)];
            NBestFormat own = json ? NBestFormat.Json : format ?? Shown(name, seen);
            foreach (NBestList list in own switch
            {
                NBestFormat.Srilm => [new NBestList(Id(path), SrilmNBest.Read(name, seen))],
                NBestFormat.Kaldi => KaldiNBest.Read(seen, costs),
                NBestFormat.Lines => [new NBestList(Id(path), [.. seen.Select(line => new NBestHypothesis(line.Text, 0))])],
                NBestFormat.Json => Rest(lines).Select(JsonNBest.Read),
                _ => throw new ArgumentOutOfRangeException(nameof(format), format, "This format is not known."),
            })
            {
                cancellation.ThrowIfCancellationRequested();
                if (!places.TryAdd(list.Id, name))
                {
                    throw new UnfoldException($"The list {list.Id} of {name} stands in {places[list.Id]} already, but each name may stand for one list only.");
                }

                lists.Add(list with { Format = own });
            }
        }

        return lists;

        bool IsInput(string path) => path == InputPath && input is not null;

        string Id(string path) => IsInput(path) ? InputId : NameOf(path);
    }

    /// <summary>Reads archives of costs of Kaldi: what each hypothesis costs, by its key. The costs of several archives add up.</summary>
    /// <param name="paths">Files.</param>
    /// <param name="progress">Called now and then with the share that is read, in [0, 1].</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="UnfoldException">A file cannot be read, or a line is no key and number; the message names it.</exception>
    public static IReadOnlyDictionary<string, double> ReadCosts(IReadOnlyList<string> paths, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return KaldiNBest.ReadCosts(paths.Select((path, place) => Lines(path, Part(place, paths.Count, progress), cancellation)));
    }

    /// <summary>Reads references: in each line the name of a list and what was said or written in truth.</summary>
    /// <param name="paths">Files.</param>
    /// <param name="progress">Called now and then with the share that is read, in [0, 1].</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="UnfoldException">A file cannot be read, or a name stands twice.</exception>
    public static IReadOnlyDictionary<string, string> ReadReferences(IReadOnlyList<string> paths, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var references = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (NBestLine line in paths.SelectMany((path, place) => Lines(path, Part(place, paths.Count, progress), cancellation)))
        {
            if (!references.TryAdd(line.Fields[0], string.Join(' ', line.Fields.Skip(1))))
            {
                throw line.Refuse($"the name {line.Fields[0]} has a reference already, but each has one");
            }
        }

        return references;
    }

    /// <summary>The lines of a file that are not blank; the file is opened at once.</summary>
    private static IEnumerable<NBestLine> Lines(string path, Action<double>? progress, CancellationToken cancellation) => Numbered(path, TextLines.OfFile(path, progress), cancellation);

    private static IEnumerable<NBestLine> Numbered(string name, IEnumerable<string> texts, CancellationToken cancellation)
    {
        long number = 0;
        foreach (string text in texts)
        {
            cancellation.ThrowIfCancellationRequested();
            var line = new NBestLine(name, ++number, text);
            if (line.Fields.Length > 0)
            {
                yield return line;
            }
        }
    }

    /// <summary>The name of the list of a file: that of the file, without the endings that say what it is.</summary>
    private static string NameOf(string path)
    {
        return Without(Endings, Without(PackedEndings, Path.GetFileName(path)));

        static string Without(string[] endings, string name) =>
            endings.FirstOrDefault(ending => name.Length > ending.Length && name.EndsWith(ending, StringComparison.Ordinal)) is { } found ? name[..^found.Length] : name;
    }

    /// <summary>The line on which an enumeration stands, and those after it.</summary>
    private static IEnumerable<NBestLine> Rest(IEnumerator<NBestLine> lines)
    {
        do
        {
            yield return lines.Current;
        }
        while (lines.MoveNext());
    }

    /// <summary>The progress of one of several files.</summary>
    private static Action<double>? Part(int place, int all, Action<double>? progress) => progress is null ? null : share => progress((place + share) / all);

    private static string[] Files(string path)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        try
        {
            string[] files = [.. Directory.EnumerateFiles(path).Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal)];
            return files.Length > 0 ? files : throw new UnfoldException($"The folder {path} holds no file that is not hidden, but n-best lists were wanted.");
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
                $"{path} does not show its format: its first line is no header of SRILM, no scored hypothesis (acoustic language words text, or its one score in brackets) and no JSON object, and not every line begins with a key of Kaldi (utterance-1, utterance-2 ..). "
                + "A first word is not taken for a key unless it is one. Say the format to see which line is in the way, or that each line is the text of a hypothesis and nothing else.");
    }
}
