using System.Globalization;

namespace Unfold.Text;

/// <summary>Reads a list of words: a word a line, a number after it, and whatever else.</summary>
internal static class WordListFile
{
    public static WordList Load(string path)
    {
        List<KeyValuePair<string, long>> words = [];
        List<string> columns = [];
        int line = 1;
        SpaceTokenizer tokenizer = new(LetterCase.Kept);
        TokenSink sink = token =>
        {
            if (token is not "\n")
            {
                columns.Add(token.ToString());
                return;
            }

            Take();
            line++;
        };
        TextSource.FromFiles(path).Read(piece => tokenizer.Push(piece, sink));
        tokenizer.Flush(sink);
        Take();
        try
        {
            return new WordList(words);
        }
        catch (UnfoldException failure)
        {
            throw new UnfoldException($"{path} cannot be used as a dictionary: {char.ToLowerInvariant(failure.Message[0])}{failure.Message.AsSpan(1)}", failure);
        }

        void Take()
        {
            if (columns.Count > 0)
            {
                words.Add(new(columns[0], columns.Count > 1 ? Count(columns[1], path, line) : 1));
                columns.Clear();
            }
        }
    }

    private static long Count(string text, string path, int line) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            ? count
            : throw new UnfoldException($"{path} cannot be used as a dictionary: line {line} has {Vocabulary.Quoted(text)} after the word, but a whole number, how often the word is seen, was wanted there, or nothing.");
}
