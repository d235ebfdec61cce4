using System.Globalization;
using System.Text;

namespace Unfold.Text;

/// <summary>A user's list of Chinese or Japanese words, each with how often it is seen in some large text. Beside ideographs or kana they may have letters and digits.</summary>
public sealed class WordList
{
    /// <summary>The longest word, in UTF-16 code units.</summary>
    public const int MaximumLength = 32;

    /// <summary>The most words of a list.</summary>
    public const int MaximumWords = 2_000_000;

    private readonly Dictionary<string, long> _counts;
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly HashSet<string> _parts = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _partLookup;

    /// <summary>Made once: every tokenizer that lowers letters wants it. Threads that make it at the same time make the same.</summary>
    private WordList? _lowered;
    private readonly byte[] _longest = new byte[char.MaxValue + 1];

    /// <summary>Creates the list.</summary>
    /// <exception cref="UnfoldException">There are no words or too many; a word stands twice, is too long, has no ideographs or kana, or has others than these, letters and digits; a count is not above 0.</exception>
    public WordList(IEnumerable<KeyValuePair<string, long>> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var tokenizer = new WordTokenizer(LetterCase.Kept);
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
            if (word.EnumerateRunes().Any(RuneClasses.IsLetterOrDigit))
            {
                _parts.UnionWith(tokenizer.Split(word).Where(part => RuneClasses.IsLetterOrDigit(part.EnumerateRunes().First())));
            }
        }

        if (_counts.Count == 0)
        {
            throw new UnfoldException("The list of words is empty, but at least one word was wanted.");
        }

        _lookup = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
        _partLookup = _parts.GetAlternateLookup<ReadOnlySpan<char>>();
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
    /// <param name="leftOut">Takes the words that are not looked for, as OK (no ideograph) and C++语言 (a mark), which are then left out where there are others; where it is not given they are refused.</param>
    /// <exception cref="UnfoldException">The file cannot be read, or a line is no such word.</exception>
    public static WordList Load(string path, Action<string>? leftOut = null) => WordListFile.Load(path, leftOut);

    /// <summary>How often a word is seen; 0 where it is not in the list.</summary>
    public long CountOf(ReadOnlySpan<char> word) => _lookup.TryGetValue(word, out long count) ? count : 0;

    /// <summary>The length of the longest word that begins with a UTF-16 code unit; 0 where there is none.</summary>
    internal int LongestFrom(char unit) => _longest[unit];

    /// <summary>Whether a word of the list has these letters and digits, all that stand together, beside its ideographs.</summary>
    internal bool HasPart(ReadOnlySpan<char> lettersAndDigits) => _partLookup.Contains(lettersAndDigits);

    /// <summary>The list with letters lowered, those of words that are then the same counted together; this list where nothing changes.</summary>
    internal WordList Lowered() => _lowered ??= _parts.All(part => part == Lower(part))
        ? this
        : new WordList(_counts.GroupBy(word => Lower(word.Key), word => word.Value, StringComparer.Ordinal).Select(same => KeyValuePair.Create(same.Key, same.Aggregate((sum, count) => count > long.MaxValue - sum ? long.MaxValue : sum + count))));

    /// <summary>Whether a word is of ideographs and kana, and perhaps letters and digits beside them.</summary>
    internal static bool IsLookedFor(string word)
    {
        int ideographs = 0;
        foreach (Rune rune in word.EnumerateRunes())
        {
            switch (RuneClasses.Of(rune))
            {
                case RuneClass.Ideograph:
                    ideographs++;
                    break;
                case not (RuneClass.Letter or RuneClass.Digit):
                    return false;
            }
        }

        return ideographs > 0;
    }

    private static string Lower(string word) => string.Concat(word.EnumerateRunes().Select(Rune.ToLowerInvariant));

    private string? Fault(string word, long count)
    {
        if (!IsLookedFor(word))
        {
            return $"holds {Vocabulary.Quoted(word)}, but only words of ideographs or kana, and of letters and digits beside them, are looked for: leave it out";
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
