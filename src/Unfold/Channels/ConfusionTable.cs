using Unfold.Numerics;

namespace Unfold.Channels;

/// <summary>
/// What a noisy channel makes of one symbol, a word or a character: p(o | s) = 1 - e for o = s, and e w(s, o) / sum w(s, .) for each o that s
/// may be taken for; a symbol that nothing resembles comes through as it is.
/// </summary>
public sealed class ConfusionTable
{
    // Less, shared out among those that a symbol may be taken for, could round to 0, of which there is no logarithm.
    private const double LeastRate = 1e-100;

    private readonly double _rate;
    private readonly Dictionary<string, (string Observed, double Share)[]> _confusions;
    private readonly Dictionary<string, List<(string Symbol, double LogProbability)>> _sources = new(StringComparer.Ordinal);

    /// <summary>Creates the table.</summary>
    /// <param name="confusions">What each symbol may be taken for, with a weight above 0; what stands twice adds up.</param>
    /// <param name="rate">e, how often a symbol is taken for another, at least 1e-100 and below 1.</param>
    /// <exception cref="ArgumentException">The rate or a weight is out of range, or a symbol is to be taken for itself.</exception>
    public ConfusionTable(IEnumerable<(string Symbol, string Observed, double Weight)> confusions, double rate)
    {
        ArgumentNullException.ThrowIfNull(confusions);
        if (!IsRate(rate))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), FormattableString.Invariant($"The rate of errors must be at least {LeastRate} and below 1; found {rate}."));
        }

        _rate = rate;
        _confusions = confusions.GroupBy(confusion => confusion.Symbol, StringComparer.Ordinal).ToDictionary(group => group.Key, Shares, StringComparer.Ordinal);
        foreach ((string symbol, (string Observed, double Share)[] shares) in _confusions.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            foreach ((string observed, double share) in shares)
            {
                if (!_sources.TryGetValue(observed, out List<(string, double)>? sources))
                {
                    _sources.Add(observed, sources = []);
                }

                sources.Add((symbol, Math.Log(rate * share)));
            }
        }
    }

    /// <summary>Whether symbols can be taken for others so often: at least 1e-100 and below 1.</summary>
    public static bool IsRate(double rate) => rate is >= LeastRate and < 1;

    /// <summary>The symbols that may be taken for others.</summary>
    public int Count => _confusions.Count;

    /// <summary>Whether a symbol may be taken for another.</summary>
    public bool Confuses(string symbol) => _confusions.ContainsKey(symbol);

    /// <summary>Draws what is observed of a symbol.</summary>
    public string Observe(string symbol, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (!_confusions.TryGetValue(symbol, out (string Observed, double Share)[]? shares) || random.NextDouble() >= _rate)
        {
            return symbol;
        }

        double drawn = random.NextDouble();
        foreach ((string observed, double share) in shares)
        {
            drawn -= share;
            if (drawn < 0)
            {
                return observed;
            }
        }

        return shares[^1].Observed;
    }

    /// <summary>All symbols that may stand behind what is observed, itself included, each with ln p(observed | symbol).</summary>
    public IReadOnlyList<(string Symbol, double LogProbability)> Sources(string observed) =>
    [
        (observed, Confuses(observed) ? Math.Log(1 - _rate) : 0),
        .. _sources.TryGetValue(observed, out List<(string, double)>? sources) ? sources : [],
    ];

    private static (string Observed, double Share)[] Shares(IGrouping<string, (string Symbol, string Observed, double Weight)> group)
    {
        double sum = 0;
        foreach ((string symbol, string observed, double weight) in group)
        {
            if (!(weight > 0 && double.IsFinite(weight)) || symbol == observed)
            {
                throw new ArgumentException(FormattableString.Invariant($"A symbol is taken for another one with a weight above 0; found {symbol} for {observed} with {weight}."));
            }

            sum += weight;
        }

        return [.. group.GroupBy(one => one.Observed, StringComparer.Ordinal).Select(one => (one.Key, one.Sum(confusion => confusion.Weight) / sum)).OrderBy(one => one.Key, StringComparer.Ordinal)];
    }
}
