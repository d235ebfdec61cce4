using Unfold.Numerics;
using Unfold.Rescoring;

namespace Unfold.Tests.Rescoring;

public sealed class EditDistanceTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("flaw", "lawn", 2)]
    [InlineData("abab", "baba", 2)]
    public void Known_distances(string reference, string hypothesis, int distance) =>
        Assert.Equal(distance, EditDistance.Between<char>(reference, hypothesis));

    [Fact]
    public void It_is_what_trying_everything_finds()
    {
        var random = new SeededRandom(11);
        for (int trial = 0; trial < 200; trial++)
        {
            int[] one = Draw(random), other = Draw(random);
            Assert.Equal(Naive(one, other), EditDistance.Between<int>(one, other));
        }
    }

    [Fact]
    public void Words_are_divided_by_white_space_and_characters_are_whole()
    {
        Assert.Equal(new ErrorCount(1, 3), ErrorCount.Of(" a  b\tc ", "a x c", ErrorMeasure.Words));
        Assert.Equal(new ErrorCount(1, 5), ErrorCount.Of(" a  b\tc ", "a x c", ErrorMeasure.Characters));
        Assert.Equal(new ErrorCount(1, 2), ErrorCount.Of("😀你", "😁你", ErrorMeasure.Characters));
        Assert.Equal(new ErrorCount(2, 0), ErrorCount.Of("", "a b", ErrorMeasure.Words));
    }

    private static int[] Draw(SeededRandom random) => [.. Enumerable.Range(0, random.NextInt32(6)).Select(_ => random.NextInt32(3))];

    private static int Naive(ReadOnlySpan<int> one, ReadOnlySpan<int> other)
    {
        if (one.IsEmpty || other.IsEmpty)
        {
            return one.Length + other.Length;
        }

        int replaced = Naive(one[1..], other[1..]) + (one[0] == other[0] ? 0 : 1);
        return Math.Min(replaced, Math.Min(Naive(one[1..], other), Naive(one, other[1..])) + 1);
    }
}
