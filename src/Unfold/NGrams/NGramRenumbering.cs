using Unfold.Text;

namespace Unfold.NGrams;

/// <summary>Gives the tokens of a model the ids of another vocabulary: the nodes of each level come into their order.</summary>
internal static class NGramRenumbering
{
    /// <summary>The same model over a vocabulary that has its tokens and perhaps others, which are impossible.</summary>
    /// <param name="model">The model, which is left as it is.</param>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="UnfoldException">The vocabulary lacks a token, cuts a text otherwise, or is too large.</exception>
    public static NGramModel Of(NGramModel model, Vocabulary vocabulary, Action<double> progress, CancellationToken cancellation)
    {
        NGramTrie trie = model.Trie;
        int[] ids = Ids(model.Vocabulary, vocabulary), nodes = new int[vocabulary.Count];
        Array.Fill(nodes, -1);
        for (int token = 0; token < ids.Length; token++)
        {
            nodes[ids[token]] = token;
        }

        var words = new ReadOnlyMemory<int>[trie.Order - 1];
        var firstChild = new ReadOnlyMemory<int>[trie.Order - 1];
        var logProbabilities = new ReadOnlyMemory<float>[trie.Order];
        var backoffs = new ReadOnlyMemory<float>[trie.Order - 1];
        logProbabilities[0] = Taken(nodes, model.LogProbabilities(1), otherwise: NGramModel.Impossible);
        for (int level = 1; level < trie.Order; level++)
        {
            backoffs[level - 1] = Taken(nodes, model.Backoffs(level), otherwise: 0);
            int[] starts = new int[nodes.Length + 1], children = new int[trie.Count(level + 1)];
            int[] tokens = new int[children.Length];
            for (int node = 0; node < nodes.Length; node++)
            {
                cancellation.ThrowIfCancellationRequested();
                progress((level - 1 + ((double)node / nodes.Length)) / (trie.Order - 1));
                (int start, int end) = nodes[node] < 0 ? default : trie.Children(level, nodes[node]);
                int at = starts[node], count = end - start;
                for (int child = 0; child < count; child++)
                {
                    children[at + child] = start + child;
                    tokens[at + child] = ids[trie.Words(level + 1)[start + child]];
                }

                tokens.AsSpan(at, count).Sort(children.AsSpan(at, count));
                starts[node + 1] = at + count;
            }

            firstChild[level - 1] = starts;
            words[level - 1] = tokens;
            nodes = children;
            logProbabilities[level] = Taken(nodes, model.LogProbabilities(level + 1), otherwise: NGramModel.Impossible);
        }

        // The last numbers may be read from a mapped file, which nothing else holds.
        GC.KeepAlive(model);
        return new NGramModel(vocabulary, new NGramTrie(vocabulary.Count, words, firstChild), logProbabilities, backoffs);
    }

    /// <summary>The new id of each token.</summary>
    private static int[] Ids(Vocabulary from, Vocabulary to)
    {
        if (from.Tokenization.DifferenceFrom(to.Tokenization) is string difference)
        {
            throw new UnfoldException($"A model takes the ids of a vocabulary that cuts a text as its own does, but {difference}: take one of the same kind.");
        }

        if (to.Count > NGramKey.MaximumVocabulary)
        {
            throw new UnfoldException($"The vocabulary has {to.Count} tokens, but a model of n-grams has at most {NGramKey.MaximumVocabulary}: give one of the models fewer.");
        }

        int[] ids = new int[from.Count];
        for (int token = Vocabulary.UnknownId + 1; token < ids.Length; token++)
        {
            ids[token] = to.IdOf(from[token]);
            if (ids[token] == Vocabulary.UnknownId)
            {
                throw new UnfoldException($"The vocabulary lacks the token {Vocabulary.Quoted(from[token])} of the model, but all of its tokens were wanted: join the two vocabularies first.");
            }
        }

        return ids;
    }

    private static float[] Taken(int[] nodes, ReadOnlySpan<float> values, float otherwise)
    {
        float[] taken = new float[nodes.Length];
        for (int node = 0; node < nodes.Length; node++)
        {
            taken[node] = nodes[node] < 0 ? otherwise : values[nodes[node]];
        }

        return taken;
    }
}
