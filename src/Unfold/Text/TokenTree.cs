namespace Unfold.Text;

/// <summary>
/// Sequences of tokens that share their beginnings (a trie): node 0 is where all begin, and every other node is one token after
/// the path to its parent. What a model says of a beginning is computed once, however many sequences go on from it.
/// </summary>
public sealed class TokenTree
{
    private readonly List<Node> _nodes = [new(Parent: -1, Token: -1, Depth: 0)];
    private readonly Dictionary<(int Parent, int Token), int> _children = [];
    private readonly List<List<int>> _levels = [[0]];
    private readonly List<List<int>?> _childrenOf = [null];

    /// <summary>The number of nodes, the first one included.</summary>
    public int Count => _nodes.Count;

    /// <summary>The length of the longest sequence.</summary>
    public int Depth => _levels.Count - 1;

    /// <summary>Adds a sequence, as far as it is not there yet, and returns the node at its end.</summary>
    public int Add(ReadOnlySpan<int> tokens)
    {
        int node = 0;
        foreach (int token in tokens)
        {
            node = Next(node, token);
        }

        return node;
    }

    /// <summary>The nodes at the end of paths of so many tokens, in the order in which they came.</summary>
    /// <param name="depth">In [0, <see cref="Depth"/>].</param>
    public IReadOnlyList<int> Level(int depth) => _levels[depth];

    /// <summary>The nodes that are one token longer.</summary>
    public IReadOnlyList<int> Children(int node) => _childrenOf[node] is { } children ? children : [];

    /// <summary>The node one token shorter; -1 for the first.</summary>
    public int Parent(int node) => _nodes[node].Parent;

    /// <summary>The last token of the path; -1 for the first node.</summary>
    public int Token(int node) => _nodes[node].Token;

    /// <summary>The same sequences with other ids for their tokens; beginnings that become the same are one.</summary>
    /// <param name="ids">For each token of this tree the other id.</param>
    /// <param name="nodes">For each node of this tree the one that stands for it.</param>
    /// <exception cref="ArgumentException">A token of this tree has no other id.</exception>
    public TokenTree Map(IReadOnlyList<int> ids, out int[] nodes)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var mapped = new TokenTree();
        nodes = new int[Count];
        for (int node = 1; node < nodes.Length; node++)
        {
            int token = _nodes[node].Token;
            if ((uint)token >= (uint)ids.Count)
            {
                throw new ArgumentException($"A token must be from 0 to {ids.Count - 1}; found {token}.", nameof(ids));
            }

            nodes[node] = mapped.Next(nodes[_nodes[node].Parent], ids[token]);
        }

        return mapped;
    }

    /// <summary>One value a node, in the order of the path from the first token to a node.</summary>
    /// <param name="values">A value for each node.</param>
    /// <param name="node">Where the path ends.</param>
    public double[] Along(IReadOnlyList<double> values, int node)
    {
        ArgumentNullException.ThrowIfNull(values);
        var path = new double[_nodes[node].Depth];
        for (int place = path.Length - 1; place >= 0; place--)
        {
            path[place] = values[node];
            node = _nodes[node].Parent;
        }

        return path;
    }

    /// <summary>The node one token longer, which is added where it is not there yet.</summary>
    private int Next(int node, int token) => _children.TryGetValue((node, token), out int next) ? next : Append(node, token);

    private int Append(int parent, int token)
    {
        int node = _nodes.Count, depth = _nodes[parent].Depth + 1;
        _nodes.Add(new Node(parent, token, depth));
        _children.Add((parent, token), node);
        _childrenOf.Add(null);
        (_childrenOf[parent] ??= []).Add(node);
        if (depth == _levels.Count)
        {
            _levels.Add([]);
        }

        _levels[depth].Add(node);
        return node;
    }

    private readonly record struct Node(int Parent, int Token, int Depth);
}
