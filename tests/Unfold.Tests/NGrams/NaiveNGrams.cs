using Unfold.NGrams;
using Unfold.Text;

namespace Unfold.Tests.NGrams;

/// <summary>The equations of n-gram models over dictionaries of doubles, as the papers write them: to be checked against, not to be fast.</summary>
internal sealed class NaiveNGrams
{
    private readonly NGramOptions _options;
    private readonly int _vocabulary;
    private readonly Dictionary<string, long>[] _counts;
    private readonly HashSet<string>[] _kept;
    private readonly double[][] _discounts;
    private readonly HashSet<int> _possible = [];
    private readonly Dictionary<(string, int), double> _known = [];

    // A sentence has its end already, where it has one; the beginning is put before it here.
    public NaiveNGrams(IReadOnlyList<int[]> sentences, int vocabulary, TextMode mode, NGramOptions options)
    {
        _options = options;
        _vocabulary = vocabulary;
        int order = options.Order;
        List<int[]> texts = [.. sentences.Select(sentence => (int[])[Vocabulary.BeginId, .. sentence])];
        Dictionary<string, long>[] raw = [.. Enumerable.Range(0, order + 1).Select(n => n == 0 ? [] : Grams(texts, n))];
        _counts = [.. Enumerable.Range(0, order + 1).Select(n => n == order || n == 0 || options.Smoothing == Smoothing.Additive ? raw[n] : Contexts(raw, n))];
        for (int token = 0; token < vocabulary; token++)
        {
            if (token != Vocabulary.BeginId && (token != Vocabulary.EndId || mode == TextMode.Sentences)
                && (token != Vocabulary.UnknownId || options.UnknownWords == UnknownWords.Open || raw[1].ContainsKey("0")))
            {
                _possible.Add(token);
            }
        }

        _discounts = [.. _counts.Select((counts, n) => n == 0 ? [] : Discounts([.. counts.Values]))];
        _kept = new HashSet<string>[order + 2];
        _kept[order + 1] = [];
        for (int n = order; n >= 1; n--)
        {
            _kept[n] = [.. _counts[n].Where(entry => n == 1 || entry.Value >= options.MinimumCounts[Math.Min(n, options.MinimumCounts.Count) - 1]).Select(entry => entry.Key)];
            _kept[n].UnionWith(_kept[n + 1].Select(Start));
        }
    }

    public IReadOnlySet<int> Possible => _possible;

    /// <summary>All n-grams of a length that stay, the lone begin symbol included.</summary>
    public IReadOnlySet<string> Kept(int n) => _kept[n];

    public static string Key(IEnumerable<int> tokens) => string.Join(' ', tokens);

    /// <summary>p(token | context), of which the last N - 1 tokens count.</summary>
    public double Probability(int[] context, int token)
    {
        if (!_possible.Contains(token))
        {
            return 0;
        }

        context = context.Length < _options.Order ? context : context[^(_options.Order - 1)..];
        (string, int) asked = (Key(context), token);
        if (!_known.TryGetValue(asked, out double probability))
        {
            _known[asked] = probability = Compute(context, token);
        }

        return probability;
    }

    private double Compute(int[] context, int token)
    {
        int n = context.Length + 1;
        if (n == 1)
        {
            (double total, double left) = Context(1, "");
            long count = _counts[1].GetValueOrDefault(Key([token]));
            return (Taken(1, count) / total) + (left / total / _possible.Count);
        }

        double lower = Probability(context[1..], token);
        string[] children = [.. _kept[n].Where(gram => Start(gram) == Key(context))];
        if (children.Length == 0)
        {
            return lower;
        }

        double Own(int word)
        {
            (double total, double left) = Context(n, Key(context));
            return (Taken(n, _counts[n][Key([.. context, word])]) / total) + (left / total * Probability(context[1..], word));
        }

        if (children.Contains(Key([.. context, token])))
        {
            return Own(token);
        }

        int[] words = [.. children.Select(gram => int.Parse(gram.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture))];
        return (1 - words.Sum(Own)) / (1 - words.Sum(word => Probability(context[1..], word))) * lower;
    }

    private (double Total, double Left) Context(int n, string context)
    {
        long[] counts = [.. _counts[n].Where(entry => Start(entry.Key) == context).Select(entry => entry.Value)];
        double added = _options.Smoothing == Smoothing.Additive ? _options.AddedCount * _possible.Count : 0;
        return (counts.Sum() + added, counts.Sum(count => _discounts[n][Math.Min(count, 3)]) + added);
    }

    private double Taken(int n, long count) => count == 0 ? 0 : count - _discounts[n][Math.Min(count, 3)];

    private double[] Discounts(long[] counts)
    {
        double Of(int count) => counts.Count(value => value == count);
        double n1 = Of(1), n2 = Of(2), n3 = Of(3), n4 = Of(4);
        switch (_options.Smoothing)
        {
            case Smoothing.Additive:
                return [0, 0, 0, 0];
            case Smoothing.KneserNey:
                double one = n1 > 0 && n2 > 0 ? n1 / (n1 + n2 + n2) : 0.5;
                return [0, one, one, one];
            default:
                double y = n1 / (n1 + (2 * n2));
                double[] three = [0, 1 - (2 * y * n2 / n1), 2 - (3 * y * n3 / n2), 3 - (4 * y * n4 / n3)];
                bool told = n1 > 0 && n2 > 0 && n3 > 0 && n4 > 0 && three[2] > 0 && three[3] > 0;
                return told ? three : [0, 0.5, 1, 1.5];
        }
    }

    /// <summary>How often each n-gram of one length stands in texts whose begin symbols stand before them; the lone begin symbol is none.</summary>
    public static Dictionary<string, long> Grams(IReadOnlyList<int[]> texts, int n)
    {
        Dictionary<string, long> counts = [];
        foreach (int[] text in texts)
        {
            for (int start = 0; start + n <= text.Length; start++)
            {
                string key = Key(text[start..(start + n)]);
                if (key != Key([Vocabulary.BeginId]))
                {
                    counts[key] = counts.GetValueOrDefault(key) + 1;
                }
            }
        }

        return counts;
    }

    /// <summary>How many different tokens stand before each n-gram; those that begin a text keep their counts.</summary>
    private static Dictionary<string, long> Contexts(Dictionary<string, long>[] raw, int n)
    {
        Dictionary<string, long> counts = [];
        foreach (string gram in raw[n].Keys)
        {
            bool begins = gram.Split(' ')[0] == Key([Vocabulary.BeginId]);
            counts[gram] = begins ? raw[n][gram] : raw[n + 1].Keys.Count(longer => longer[(longer.IndexOf(' ', StringComparison.Ordinal) + 1)..] == gram);
        }

        return counts;
    }

    private static string Start(string gram) => gram.LastIndexOf(' ') is >= 0 and int at ? gram[..at] : "";
}
