namespace Unfold.NGrams;

/// <summary>
/// Makes one table of two: p(w | h) = s p1(w | h) + (1 - s) p2(w | h) for the n-grams of either, and backoff weights with which every
/// context sums to 1.
/// </summary>
internal static class NGramMixing
{
    /// <summary>The shares of the work after which the trees are joined, the first and the second model spread over the joined one, and what contexts leave over is told.</summary>
    private const double JoinedAt = 0.2, FirstAt = 0.4, SecondAt = 0.6, LeftAt = 0.75;

    /// <summary>Mixes two tables over the same tokens.</summary>
    /// <param name="first">A table, which is left as it is.</param>
    /// <param name="second">Another, of any order.</param>
    /// <param name="share">s.</param>
    /// <param name="progress">Called now and then with the share of the work done, in [0, 1].</param>
    /// <param name="cancellation">Stops it.</param>
    public static NGramTable Mix(NGramTable first, NGramTable second, double share, Action<double> progress, CancellationToken cancellation)
    {
        Action<double> Between(double start, double end) => done => progress(start + ((end - start) * done));
        TrieUnion union = TrieUnion.Of(first.Trie, second.Trie, Between(0, JoinedAt), cancellation);
        NGramTable mixed = Spread(first, union.Trie, union.InFirst, Between(JoinedAt, FirstAt), cancellation);
        NGramTable other = Spread(second, union.Trie, union.InSecond, Between(FirstAt, SecondAt), cancellation);
        int levels = union.Trie.Order - 1;
        double[][] left =
        [
            .. Enumerable.Range(0, levels).Select(below => Left(mixed, other, share, below + 1, Between(SecondAt + ((LeftAt - SecondAt) * below / levels), SecondAt + ((LeftAt - SecondAt) * (below + 1) / levels)), cancellation)),
        ];
        for (int level = 1; level <= union.Trie.Order; level++)
        {
            double[] probabilities = mixed.Probabilities(level), others = other.Probabilities(level);
            for (int node = 0; node < probabilities.Length; node++)
            {
                probabilities[node] = (share * probabilities[node]) + ((1 - share) * others[node]);
            }
        }

        mixed.Normalize(left, Between(LeftAt, 1), cancellation);
        return mixed;
    }

    /// <summary>What the n-grams of a level leave over to all that does not go on from them, in the mixture.</summary>
    private static double[] Left(NGramTable first, NGramTable second, double share, int level, Action<double> progress, CancellationToken cancellation)
    {
        double[] left = new double[first.Trie.Count(level)];
        first.ForEachParent(level, (node, context) =>
        {
            cancellation.ThrowIfCancellationRequested();
            progress((double)node / left.Length);
            left[node] = (share * first.Left(level, node, context)) + ((1 - share) * second.Left(level, node, context));
        });
        return left;
    }

    /// <summary>The same model over more n-grams: each that it has not gets the probability to which it backs off, which changes no probability.</summary>
    /// <param name="table">The model.</param>
    /// <param name="trie">Its n-grams and others.</param>
    /// <param name="nodes">nodes[n - 1][i]: the node of the model for node i of level n, or -1.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops it.</param>
    private static NGramTable Spread(NGramTable table, NGramTrie trie, int[][] nodes, Action<double> progress, CancellationToken cancellation)
    {
        var probabilities = new double[trie.Order][];
        var backoffs = new double[trie.Order - 1][];
        for (int level = 1; level <= trie.Order; level++)
        {
            probabilities[level - 1] = Taken(nodes[level - 1], level <= table.Trie.Order ? table.Probabilities(level) : [], otherwise: 0);
            if (level < trie.Order)
            {
                backoffs[level - 1] = Taken(nodes[level - 1], level < table.Trie.Order ? table.Backoffs(level) : [], otherwise: 1);
            }
        }

        var spread = new NGramTable(trie, probabilities, backoffs);
        for (int level = 1; level < trie.Order; level++)
        {
            int below = level - 1;
            BackOff(spread, level, nodes[level], share => progress((below + share) / (trie.Order - 1)), cancellation);
        }

        return spread;
    }

    /// <summary>Gives n-grams of level + 1 that are no node of the model what they back off to; those of the level are whole.</summary>
    private static void BackOff(NGramTable spread, int level, int[] nodes, Action<double> progress, CancellationToken cancellation)
    {
        double[] probabilities = spread.Probabilities(level + 1), weights = spread.Backoffs(level);
        spread.ForEachParent(level, (node, context) =>
        {
            cancellation.ThrowIfCancellationRequested();
            progress((double)node / weights.Length);
            (int start, int end) = spread.Trie.Children(level, node);
            ReadOnlySpan<int> words = spread.Trie.Words(level + 1);
            for (int child = start; child < end; child++)
            {
                if (nodes[child] < 0)
                {
                    probabilities[child] = weights[node] * spread.Probability(context, level - 1, words[child]);
                }
            }
        });
    }

    private static double[] Taken(int[] nodes, double[] values, double otherwise) => Array.ConvertAll(nodes, node => node >= 0 && node < values.Length ? values[node] : otherwise);
}
