namespace Unfold.NGrams;

/// <summary>The n-grams of two trees over the same tokens as one tree, and where each of them stands in the two.</summary>
internal sealed class TrieUnion
{
    private TrieUnion(NGramTrie trie, int[][] inFirst, int[][] inSecond) => (Trie, InFirst, InSecond) = (trie, inFirst, inSecond);

    /// <summary>The n-grams of either; its order is the higher one.</summary>
    public NGramTrie Trie { get; }

    /// <summary>InFirst[n - 1][i]: the node of the first tree for node i of level n, or -1.</summary>
    public int[][] InFirst { get; }

    /// <summary>The same for the second tree.</summary>
    public int[][] InSecond { get; }

    /// <summary>Joins two trees.</summary>
    /// <param name="first">A tree.</param>
    /// <param name="second">A tree over as many tokens, of any order.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops it.</param>
    public static TrieUnion Of(NGramTrie first, NGramTrie second, Action<double> progress, CancellationToken cancellation)
    {
        int order = Math.Max(first.Order, second.Order), size = first.Count(1);
        var words = new ReadOnlyMemory<int>[order - 1];
        var firstChild = new ReadOnlyMemory<int>[order - 1];
        int[][] inFirst = new int[order][], inSecond = new int[order][];
        inFirst[0] = [.. Enumerable.Range(0, size)];
        inSecond[0] = inFirst[0];
        for (int level = 1; level < order; level++)
        {
            var joined = new Joined(first, second, level);
            int[] starts = new int[inFirst[level - 1].Length + 1];
            for (int node = 0; node + 1 < starts.Length; node++)
            {
                cancellation.ThrowIfCancellationRequested();
                progress((level - 1 + ((double)node / starts.Length)) / (order - 1));
                joined.Add(inFirst[level - 1][node], inSecond[level - 1][node]);
                starts[node + 1] = joined.Words.Count;
            }

            firstChild[level - 1] = starts;
            words[level - 1] = joined.Words.ToArray();
            inFirst[level] = [.. joined.InFirst];
            inSecond[level] = [.. joined.InSecond];
        }

        return new TrieUnion(new NGramTrie(size, words, firstChild), inFirst, inSecond);
    }

    /// <summary>Level + 1 of the joined tree while it grows.</summary>
    private sealed class Joined(NGramTrie first, NGramTrie second, int level)
    {
        public List<int> Words { get; } = [];

        public List<int> InFirst { get; } = [];

        public List<int> InSecond { get; } = [];

        /// <summary>Adds what goes on from a node of the first tree, of the second, or of both; -1 is no node.</summary>
        public void Add(int nodeInFirst, int nodeInSecond)
        {
            (int one, int firstEnd) = Children(first, nodeInFirst);
            (int other, int secondEnd) = Children(second, nodeInSecond);
            while (one < firstEnd || other < secondEnd)
            {
                int wordOfOne = one < firstEnd ? first.Words(level + 1)[one] : int.MaxValue;
                int wordOfOther = other < secondEnd ? second.Words(level + 1)[other] : int.MaxValue;
                Words.Add(Math.Min(wordOfOne, wordOfOther));
                InFirst.Add(wordOfOne <= wordOfOther ? one++ : -1);
                InSecond.Add(wordOfOther <= wordOfOne ? other++ : -1);
            }
        }

        private (int Start, int End) Children(NGramTrie trie, int node) => node < 0 || level >= trie.Order ? default : trie.Children(level, node);
    }
}
