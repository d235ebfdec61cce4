using System.Globalization;

namespace Unfold.Text;

/// <summary>A user's list of Chinese or Japanese words, each with how often it is seen in some large text.</summary>
public sealed class WordList
{
    /// <summary>The longest word, in UTF-16 code units.</summary>
    public const int MaximumLength = 32;

    /// <summary>The most words of a list.</summary>
    public const int MaximumWords = 2_000_000;

    private readonly Dictionary<string, long> _counts;
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly byte[] _longest = new byte[char.MaxValue + 1];

    /// <summary>Creates the list.</summary>
    /// <exception cref="UnfoldException">There are no words or too many; a word stands twice, is too long, or is not of ideographs and kana alone; a count is not above 0.</exception>
    public WordList(IEnumerable<KeyValuePair<string, long>> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        _counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach ((string word, long count) in words)
        {
            if (Fault(word, count) is string fault)
            {
                throw new UnfoldException($"The list of words {fault}.");
            }

            _counts.Add(word, count);
            _longest[word[0]] = Math.Max(_longest[word[0]], (byte)word.Length);
            TotalCount += count;
        }

        if (_counts.Count == 0)
        {
            throw new UnfoldException("The list of words is empty, but at least one word was wanted.");
        }

        _lookup = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The words and their counts, in the order of the list.</summary>
    public IReadOnlyCollection<KeyValuePair<string, long>> Words => _counts;

    /// <summary>N, the sum of all counts.</summary>
    public double TotalCount { get; }

    /// <summary>
    /// Reads a UTF-8 file with one word a line, after it, where it is known, how often it is seen; further columns are not read, nor are
    /// blank lines. A word without a number counts as seen once.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="leftOut">Takes the words that are not of ideographs and kana alone, as T恤, which are then left out where there are others; where it is not given they are refused.</param>
    /// <exception cref="UnfoldException">The file cannot be read, or a line is no such word.</exception>
    public static WordList Load(string path, Action<string>? leftOut = null) => WordListFile.Load(path, leftOut);

    /// <summary>How often a word is seen; 0 where it is not in the list.</summary>
    public long CountOf(ReadOnlySpan<char> word) => _lookup.TryGetValue(word, out long count) ? count : 0;

    /// <summary>The length of the longest word that begins with a UTF-16 code unit; 0 where there is none.</summary>
    internal int LongestFrom(char unit) => _longest[unit];

    /// <summary>Whether a word is of ideographs and kana alone.</summary>
    internal static bool IsLookedFor(string word) => word.Length > 0 && word.EnumerateRunes().All(rune => RuneClasses.Of(rune) == RuneClass.Ideograph);

    private string? Fault(string word, long count)
    {
        if (!IsLookedFor(word))
        {
            return $"holds {Vocabulary.Quoted(word)}, but only words of ideographs and kana are looked for: leave it out";
        }

        if (word.Length > MaximumLength)
        {
            return $"holds {Vocabulary.Quoted(word)}, which has {word.Length} characters, but a word has at most {MaximumLength}: leave it out";
        }

        if (count <= 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"has {Vocabulary.Quoted(word)} seen {count} times, but a number above 0 was wanted: leave the number out if it is not known");
        }

        if (_counts.ContainsKey(word))
        {
            return $"holds {Vocabulary.Quoted(word)} twice, but each word was wanted once: leave one out";
        }

        return _counts.Count == MaximumWords ? $"has more than {MaximumWords} words: take the more frequent ones" : null;
    }
}
