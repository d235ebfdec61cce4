using Unfold.Text;

namespace Unfold.Experiments.Data;

/// <summary>
/// The words of the Penn Treebank as Mikolov et al. (2010) prepared them: one sentence a line, lower-cased, numbers as N, words outside of
/// the 10,000 most frequent as &lt;unk&gt;. Each sentence ends with the end symbol; what is validated and tested begins with one, so that each of
/// its words and ends is foretold.
/// </summary>
internal static class Treebank
{
    private const string Unknown = "<unk>";

    /// <summary>What it reads, inside of the data folder.</summary>
    public static IReadOnlyList<string> Needed { get; } = ["ptb/ptb.train.txt", "ptb/ptb.valid.txt", "ptb/ptb.test.txt"];

    /// <summary>Reads the three parts.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="most">The most sentences of each part to read.</param>
    /// <exception cref="UnfoldException">A file is missing or damaged, or holds no sentence, or a word that the training part does not know.</exception>
    public static TextParts Read(DataFolder folder, int most = int.MaxValue)
    {
        string[] paths = [.. Needed.Select(folder.Path)];
        Sentence[] train = Sentences(paths[0], most);
        string[] words = [.. train.SelectMany(sentence => sentence.Words).CountBy(word => word)
            .Where(pair => pair.Key != Unknown)
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => pair.Key)];
        var vocabulary = new Vocabulary(new Tokenization(TokenKind.Space) { Mode = TextMode.Sentences }, words);
        bool whole = most == int.MaxValue;
        return new TextParts(
            vocabulary,
            Encode(train, vocabulary, whole, []),
            Encode(Sentences(paths[1], most), vocabulary, whole, [Vocabulary.EndId]),
            Encode(Sentences(paths[2], most), vocabulary, whole, [Vocabulary.EndId]));
    }

    private static Sentence[] Sentences(string path, int most)
    {
        Sentence[] sentences = [.. DataFile.Utf8Lines(path)
            .Select(line => new Sentence(line, line.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            .Where(sentence => sentence.Words.Length > 0)
            .Take(most)];
        return sentences.Length > 0 ? sentences : throw new UnfoldException($"{path}: at least one sentence was wanted; found none.");
    }

    private static TokenStore Encode(Sentence[] sentences, Vocabulary vocabulary, bool whole, List<int> tokens)
    {
        foreach (Sentence sentence in sentences)
        {
            foreach (string word in sentence.Words)
            {
                int id = vocabulary.IdOf(word);
                if (whole && id == Vocabulary.UnknownId && word != Unknown)
                {
                    throw sentence.Line.Damaged($"a word of the training part or {Unknown} was wanted; found {DataLine.Excerpt(word)}");
                }

                tokens.Add(id);
            }

            tokens.Add(Vocabulary.EndId);
        }

        return TokenStore.FromTokens([.. tokens], vocabulary.Count);
    }

    private readonly record struct Sentence(DataLine Line, string[] Words);
}
