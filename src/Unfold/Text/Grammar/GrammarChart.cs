namespace Unfold.Text;

/// <summary>Sums the probabilities of all derivations of one sentence, from left to right, each symbol at each place once.</summary>
internal sealed class GrammarChart(GrammarRule[] rules, string sentence)
{
    private readonly Dictionary<(int Symbol, int Start), Dictionary<int, double>> _known = [];

    public double LogProbability() => Math.Log(Ends(0, 0).GetValueOrDefault(sentence.Length));

    /// <summary>Where the symbol can end if it begins at start, and with which probability.</summary>
    private Dictionary<int, double> Ends(int symbol, int start)
    {
        if (_known.TryGetValue((symbol, start), out Dictionary<int, double>? known))
        {
            return known;
        }

        Dictionary<int, double> ends = [];
        foreach (GrammarAlternative alternative in rules[symbol].Alternatives)
        {
            Dictionary<int, double> reached = new() { [start] = alternative.Probability };
            foreach (GrammarItem item in alternative.Items)
            {
                reached = Advance(reached, item);
            }

            Add(ends, reached, 1);
        }

        _known[(symbol, start)] = ends;
        return ends;
    }

    private Dictionary<int, double> Advance(Dictionary<int, double> reached, GrammarItem item)
    {
        Dictionary<int, double> next = [];
        foreach ((int position, double probability) in reached)
        {
            if (item.Literal is null)
            {
                Add(next, Ends(item.Symbol, position), probability);
            }
            else if (sentence.AsSpan(position).StartsWith(item.Literal, StringComparison.Ordinal))
            {
                Add(next, new Dictionary<int, double> { [position + item.Literal.Length] = 1 }, probability);
            }
        }

        return next;
    }

    private static void Add(Dictionary<int, double> sum, Dictionary<int, double> ends, double factor)
    {
        foreach ((int end, double probability) in ends)
        {
            sum[end] = sum.GetValueOrDefault(end) + (factor * probability);
        }
    }
}
