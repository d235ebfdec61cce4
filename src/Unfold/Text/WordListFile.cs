using System.Globalization;

namespace Unfold.Text;

/// <summary>Reads a list of words: a word a line, a number after it, and whatever else.</summary>
internal static class WordListFile
{
    public static WordList Load(string path, Action<string>? leftOut)
    {
        string place = "";
        bool reading = false;
        try
        {
            return new WordList(Words());
        }
        catch (UnfoldException failure) when (!reading)
        {
            throw failure.After($"{path} cannot be used as a dictionary: {place}");
        }

        // The list takes word after word, so where it refuses one, the place is that of the word.
        IEnumerable<KeyValuePair<string, long>> Words()
        {
            long number = 0, taken = 0;
            (string Word, long Line)? first = null;
            reading = true;
            foreach (string line in TextLines.OfFile(path))
            {
                number++;
                if (line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [string word, .. string[] further])
                {
                    if (leftOut is not null && !WordList.IsLookedFor(word))
                    {
                        first ??= (word, number);
                        leftOut(word);
                        continue;
                    }

                    taken++;
                    place = In(number);
                    reading = false;
                    yield return new(word, further.Length > 0 ? Count(further[0]) : 1);
                    reading = true;
                }
            }

            (place, reading) = ("", false);
            if (taken == 0 && first is (string refused, long at))
            {
                // A list of none but such words is refused by the first.
                place = In(at);
                yield return new(refused, 1);
            }
        }
    }

    private static string In(long line) => string.Create(CultureInfo.InvariantCulture, $"in line {line} ");

    private static long Count(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            ? count
            : throw new UnfoldException($"The list has {Vocabulary.Quoted(text)} after the word, but a whole number, how often the word is seen, was wanted there, or nothing.");
}
