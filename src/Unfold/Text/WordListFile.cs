using System.Globalization;

namespace Unfold.Text;

/// <summary>Reads a list of words: a word a line, a number after it, and whatever else.</summary>
internal static class WordListFile
{
    public static WordList Load(string path)
    {
        string[] lines = [.. TextLines.OfFile(path)];
        string place = "";
        try
        {
            return new WordList(Words());
        }
        catch (UnfoldException failure)
        {
            throw new UnfoldException($"{path} cannot be used as a dictionary: {place}{char.ToLowerInvariant(failure.Message[0])}{failure.Message.AsSpan(1)}", failure);
        }

        // The list takes word after word, so where it refuses one, the place is that of the word.
        IEnumerable<KeyValuePair<string, long>> Words()
        {
            for (int i = 0; i < lines.Length; i++)
            {
                if (lines[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [string word, .. string[] further])
                {
                    place = string.Create(CultureInfo.InvariantCulture, $"in line {i + 1} ");
                    yield return new(word, further.Length > 0 ? Count(further[0]) : 1);
                }
            }

            place = "";
        }
    }

    private static long Count(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            ? count
            : throw new UnfoldException($"The list has {Vocabulary.Quoted(text)} after the word, but a whole number, how often the word is seen, was wanted there, or nothing.");
}
