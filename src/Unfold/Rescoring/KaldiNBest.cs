using System.Globalization;

namespace Unfold.Rescoring;

/// <summary>
/// Text archives of Kaldi, as nbest-to-linear writes them: the first field is a key, the name of the utterance with -1, -2 .. for its
/// hypotheses. Costs stand in archives of their own under the same keys: they are negative natural logarithms, so the channel score is
/// minus their sum.
/// </summary>
internal static class KaldiNBest
{
    /// <summary>Whether all lines have keys: names whose numbers are 1 to the number of their hypotheses, in any order. A first word that is no key is never taken for one.</summary>
    public static bool Fits(IReadOnlyList<NBestLine> lines)
    {
        var numbers = new Dictionary<string, HashSet<int>>(StringComparer.Ordinal);
        foreach (NBestLine line in lines)
        {
            if (Key(line) is not { } key || !Of(numbers, key.Name).Add(key.Number))
            {
                return false;
            }
        }

        return numbers.Values.All(own => own.Max() == own.Count);
    }

    /// <summary>Reads the lists of an archive, the hypotheses of each in the order of their numbers, of which some may be missing.</summary>
    public static IEnumerable<NBestList> Read(IReadOnlyList<NBestLine> lines, IReadOnlyDictionary<string, double>? costs)
    {
        var names = new List<string>();
        var lists = new Dictionary<string, SortedDictionary<int, NBestHypothesis>>(StringComparer.Ordinal);
        foreach (NBestLine line in lines)
        {
            (string name, int number) = Key(line) ?? throw line.Refuse("a text archive of n-best lists wants a key in front of each hypothesis, the name of the utterance with its number in the list, as in: utterance-1 first second");
            if (!lists.ContainsKey(name))
            {
                names.Add(name);
            }

            if (!Of(lists, name).TryAdd(number, new NBestHypothesis(string.Join(' ', line.Fields.Skip(1)), costs is null ? 0 : -Cost(line, costs))))
            {
                throw line.Refuse($"the key {line.Fields[0]} stands in this file twice, but each hypothesis has one of its own");
            }
        }

        return names.Select(name => new NBestList(name, [.. lists[name].Values]));
    }

    /// <summary>Reads archives of costs; those of one key add up.</summary>
    public static IReadOnlyDictionary<string, double> ReadCosts(IEnumerable<IEnumerable<NBestLine>> archives)
    {
        var costs = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (IEnumerable<NBestLine> archive in archives)
        {
            var own = new HashSet<string>(StringComparer.Ordinal);
            foreach (NBestLine line in archive)
            {
                if (line.Fields is not [var key, var cost])
                {
                    throw line.Refuse("an archive of costs wants a key and a number in each line, as in: utterance-1 1234.5");
                }

                if (!own.Add(key))
                {
                    throw line.Refuse($"the key {key} stands in this file twice, but each hypothesis has one cost of a kind");
                }

                costs[key] = costs.GetValueOrDefault(key) + line.Score(cost, "a cost");
            }
        }

        return costs;
    }

    private static T Of<T>(Dictionary<string, T> all, string name)
        where T : new()
    {
        if (!all.TryGetValue(name, out T? own))
        {
            all.Add(name, own = new T());
        }

        return own;
    }

    private static double Cost(NBestLine line, IReadOnlyDictionary<string, double> costs) => costs.TryGetValue(line.Fields[0], out double cost)
        ? cost
        : throw line.Refuse($"no archive of costs has the key {line.Fields[0]}, but each hypothesis wants one");

    private static (string Name, int Number)? Key(NBestLine line)
    {
        string key = line.Fields[0];
        int dash = key.LastIndexOf('-');
        return dash > 0 && int.TryParse(key.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? (key[..dash], number) : null;
    }
}
