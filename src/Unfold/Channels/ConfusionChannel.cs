using Unfold.Numerics;
using Unfold.Rescoring;

namespace Unfold.Channels;

/// <summary>
/// A stand-in for a recogniser: distorts a text symbol by symbol, and lists what may stand behind the distorted one. The channel score
/// of a hypothesis is ln p(observed text | hypothesis), by the same table that made the errors.
/// </summary>
/// <remarks>
/// The lists hold the likeliest hypotheses by channel and first pass together: sum of ln p(o_i | s_i) + ln p(s_i), where p(s) is the share
/// of the symbol in a text. A position is independent of the others, so the list is exact.
/// </remarks>
public sealed class ConfusionChannel
{
    private readonly ConfusionTable _table;
    private readonly ErrorMeasure _symbols;
    private readonly IReadOnlyDictionary<string, long> _counts;
    private readonly double _total;

    /// <summary>Creates a channel.</summary>
    /// <param name="table">What it does to a symbol.</param>
    /// <param name="symbols">Whether symbols are words or characters.</param>
    /// <param name="counts">How often each symbol occurs in a text, which is what the first pass knows; symbols that are not there count as half a time.</param>
    public ConfusionChannel(ConfusionTable table, ErrorMeasure symbols, IReadOnlyDictionary<string, long> counts)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(counts);
        (_table, _symbols, _counts) = (table, symbols, counts);
        _total = counts.Values.Sum() + 1.0;
    }

    /// <summary>Counts the symbols of a text.</summary>
    public static IReadOnlyDictionary<string, long> Count(IEnumerable<string> lines, ErrorMeasure symbols)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string symbol in lines.SelectMany(line => Split(line, symbols)))
        {
            counts[symbol] = counts.GetValueOrDefault(symbol) + 1;
        }

        return counts;
    }

    /// <summary>Draws what is observed of a line.</summary>
    public string Observe(string line, SeededRandom random) => Join(Split(line, _symbols).Select(symbol => _table.Observe(symbol, random)));

    /// <summary>The likeliest hypotheses for an observed line, likeliest first.</summary>
    /// <param name="id">The name of the list.</param>
    /// <param name="observed">What the channel gave.</param>
    /// <param name="count">The most hypotheses, at least 1.</param>
    /// <param name="reference">What was said or written in truth.</param>
    public NBestList List(string id, string observed, int count, string? reference = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        List<Path> best = [new(null, "", 0, 0)];
        foreach (string symbol in Split(observed, _symbols))
        {
            best = Extended(best, _table.Sources(symbol), count);
        }

        return new NBestList(id, [.. best.Select(path => new NBestHypothesis(Join(path.Symbols()), path.Channel))], reference);
    }

    // The best paths of one length are extensions of the best paths that are one symbol shorter. Of equals the first one stays.
    private List<Path> Extended(List<Path> paths, IReadOnlyList<(string Symbol, double LogProbability)> sources, int count) =>
    [
        .. paths.SelectMany(_ => sources, (path, source) => new Path(path, source.Symbol, path.Channel + source.LogProbability, path.Total + source.LogProbability + Prior(source.Symbol)))
            .OrderByDescending(path => path.Total)
            .Take(count),
    ];

    private double Prior(string symbol) => Math.Log(Math.Max(_counts.GetValueOrDefault(symbol), 0.5) / _total);

    private string Join(IEnumerable<string> symbols) => string.Join(_symbols == ErrorMeasure.Words ? " " : "", symbols);

    private static IEnumerable<string> Split(string line, ErrorMeasure symbols) =>
        symbols == ErrorMeasure.Words ? TextUnits.Words(line) : TextUnits.Spaced(line).Select(rune => rune.ToString());

    private sealed record Path(Path? Before, string Symbol, double Channel, double Total)
    {
        // A loop, for a line may be longer than the stack is deep.
        public List<string> Symbols()
        {
            List<string> symbols = [];
            for (Path path = this; path.Before is not null; path = path.Before)
            {
                symbols.Add(path.Symbol);
            }

            symbols.Reverse();
            return symbols;
        }
    }
}
