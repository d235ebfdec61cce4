namespace Unfold.NGrams;

/// <summary>Where the last tokens of a text stand in the tree: for each length the node of the last so many tokens.</summary>
internal sealed class NGramContext
{
    private readonly int[] _nodes;

    /// <summary>Creates the context of an empty text.</summary>
    /// <param name="longest">How many tokens are looked back at.</param>
    public NGramContext(int longest)
    {
        _nodes = new int[longest + 1];
        Clear();
    }

    /// <summary>How many tokens are looked back at.</summary>
    public int Longest => _nodes.Length - 1;

    /// <summary>The node of the last <paramref name="length"/> tokens in the level of that length, or -1 where they are no n-gram of the model.</summary>
    public int this[int length] => _nodes[length];

    /// <summary>Forgets the text.</summary>
    public void Clear() => Array.Fill(_nodes, -1);

    /// <summary>Adds a token.</summary>
    public void Push(NGramTrie trie, int token)
    {
        for (int length = Longest; length > 1; length--)
        {
            int shorter = _nodes[length - 1];
            _nodes[length] = shorter < 0 ? -1 : trie.Find(length - 1, shorter, token);
        }

        if (Longest > 0)
        {
            _nodes[1] = token;
        }
    }

    /// <summary>Takes the place of another context of the same length.</summary>
    public void CopyFrom(NGramContext other) => other._nodes.CopyTo(_nodes, 0);
}
