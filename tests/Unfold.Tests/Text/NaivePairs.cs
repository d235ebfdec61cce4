namespace Unfold.Tests.Text;

/// <summary>Byte pair encoding written down as it is defined: everything is counted again for every merge.</summary>
internal sealed class NaivePairs
{
    private readonly List<(List<string> Symbols, long Count)> _pieces = [];

    /// <param name="pieces">The pieces of the text, repeats included.</param>
    /// <param name="characters">The characters with a symbol, in the order of their numbers.</param>
    /// <param name="merges">How many merges to make at most.</param>
    /// <param name="minimum">How often a pair must be seen.</param>
    public NaivePairs(IEnumerable<string> pieces, IReadOnlyList<string> characters, int merges, long minimum)
    {
        List<string> symbols = [.. characters];
        foreach (IGrouping<string, string> piece in pieces.GroupBy(piece => piece))
        {
            _pieces.Add(([.. piece.Key.EnumerateRunes().Select(rune => symbols.Contains(rune.ToString()) ? rune.ToString() : "?")], piece.LongCount()));
        }

        while (Merges.Count < merges)
        {
            Dictionary<(string Left, string Right), long> counts = [];
            foreach ((List<string> piece, long count) in _pieces)
            {
                for (int i = 1; i < piece.Count; i++)
                {
                    (string, string) pair = (piece[i - 1], piece[i]);
                    counts[pair] = counts.GetValueOrDefault(pair) + count;
                }
            }

            (string Left, string Right)[] best = [.. counts
                .Where(entry => entry.Value >= minimum && entry.Key.Left != "?" && entry.Key.Right != "?" && !symbols.Contains(entry.Key.Left + entry.Key.Right))
                .OrderByDescending(entry => entry.Value)
                .ThenBy(entry => symbols.IndexOf(entry.Key.Left))
                .ThenBy(entry => symbols.IndexOf(entry.Key.Right))
                .Select(entry => entry.Key)
                .Take(1)];
            if (best.Length == 0)
            {
                break;
            }

            Merges.Add(best[0]);
            symbols.Add(best[0].Left + best[0].Right);
            foreach ((List<string> piece, _) in _pieces)
            {
                for (int i = 0; i + 1 < piece.Count; i++)
                {
                    if ((piece[i], piece[i + 1]) == best[0])
                    {
                        piece[i] += piece[i + 1];
                        piece.RemoveAt(i + 1);
                    }
                }
            }
        }
    }

    /// <summary>The merges in order.</summary>
    public List<(string Left, string Right)> Merges { get; } = [];

    /// <summary>The pieces as the merges have left them; a question mark stands for a character without a symbol.</summary>
    public IEnumerable<List<string>> Pieces => _pieces.Select(piece => piece.Symbols);
}
