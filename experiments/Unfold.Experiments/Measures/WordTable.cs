namespace Unfold.Experiments.Measures;

/// <summary>
/// Translation word by word, the baseline of translation: the table t(target | source) of IBM model 1 (Brown et al., 1993), learned by
/// expectation maximization. Each word becomes its likeliest translation, in the order of the source; a word that was never seen is left
/// out.
/// </summary>
internal sealed class WordTable
{
    private const string Nothing = "";

    private readonly Dictionary<string, string> _best;

    private WordTable(Dictionary<string, string> best) => _best = best;

    /// <summary>Learns the table.</summary>
    /// <param name="pairs">The tokens of each source and of its target.</param>
    /// <param name="rounds">The rounds of expectation maximization; 5 are enough.</param>
    public static WordTable Train(IReadOnlyList<(string[] Source, string[] Target)> pairs, int rounds = 5)
    {
        // Any token of the target may come from none of the source.
        (string[] Source, string[] Target)[] texts = [.. pairs.Select(pair => ((string[])[Nothing, .. pair.Source], pair.Target))];
        Dictionary<(string, string), double> table = [];
        for (int round = 0; round < rounds; round++)
        {
            Dictionary<(string, string), double> expected = [];
            Dictionary<string, double> totals = new(StringComparer.Ordinal);
            foreach ((string[] source, string[] target) in texts)
            {
                foreach (string to in target)
                {
                    // All are equally likely at first.
                    double sum = source.Sum(from => table.GetValueOrDefault((from, to), 1));
                    foreach (string from in source)
                    {
                        double share = table.GetValueOrDefault((from, to), 1) / sum;
                        expected[(from, to)] = expected.GetValueOrDefault((from, to)) + share;
                        totals[from] = totals.GetValueOrDefault(from) + share;
                    }
                }
            }

            table = expected.ToDictionary(entry => entry.Key, entry => entry.Value / totals[entry.Key.Item1]);
        }

        return new WordTable(table.GroupBy(entry => entry.Key.Item1, StringComparer.Ordinal).ToDictionary(
            group => group.Key,
            group => group.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key.Item2, StringComparer.Ordinal).First().Key.Item2,
            StringComparer.Ordinal));
    }

    /// <summary>Translates word by word.</summary>
    public string[] Translate(IEnumerable<string> source) => [.. source.Where(_best.ContainsKey).Select(word => _best[word])];
}
