using Unfold.Text;

namespace Unfold.NGrams;

/// <summary>
/// Leaves out n-grams that change the model little (Stolcke, 1998). Without the n-gram h w the weight of the lower order after h becomes
/// alpha' = (1 - sum p(v | h) + p(w | h)) / (1 - sum p(v | h') + p(w | h')), and the entropy grows by
/// -p(h) (p(w | h) (ln p(w | h') + ln alpha' - ln p(w | h)) + (1 - sum p(v | h)) (ln alpha' - ln alpha)).
/// </summary>
internal sealed class EntropyPruning
{
    private readonly NGramTable _table;
    private readonly NGramTrie _trie;
    private readonly bool[][] _kept;

    // What the n-grams that stay leave over in each context.
    private readonly double[][] _left;

    private EntropyPruning(NGramTable table)
    {
        _table = table;
        _trie = table.Trie;
        _kept = [.. Enumerable.Range(1, _trie.Order).Select(level => new bool[_trie.Count(level)])];
        Array.Fill(_kept[0], true);
        _left = [.. Enumerable.Range(1, _trie.Order - 1).Select(level => new double[_trie.Count(level)])];
    }

    /// <summary>The table without the n-grams by whose absence the perplexity grows by less than the share <paramref name="threshold"/>.</summary>
    /// <param name="table">The table, which is left as it is.</param>
    /// <param name="threshold">The share.</param>
    /// <param name="progress">Called now and then with the share of the work done, in [0, 1].</param>
    /// <param name="cancellation">Stops the pruning.</param>
    public static NGramTable Prune(NGramTable table, double threshold, Action<double> progress, CancellationToken cancellation)
    {
        var pruning = new EntropyPruning(table);
        double[][] histories = pruning.Histories();
        int levels = table.Trie.Order - 1;
        for (int level = levels; level >= 1; level--)
        {
            int above = levels - level;
            pruning.Choose(level, histories[level - 1], threshold, share => progress(0.5 * (above + share) / levels), cancellation);
        }

        NGramTable pruned = pruning.Kept();
        pruned.Normalize([.. pruning._left.Zip(pruning._kept, (left, kept) => Of<double>(left, kept))], share => progress(0.5 + (0.5 * share)), cancellation);
        return pruned;
    }

    /// <summary>p(w_1 .. w_n) of each n-gram of each level below the highest; a sentence begins as often as one ends.</summary>
    private double[][] Histories()
    {
        var histories = new double[_trie.Order - 1][];
        for (int level = 1; level < _trie.Order; level++)
        {
            double[] history = [.. _table.Probabilities(level)];
            if (level == 1)
            {
                history[Vocabulary.BeginId] = history[Vocabulary.EndId];
            }
            else
            {
                for (int parent = 0; parent < _trie.Count(level - 1); parent++)
                {
                    (int start, int end) = _trie.Children(level - 1, parent);
                    for (int child = start; child < end; child++)
                    {
                        history[child] *= histories[level - 2][parent];
                    }
                }
            }

            histories[level - 1] = history;
        }

        return histories;
    }

    /// <summary>Marks the n-grams of level + 1 that stay: those that matter, and those that others which stay go on from.</summary>
    private void Choose(int level, double[] histories, double threshold, Action<double> progress, CancellationToken cancellation)
    {
        double[] probabilities = _table.Probabilities(level + 1);
        _table.ForEachParent(level, (node, context) =>
        {
            cancellation.ThrowIfCancellationRequested();
            progress((double)node / histories.Length);
            double leftBelow = _table.LeftBelow(level, node, context), left = _table.Left(level, node, leftBelow);
            _left[level - 1][node] = left;
            (int start, int end) = _trie.Children(level, node);
            ReadOnlySpan<int> words = _trie.Words(level + 1);
            for (int child = start; child < end; child++)
            {
                double own = probabilities[child], lower = _table.Probability(context, level - 1, words[child]);
                _kept[level][child] = GoesOn(level + 1, child) || Growth(histories[node], own, lower, left, leftBelow) >= threshold;
                _left[level - 1][node] += _kept[level][child] ? 0 : own;
            }
        });
    }

    /// <summary>The share by which the perplexity grows without an n-gram.</summary>
    /// <param name="history">p(h).</param>
    /// <param name="own">p(w | h).</param>
    /// <param name="lower">p(w | h').</param>
    /// <param name="left">1 - sum p(v | h).</param>
    /// <param name="leftBelow">1 - sum p(v | h').</param>
    private static double Growth(double history, double own, double lower, double left, double leftBelow)
    {
        // What would have no weight, or no lower probability, to back off to.
        if ((own > 0 && lower <= 0) || (left > 0 && leftBelow <= 0) || leftBelow + lower <= 0)
        {
            return double.PositiveInfinity;
        }

        // What is impossible adds nothing: p ln p is 0 there.
        double newWeight = Math.Log((left + own) / (leftBelow + lower));
        double change = own > 0 ? own * (Math.Log(lower) + newWeight - Math.Log(own)) : 0;
        double others = left > 0 ? left * (newWeight - Math.Log(left / leftBelow)) : 0;
        return Math.Exp(-history * (change + others)) - 1;
    }

    private bool GoesOn(int level, int node)
    {
        if (level == _trie.Order)
        {
            return false;
        }

        (int start, int end) = _trie.Children(level, node);
        return _kept[level].AsSpan(start, end - start).Contains(true);
    }

    private NGramTable Kept()
    {
        int order = _trie.Order;
        var words = new ReadOnlyMemory<int>[order - 1];
        var firstChild = new ReadOnlyMemory<int>[order - 1];
        var probabilities = new double[order][];
        var backoffs = new double[order - 1][];
        for (int level = 1; level <= order; level++)
        {
            bool[] kept = _kept[level - 1];
            probabilities[level - 1] = Of(_table.Probabilities(level), kept);
            if (level > 1)
            {
                words[level - 2] = Of(_trie.Words(level), kept);
            }

            if (level < order)
            {
                firstChild[level - 1] = FirstChildren(level);
                backoffs[level - 1] = Of(_table.Backoffs(level), kept);
            }
        }

        return new NGramTable(new NGramTrie(_trie.Count(1), words, firstChild), probabilities, backoffs);
    }

    private int[] FirstChildren(int level)
    {
        var firstChild = new List<int>();
        int next = 0;
        for (int node = 0; node < _trie.Count(level); node++)
        {
            if (_kept[level - 1][node])
            {
                firstChild.Add(next);
                (int start, int end) = _trie.Children(level, node);
                next += _kept[level].AsSpan(start, end - start).Count(true);
            }
        }

        return [.. firstChild, next];
    }

    private static T[] Of<T>(ReadOnlySpan<T> all, bool[] kept)
    {
        var some = new List<T>();
        for (int i = 0; i < kept.Length; i++)
        {
            if (kept[i])
            {
                some.Add(all[i]);
            }
        }

        return [.. some];
    }
}
