namespace Unfold.NGrams;

/// <summary>
/// Which n-grams there are: a tree in arrays. Node i of level n is the n-gram of its path; level 1 holds every token in the order of
/// ids, and the nodes of a level lie in the order of their paths, so that children of one node are neighbours with ascending tokens.
/// </summary>
/// <param name="vocabularySize">V, the nodes of level 1.</param>
/// <param name="words">words[n - 2][i]: the last token of node i of level n, from level 2 on.</param>
/// <param name="firstChild">firstChild[n - 1][i]: where the children of node i of level n begin in level n + 1; one more entry than nodes; levels 1 to N - 1.</param>
internal sealed class NGramTrie(int vocabularySize, ReadOnlyMemory<int>[] words, ReadOnlyMemory<int>[] firstChild)
{
    /// <summary>N, the length of the longest n-grams.</summary>
    public int Order => words.Length + 1;

    /// <summary>How many n-grams of a length there are.</summary>
    public int Count(int level) => level == 1 ? vocabularySize : words[level - 2].Length;

    /// <summary>The last tokens of a level, from level 2 on.</summary>
    public ReadOnlySpan<int> Words(int level) => words[level - 2].Span;

    /// <summary>Where the children of a level's nodes begin in the next level, and where the last ones end.</summary>
    public ReadOnlySpan<int> FirstChild(int level) => firstChild[level - 1].Span;

    /// <summary>The nodes of level + 1 that go on from a node.</summary>
    public (int Start, int End) Children(int level, int node)
    {
        ReadOnlySpan<int> first = firstChild[level - 1].Span;
        return (first[node], first[node + 1]);
    }

    /// <summary>The node of level + 1 that goes on from a node with a token, or -1.</summary>
    public int Find(int level, int node, int token)
    {
        (int start, int end) = Children(level, node);
        ReadOnlySpan<int> tokens = words[level - 1].Span;
        while (start < end)
        {
            int middle = (int)(((uint)start + (uint)end) >> 1);
            int found = tokens[middle];
            if (found == token)
            {
                return middle;
            }

            if (found < token)
            {
                start = middle + 1;
            }
            else
            {
                end = middle;
            }
        }

        return -1;
    }
}
