namespace Unfold.Experiments.Data;

/// <summary>A word, its part of speech, and its place in a chunk: "B-NP" begins a noun phrase, "I-NP" goes on with it, "O" is in none.</summary>
internal sealed record ChunkToken(string Word, string Tag, string Chunk);

/// <summary>Sentences of the shared task of CoNLL-2000 (Tjong Kim Sang and Buchholz).</summary>
internal sealed record Chunking(IReadOnlyList<ChunkToken[]> Train, IReadOnlyList<ChunkToken[]> Test)
{
    /// <summary>What it reads, inside of the data folder.</summary>
    public static IReadOnlyList<string> Needed { get; } = ["conll2000_chunking/train.txt", "conll2000_chunking/test.txt"];

    /// <summary>Reads both parts.</summary>
    /// <exception cref="UnfoldException">A file is missing or damaged.</exception>
    public static Chunking Read(DataFolder folder) => new(ReadFile(folder.Path(Needed[0])), ReadFile(folder.Path(Needed[1])));

    private static List<ChunkToken[]> ReadFile(string path)
    {
        List<ChunkToken[]> sentences = [];
        List<ChunkToken> sentence = [];
        foreach (DataLine line in DataFile.Utf8Lines(path))
        {
            if (line.Text.Length > 0)
            {
                sentence.Add(Token(line));
            }
            else if (sentence.Count > 0)
            {
                sentences.Add([.. sentence]);
                sentence.Clear();
            }
        }

        if (sentence.Count > 0)
        {
            sentences.Add([.. sentence]);
        }

        return sentences.Count > 0 ? sentences : throw new UnfoldException($"{path}: at least one sentence was wanted; found none.");
    }

    private static ChunkToken Token(DataLine line)
    {
        string[] columns = line.Text.Split(' ');
        bool good = columns.Length == 3 && columns.All(column => column.Length > 0)
            && (columns[2] == "O" || (columns[2].Length > 2 && columns[2][0] is 'B' or 'I' && columns[2][1] == '-'));
        return good ? new ChunkToken(columns[0], columns[1], columns[2]) : throw line.Damaged($"a word, a tag and a chunk (O, B-X or I-X) were wanted; found {line.Shown}");
    }
}
