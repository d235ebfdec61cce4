namespace Unfold.NGrams;

/// <summary>A model while it is estimated: the tree, and for each level n the probabilities p(w_n | w_1 .. w_(n-1)) and backoff weights in double precision.</summary>
internal sealed class NGramTable(NGramTrie trie, double[][] probabilities, double[][] backoffs)
{
    // Below this 1 minus a sum of probabilities of single precision has few digits that are right.
    private const double Unsure = 1e-2;

    private readonly HashSet<int> _seen = [];
    private double? _singles;

    /// <summary>Which n-grams there are.</summary>
    public NGramTrie Trie => trie;

    /// <summary>The probabilities of a level's n-grams.</summary>
    public double[] Probabilities(int level) => probabilities[level - 1];

    /// <summary>What the probability of a shorter n-gram is multiplied with after these tokens; levels 1 to N - 1.</summary>
    public double[] Backoffs(int level) => backoffs[level - 1];

    /// <summary>p(token | the last <paramref name="length"/> tokens of a context).</summary>
    public double Probability(NGramContext context, int length, int token)
    {
        double weight = 1;
        for (int level = length; level > 0; level--)
        {
            if (context[level] is >= 0 and int node)
            {
                int found = trie.Find(level, node, token);
                if (found >= 0)
                {
                    return weight * probabilities[level][found];
                }

                weight *= backoffs[level - 1][node];
            }
        }

        return weight * probabilities[0][token];
    }

    /// <summary>Calls <paramref name="visit"/> for each n-gram of a level that others go on from, with its node and where its tokens stand.</summary>
    public void ForEachParent(int level, Action<int, NGramContext> visit) => new Walk(trie, level, visit).Run();

    /// <summary>
    /// The backoff weight of a node that leaves over what its children do not take:
    /// (1 - sum of p(w | h)) / (1 - sum of p(w | h')) over the children w of h.
    /// </summary>
    public double NormalizingBackoff(int level, int node, NGramContext context) => (1 - Taken(level, node)) / (1 - TakenBelow(level, node, context));

    /// <summary>What the children of a node leave over to all other tokens, 1 - sum of p(w | h); where that is little, its weight times what is left of the shorter context.</summary>
    public double Left(int level, int node, NGramContext context)
    {
        double left = 1 - Taken(level, node);
        return left >= Unsure ? left : Backoffs(level)[node] * LeftBelow(level, node, context);
    }

    /// <summary>The same where <see cref="LeftBelow"/> is known.</summary>
    public double Left(int level, int node, double leftBelow)
    {
        double left = 1 - Taken(level, node);
        return left >= Unsure ? left : Backoffs(level)[node] * leftBelow;
    }

    /// <summary>What the shorter context has for all tokens but the children of a node, 1 - sum of p(w | h'); where that is little, the sum over those tokens.</summary>
    public double LeftBelow(int level, int node, NGramContext context)
    {
        double left = 1 - TakenBelow(level, node, context);
        return left >= Unsure ? left : SumBelow(level, node, context);
    }

    /// <summary>Tells all backoff weights anew, from the shortest contexts to the longest, as they must be where n-grams were left out, added or given other probabilities.</summary>
    /// <param name="left">left[n - 1][i]: what the children of node i of level n leave over to all other tokens; levels 1 to N - 1.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops it.</param>
    public void Normalize(double[][] left, Action<double> progress, CancellationToken cancellation)
    {
        _singles = null;
        for (int level = 1; level < trie.Order; level++)
        {
            int below = level - 1;
            Normalize(level, left[below], share => progress((below + share) / (trie.Order - 1)), cancellation);
        }
    }

    /// <summary>The sum of p(w | h) over the children w of h.</summary>
    private double Taken(int level, int node)
    {
        (int start, int end) = trie.Children(level, node);
        double taken = 0;
        foreach (double probability in probabilities[level].AsSpan(start, end - start))
        {
            taken += probability;
        }

        return taken;
    }

    /// <summary>The sum of p(w | h') over the children w of h.</summary>
    private double TakenBelow(int level, int node, NGramContext context)
    {
        (int start, int end) = trie.Children(level, node);
        double taken = 0;
        foreach (int word in trie.Words(level + 1)[start..end])
        {
            taken += Probability(context, level - 1, word);
        }

        return taken;
    }

    /// <summary>Sums up what the tokens have after h' that go on from h' by n-grams and are no children of h, and then down to single tokens what those have that no n-gram names.</summary>
    private double SumBelow(int level, int node, NGramContext context)
    {
        _seen.Clear();
        See(level, node);
        double[] single = probabilities[0];
        double sum = 0, weight = 1;
        for (int length = level - 1; length > 0; length--)
        {
            if (context[length] is >= 0 and int shorter)
            {
                (int start, int end) = trie.Children(length, shorter);
                ReadOnlySpan<int> words = trie.Words(length + 1);
                for (int child = start; child < end; child++)
                {
                    sum += _seen.Add(words[child]) ? weight * probabilities[length][child] : 0;
                }

                weight *= backoffs[length - 1][shorter];
            }
        }

        // Most often the single tokens that were seen are few, and leave a difference with digits enough.
        double rest = _singles ??= single.Sum();
        foreach (int token in _seen)
        {
            rest -= single[token];
        }

        if (rest < Unsure)
        {
            rest = 0;
            for (int token = 0; token < single.Length; token++)
            {
                rest += _seen.Contains(token) ? 0 : single[token];
            }
        }

        return sum + (weight * rest);
    }

    private void See(int level, int node)
    {
        (int start, int end) = trie.Children(level, node);
        foreach (int word in trie.Words(level + 1)[start..end])
        {
            _seen.Add(word);
        }
    }

    private void Normalize(int level, double[] left, Action<double> progress, CancellationToken cancellation)
    {
        double[] weights = Backoffs(level);
        bool[] parent = new bool[weights.Length];
        ForEachParent(level, (node, context) =>
        {
            cancellation.ThrowIfCancellationRequested();
            progress((double)node / parent.Length);
            parent[node] = true;

            // Where the shorter context has nothing left, no weight changes anything.
            if (LeftBelow(level, node, context) is > 0 and double below)
            {
                weights[node] = left[node] / below;
            }
        });
        for (int node = 0; node < parent.Length; node++)
        {
            weights[node] = parent[node] ? weights[node] : 1;
        }
    }

    /// <summary>A walk down the tree that keeps for each depth where the tokens of the path stand.</summary>
    private sealed class Walk(NGramTrie trie, int level, Action<int, NGramContext> visit)
    {
        private readonly NGramContext[] _contexts = [.. Enumerable.Range(0, level + 1).Select(_ => new NGramContext(level))];

        public void Run()
        {
            for (int token = 0; token < trie.Count(1); token++)
            {
                Step(1, token, token);
            }
        }

        private void Step(int depth, int node, int token)
        {
            (int start, int end) = trie.Children(depth, node);
            if (start == end)
            {
                return;
            }

            NGramContext context = _contexts[depth];
            context.CopyFrom(_contexts[depth - 1]);
            context.Push(trie, token);
            if (depth == level)
            {
                visit(node, context);
                return;
            }

            ReadOnlySpan<int> words = trie.Words(depth + 1);
            for (int child = start; child < end; child++)
            {
                Step(depth + 1, child, words[child]);
            }
        }
    }
}
