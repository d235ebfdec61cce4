using System.Text;
using Unfold.Rescoring;
using Unfold.Text;

namespace Unfold.Channels;

/// <summary>
/// Words that are heard for each other because they are spelt alike: those one letter apart, or two letters apart with the same skeleton of
/// consonants or where both are long. Two words of one letter are alike by their skeleton alone.
/// </summary>
internal static class SpellingConfusions
{
    /// <summary>Words of more letters are left alone: what lacks one letter of a word is as much text as its length squared.</summary>
    private const int Longest = 64;

    private const int Most = 8, Long = 6;
    private const double Near = 1, Alike = 1, Far = 0.25;

    /// <summary>For each word of letters, ideographs and kana apart, at most eight that it may be taken for: the nearest, and of equally near ones the most frequent.</summary>
    /// <param name="counts">The words of the vocabulary, with how often each occurs.</param>
    /// <param name="progress">Called on the way with the share of the words that are done, in [0, 1].</param>
    /// <param name="cancellation">Stops between two words.</param>
    public static IEnumerable<(string Symbol, string Observed, double Weight)> Of(IReadOnlyDictionary<string, long> counts, Action<double>? progress, CancellationToken cancellation)
    {
        string[] words = [.. counts.Keys.Where(word => word.Length is > 0 and <= Longest && word.All(letter => char.IsLetter(letter) && !RuneClasses.IsEastAsian(new Rune(letter)))).Order(StringComparer.Ordinal)];
        var sharing = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (string word in words)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (string key in Keys(word).Distinct(StringComparer.Ordinal))
            {
                if (!sharing.TryGetValue(key, out List<string>? others))
                {
                    sharing.Add(key, others = []);
                }

                others.Add(word);
            }
        }

        foreach ((int place, string word) in words.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke((double)place / words.Length);
            IEnumerable<(string Other, double Weight)> found = Keys(word).SelectMany(key => sharing[key]).Distinct(StringComparer.Ordinal)
                .Where(other => other != word)
                .Select(other => (Other: other, Weight: Weight(word, other)))
                .Where(one => one.Weight > 0)
                .OrderByDescending(one => one.Weight).ThenByDescending(one => counts[one.Other]).ThenBy(one => one.Other, StringComparer.Ordinal)
                .Take(Most);
            foreach ((string other, double weight) in found)
            {
                yield return (word, other, weight);
            }
        }
    }

    // Words one letter apart share a form that lacks one letter; so do many that are two letters apart. All words of one letter would share the empty form.
    private static IEnumerable<string> Keys(string word)
    {
        yield return word;
        yield return "#" + Skeleton(word);
        for (int left = 0; left < word.Length && word.Length > 1; left++)
        {
            yield return word.Remove(left, 1);
        }
    }

    private static double Weight(string word, string other)
    {
        int distance = EditDistance.Between<char>(word, other).Count;
        return (distance == 1 && Math.Max(word.Length, other.Length) > 1 ? Near : distance == 2 && Math.Min(word.Length, other.Length) >= Long ? Far : 0)
            + (Skeleton(word) == Skeleton(other) && distance <= 2 ? Alike : 0);
    }

    /// <summary>The consonants by how they sound, without doubles: night and knit are both nt.</summary>
    private static string Skeleton(string word)
    {
        string lower = word.ToLowerInvariant().Replace("ght", "t", StringComparison.Ordinal).Replace("ph", "f", StringComparison.Ordinal).Replace("kn", "n", StringComparison.Ordinal);
        var skeleton = new StringBuilder();
        foreach (char letter in lower)
        {
            char sound = letter switch
            {
                'a' or 'e' or 'i' or 'o' or 'u' or 'y' or 'h' or 'w' => ' ',
                'c' or 'q' or 'k' or 'g' => 'k',
                'z' or 's' or 'x' => 's',
                'd' or 't' => 't',
                'b' or 'p' => 'p',
                'v' or 'f' => 'f',
                _ => letter,
            };
            if (sound != ' ' && (skeleton.Length == 0 || skeleton[^1] != sound))
            {
                skeleton.Append(sound);
            }
        }

        return skeleton.ToString();
    }
}
