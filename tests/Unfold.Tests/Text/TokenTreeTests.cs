using Unfold.Text;

namespace Unfold.Tests.Text;

public sealed class TokenTreeTests
{
    [Fact]
    public void Sequences_share_their_beginnings()
    {
        var tree = new TokenTree();
        int abc = tree.Add([5, 6, 7]);
        int abd = tree.Add([5, 6, 8]);
        int ab = tree.Add([5, 6]);
        int x = tree.Add([9]);

        Assert.Equal(6, tree.Count);
        Assert.Equal(3, tree.Depth);
        Assert.Equal(abc, tree.Add([5, 6, 7]));
        Assert.Equal(0, tree.Add([]));
        Assert.Equal(ab, tree.Parent(abc));
        Assert.Equal(ab, tree.Parent(abd));
        Assert.Equal([abc, abd], tree.Children(ab));
        Assert.Equal([tree.Parent(ab), x], tree.Level(1));
        Assert.Equal([8], [tree.Token(abd)]);
        Assert.Empty(tree.Children(x));
    }

    [Fact]
    public void Values_lie_along_the_path_in_the_order_of_its_tokens()
    {
        var tree = new TokenTree();
        tree.Add([1, 2]);
        int end = tree.Add([1, 3, 4]);
        double[] values = [.. Enumerable.Range(0, tree.Count).Select(node => (double)tree.Token(node))];

        Assert.Equal([1, 3, 4], tree.Along(values, end));
        Assert.Empty(tree.Along(values, 0));
    }
}
