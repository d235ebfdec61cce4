namespace Unfold.NGrams;

/// <summary>A model while it is estimated: the tree, and for each level n the probabilities p(w_n | w_1 .. w_(n-1)) and backoff weights in double precision.</summary>
internal sealed class NGramTable(NGramTrie trie, double[][] probabilities, double[][] backoffs)
{
    /// <summary>A context whose n-grams leave less than this to all others leaves nothing to tell a weight from.</summary>
    public const double LeastLeft = 1e-9;

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
    public double NormalizingBackoff(int level, int node, NGramContext context)
    {
        (double taken, double takenBelow) = Taken(level, node, context);
        return (1 - taken) / (1 - takenBelow);
    }

    /// <summary>Tells all backoff weights anew, from the shortest contexts to the longest, as they must be where n-grams were left out, added or given other probabilities.</summary>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops it.</param>
    public void Normalize(Action<double> progress, CancellationToken cancellation)
    {
        for (int level = 1; level < trie.Order; level++)
        {
            int below = level - 1;
            Normalize(level, share => progress((below + share) / (trie.Order - 1)), cancellation);
        }
    }

    /// <summary>The sums of p(w | h) and of p(w | h') over the children w of h.</summary>
    public (double Taken, double TakenBelow) Taken(int level, int node, NGramContext context)
    {
        double taken = 0, below = 0;
        (int start, int end) = trie.Children(level, node);
        ReadOnlySpan<int> words = trie.Words(level + 1);
        for (int child = start; child < end; child++)
        {
            taken += probabilities[level][child];
            below += Probability(context, level - 1, words[child]);
        }

        return (taken, below);
    }

    private void Normalize(int level, Action<double> progress, CancellationToken cancellation)
    {
        double[] weights = Backoffs(level);
        bool[] parent = new bool[weights.Length];
        ForEachParent(level, (node, context) =>
        {
            cancellation.ThrowIfCancellationRequested();
            progress((double)node / parent.Length);
            parent[node] = true;
            (double taken, double below) = Taken(level, node, context);
            if (1 - below >= LeastLeft)
            {
                weights[node] = Math.Max(1 - taken, 0) / (1 - below);
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
