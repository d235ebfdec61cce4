using System.Runtime.InteropServices;
using System.Text;

namespace Unfold.Text;

/// <summary>
/// Finds the merges of a set of counted pieces. The numbers of all pairs are kept up to date: a merge looks only at the pieces that hold
/// its pair. Of equally frequent pairs the one of earlier symbols is merged first. A pair that would make a symbol that is there already
/// stays a pair, so that every symbol comes from one merge.
/// </summary>
internal sealed class PairMerger
{
    /// <summary>A character without a symbol: no pair reaches across it.</summary>
    private const int Nothing = -1;

    private readonly List<string> _symbols;
    private readonly Dictionary<string, int> _ids;
    private readonly List<(List<int> Symbols, long Count)> _pieces = [];
    private readonly Dictionary<(int Left, int Right), long> _counts = [];
    private readonly Dictionary<(int Left, int Right), List<int>> _places = [];
    private readonly PriorityQueue<(int Left, int Right), (long Rarity, int Left, int Right)> _queue = new();

    public PairMerger(IReadOnlyList<string> characters, IEnumerable<KeyValuePair<string, long>> pieces)
    {
        _symbols = [.. characters];
        _ids = _symbols.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> ids = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> units = stackalloc char[2];
        foreach ((string piece, long count) in pieces)
        {
            List<int> symbols = new(piece.Length);
            foreach (Rune rune in piece.EnumerateRunes())
            {
                symbols.Add(ids.TryGetValue(units[..rune.EncodeToUtf16(units)], out int id) ? id : Nothing);
            }

            _pieces.Add((symbols, count));
            Count(_pieces.Count - 1, count, news: null);
        }

        foreach ((int Left, int Right) pair in _counts.Keys)
        {
            Queue(pair);
        }
    }

    /// <summary>The merges, most frequent first, that make so many symbols or that were seen so often.</summary>
    public IReadOnlyList<(string Left, string Right)> Learn(int maximumSymbols, long minimumCount, Action<double> progress, CancellationToken cancellation)
    {
        List<(string, string)> merges = [];
        int most = _symbols.Count + maximumSymbols;
        while (_symbols.Count < most && _queue.TryDequeue(out (int Left, int Right) pair, out (long Rarity, int, int) priority))
        {
            cancellation.ThrowIfCancellationRequested();
            long count = _counts.GetValueOrDefault(pair);
            if (count != -priority.Rarity)
            {
                // The pair has become rarer since it was queued; where it has become more frequent, it was queued again then.
                if (count < -priority.Rarity && count >= minimumCount)
                {
                    Queue(pair);
                }

                continue;
            }

            if (count < minimumCount)
            {
                break;
            }

            (string left, string right) = (_symbols[pair.Left], _symbols[pair.Right]);
            if (BytePairEncoding.CanBe(left, right) && _ids.TryAdd(left + right, _symbols.Count))
            {
                merges.Add((left, right));
                _symbols.Add(left + right);
                Merge(pair, _symbols.Count - 1);
                progress((double)merges.Count / maximumSymbols);
            }
        }

        return merges;
    }

    private void Merge((int Left, int Right) pair, int merged)
    {
        HashSet<(int, int)> news = [];
        _places.Remove(pair, out List<int>? places);
        foreach (int place in places!)
        {
            (List<int> symbols, long count) = _pieces[place];
            Count(place, -count, news: null);
            BytePairEncoding.Merge(symbols, pair.Left, pair.Right, merged);
            Count(place, count, news, merged);
        }

        _counts.Remove(pair);
        foreach ((int, int) changed in news)
        {
            Queue(changed);
        }
    }

    /// <summary>Adds the pairs of a piece to the numbers, and notes where those are that hold a symbol.</summary>
    private void Count(int place, long count, HashSet<(int, int)>? news, int symbol = Nothing)
    {
        List<int> symbols = _pieces[place].Symbols;
        for (int i = 1; i < symbols.Count; i++)
        {
            (int Left, int Right) pair = (symbols[i - 1], symbols[i]);
            if (pair.Left == Nothing || pair.Right == Nothing)
            {
                continue;
            }

            CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _) += count;
            if (count > 0 && (news is null || pair.Left == symbol || pair.Right == symbol))
            {
                news?.Add(pair);
                Note(pair, place);
            }
        }
    }

    private void Note((int Left, int Right) pair, int place)
    {
        ref List<int>? places = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, pair, out _);
        places ??= [];
        if (places.Count == 0 || places[^1] != place)
        {
            places.Add(place);
        }
    }

    private void Queue((int Left, int Right) pair) => _queue.Enqueue(pair, (-_counts[pair], pair.Left, pair.Right));
}
