using System.Globalization;

namespace Unfold.Text;

/// <summary>Reads a list of words: a word a line, a number after it, and whatever else.</summary>
internal static class WordListFile
{
    public static WordList Load(string path)
    {
        string place = "";
        bool reading = false;
        try
        {
            return new WordList(Words());
        }
        catch (UnfoldException failure) when (!reading)
        {
            throw new UnfoldException($"{path} cannot be used as a dictionary: {place}{char.ToLowerInvariant(failure.Message[0])}{failure.Message.AsSpan(1)}", failure);
        }

        // The list takes word after word, so where it refuses one, the place is that of the word.
        IEnumerable<KeyValuePair<string, long>> Words()
        {
            long number = 0;
            reading = true;
            foreach (string line in TextLines.OfFile(path))
            {
                number++;
                if (line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [string word, .. string[] further])
                {
                    place = string.Create(CultureInfo.InvariantCulture, $"in line {number} ");
                    reading = false;
                    yield return new(word, further.Length > 0 ? Count(further[0]) : 1);
                    reading = true;
                }
            }

            place = "";
            reading = false;
        }
    }

    private static long Count(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            ? count
            : throw new UnfoldException($"The list has {Vocabulary.Quoted(text)} after the word, but a whole number, how often the word is seen, was wanted there, or nothing.");
}
