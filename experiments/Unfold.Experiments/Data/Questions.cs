namespace Unfold.Experiments.Data;

/// <summary>A question and what kind of answer it wants.</summary>
/// <param name="Words">Its words, marks of punctuation among them, as they were written.</param>
/// <param name="Coarse">One of six kinds: ABBR, DESC, ENTY, HUM, LOC, NUM.</param>
/// <param name="Fine">One of fifty kinds, such as "LOC:city".</param>
internal sealed record Question(string[] Words, string Coarse, string Fine);

/// <summary>The questions of TREC with the kinds of Li and Roth (2002). The files are in Latin-1.</summary>
internal sealed record Questions(IReadOnlyList<Question> Train, IReadOnlyList<Question> Test)
{
    /// <summary>What it reads, inside of the data folder.</summary>
    public static IReadOnlyList<string> Needed { get; } = ["trec_qc/train.txt", "trec_qc/test.txt"];

    /// <summary>Reads both parts.</summary>
    /// <exception cref="UnfoldException">A file is missing or damaged.</exception>
    public static Questions Read(DataFolder folder) => new(ReadFile(folder.Path(Needed[0])), ReadFile(folder.Path(Needed[1])));

    private static Question[] ReadFile(string path)
    {
        Question[] questions = [.. DataFile.Latin1Lines(path).Select(Parse)];
        return questions.Length > 0 ? questions : throw new UnfoldException($"{path}: at least one question was wanted; found none.");
    }

    private static Question Parse(DataLine line)
    {
        string[] words = line.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int colon = words.Length < 2 ? -1 : words[0].IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && colon < words[0].Length - 1
            ? new Question(words[1..], words[0][..colon], words[0])
            : throw line.Damaged($"KIND:kind and a question were wanted; found {line.Shown}");
    }
}
