using Unfold.Numerics;
using Unfold.Rescoring;

namespace Unfold.Tests.Rescoring;

public sealed class EditDistanceTests
{
    [Theory]
    [InlineData("", "", 0, 0, 0)]
    [InlineData("abc", "", 0, 3, 0)]
    [InlineData("", "abc", 0, 0, 3)]
    [InlineData("kitten", "sitting", 2, 0, 1)]
    [InlineData("flaw", "lawn", 0, 1, 1)]
    [InlineData("abab", "baba", 0, 1, 1)]
    [InlineData("abcd", "axc", 1, 1, 0)]
    public void Known_edits(string reference, string hypothesis, int substitutions, int deletions, int insertions)
    {
        Edits edits = EditDistance.Between<char>(reference, hypothesis);
        Assert.Equal(new Edits(substitutions, deletions, insertions), edits);
        Assert.Equal(substitutions + deletions + insertions, edits.Count);
    }

    [Fact]
    public void They_are_what_trying_everything_finds()
    {
        var random = new SeededRandom(11);
        for (int trial = 0; trial < 400; trial++)
        {
            int[] one = Draw(random), other = Draw(random);
            Assert.Equal(Naive(one, other), EditDistance.Between<int>(one, other));
        }
    }

    [Fact]
    public void Words_are_divided_by_white_space_and_characters_are_whole()
    {
        Assert.Equal(new ErrorCount(new Edits(1, 0, 0), 3), ErrorCount.Of(" a  b\tc ", "a x c", ErrorMeasure.Words));
        Assert.Equal(new ErrorCount(new Edits(1, 0, 0), 5), ErrorCount.Of(" a  b\tc ", "a x c", ErrorMeasure.Characters));
        Assert.Equal(new ErrorCount(new Edits(1, 0, 0), 2), ErrorCount.Of("😀你", "😁你", ErrorMeasure.Characters));
        Assert.Equal(new ErrorCount(new Edits(1, 0, 0), 9), ErrorCount.Of("我想买 a b 手机。", " 我 想 买 a c 手机 。", ErrorMeasure.Characters));
        Assert.Equal(new ErrorCount(new Edits(0, 1, 0), 6), ErrorCount.Of("한국 말 a", "한국 말a", ErrorMeasure.Characters));
        Assert.Equal(new ErrorCount(new Edits(0, 0, 2), 0), ErrorCount.Of("", "a b", ErrorMeasure.Words));
    }

    private static int[] Draw(SeededRandom random) => [.. Enumerable.Range(0, random.NextInt32(6)).Select(_ => random.NextInt32(3))];

    private static Edits Naive(ReadOnlySpan<int> one, ReadOnlySpan<int> other)
    {
        if (one.IsEmpty || other.IsEmpty)
        {
            return new Edits(0, one.Length, other.Length);
        }

        Edits replaced = Naive(one[1..], other[1..]), deleted = Naive(one[1..], other), inserted = Naive(one, other[1..]);
        Edits[] ways =
        [
            replaced with { Substitutions = replaced.Substitutions + (one[0] == other[0] ? 0 : 1) },
            deleted with { Deletions = deleted.Deletions + 1 },
            inserted with { Insertions = inserted.Insertions + 1 },
        ];
        return ways.OrderBy(way => way.Count).ThenBy(way => way.Substitutions).First();
    }
}
