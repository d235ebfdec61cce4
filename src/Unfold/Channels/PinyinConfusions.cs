using System.Text;
using Unfold.Text;

namespace Unfold.Channels;

/// <summary>Chinese words that sound alike but for their tones: the pinyin of their characters is the same.</summary>
internal static class PinyinConfusions
{
    private const int Most = 8;

    /// <summary>For each word of Han characters the at most eight most frequent others that sound like it.</summary>
    /// <param name="counts">The words of the vocabulary, with how often each occurs.</param>
    /// <exception cref="UnfoldException">There are such words, but this system does not know how they sound.</exception>
    public static IEnumerable<(string Symbol, string Observed, double Weight)> Of(IReadOnlyDictionary<string, long> counts)
    {
        string[] words = [.. counts.Keys.Where(word => word.Length > 0 && word.EnumerateRunes().All(rune => RuneClasses.Of(rune) == RuneClass.Ideograph))];
        return words.Length == 0 ? [] : Alike(words, counts);
    }

    private static IEnumerable<(string Symbol, string Observed, double Weight)> Alike(string[] words, IReadOnlyDictionary<string, long> counts)
    {
        using IcuPinyin pinyin = IcuPinyin.Open();
        var readings = new Dictionary<Rune, string?>();
        var sounds = words.Select(word => (Word: word, Sound: Sound(word))).Where(one => one.Sound is not null).GroupBy(one => one.Sound, one => one.Word, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (string[])[.. group.OrderByDescending(word => counts[word]).ThenBy(word => word, StringComparer.Ordinal)]);
        foreach (string[] alike in sounds)
        {
            foreach (string word in alike)
            {
                foreach (string other in alike.Where(other => other != word).Take(Most))
                {
                    yield return (word, other, 1);
                }
            }
        }

        string? Sound(string word)
        {
            string?[] each = [.. word.EnumerateRunes().Select(Reading)];
            return each.Contains(null) ? null : string.Join(' ', each);
        }

        string? Reading(Rune character)
        {
            if (!readings.TryGetValue(character, out string? reading))
            {
                readings.Add(character, reading = pinyin.Of(character));
            }

            return reading;
        }
    }
}
