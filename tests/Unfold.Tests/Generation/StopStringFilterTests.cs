using System.Text;
using Unfold.Generation;
using Unfold.Numerics;

namespace Unfold.Tests.Generation;

public sealed class StopStringFilterTests
{
    [Theory]
    [InlineData("aaab|ccc", "aab", "a", "aab")]
    [InlineData("a|a|a|b|c", "aab", "a", "aab")]
    [InlineData("one\n|\ntwo", "\n\n", "one", "\n\n")]
    [InlineData("老师批|评了我。明天", "。", "老师批评了我", "。")]
    [InlineData("no stop here", "xyz", "no stop here", null)]
    [InlineData("ends with a part: xy", "xyz", "ends with a part: xy", null)]
    [InlineData("xyz", "xyz", "", "xyz")]
    [InlineData("abcabd|x", "abcabd", "", "abcabd")]
    [InlineData("😁|😀", "😀", "😁", "😀")]
    public void Cuts_the_text_before_the_stop_string(string pieces, string stop, string expected, string? found)
    {
        var filter = new StopStringFilter(stop);
        Assert.Equal(expected, Run(filter, pieces.Split('|')));
        Assert.Equal(found, filter.Found);
    }

    [Fact]
    public void Text_comes_out_as_soon_as_it_can_be_no_part_of_a_stop_string()
    {
        var filter = new StopStringFilter("END", "EXIT");
        Assert.Equal("abc", filter.Push("abcE"));
        Assert.Equal("", filter.Push("N"));
        Assert.Equal("EN", filter.Push("E"));
        Assert.Equal("", filter.Push("XI"));
        Assert.Equal("EXI", filter.Push("E"));
        Assert.Equal("Eq", filter.Push("q"));
        Assert.Equal("r", filter.Push("rEXI"));
        Assert.Equal("EXI", filter.Flush());
        Assert.Null(filter.Found);

        // After a flush the old part does not count any more.
        Assert.Equal("T", filter.Push("T"));
        Assert.Equal("z", filter.Push("zEND more"));
        Assert.Equal("END", filter.Found);
        Assert.Equal("", filter.Push("more"));
        Assert.Equal("", filter.Flush());
    }

    [Fact]
    public void The_stop_that_ends_first_wins_and_then_the_longest()
    {
        var first = new StopStringFilter("abcd", "bc");
        Assert.Equal("xa", Run(first, ["xabcd"]));
        Assert.Equal("bc", first.Found);
        var longest = new StopStringFilter("c", "abc", "bc");
        Assert.Equal("x", Run(longest, ["xab", "c"]));
        Assert.Equal("abc", longest.Found);
    }

    [Fact]
    public void Without_stop_strings_everything_passes_at_once()
    {
        var filter = new StopStringFilter();
        Assert.Equal("abc", filter.Push("abc"));
        Assert.Equal("", filter.Flush());
    }

    [Fact]
    public void However_the_text_is_cut_the_result_is_that_of_a_search_in_the_whole()
    {
        var random = new SeededRandom(23);
        int stopped = 0;
        const int rounds = 20_000;
        for (int round = 0; round < rounds; round++)
        {
            string[] stops = [.. Enumerable.Range(0, random.NextInt32(4)).Select(_ => Letters(random, 1 + random.NextInt32(5)))];
            string text = Letters(random, random.NextInt32(25));
            (string expected, string? found) = Naive(text, stops);
            var filter = new StopStringFilter(stops);
            var pieces = new List<string>();
            for (int at = 0; at < text.Length;)
            {
                int length = Math.Min(random.NextInt32(5), text.Length - at);
                pieces.Add(text.Substring(at, length));
                at += length;
            }

            Assert.Equal(expected, Run(filter, pieces));
            Assert.Equal(found, filter.Found);
            stopped += found is null ? 0 : 1;
        }

        Assert.InRange(stopped, rounds / 4, rounds * 3 / 4);
    }

    [Fact]
    public void What_is_held_back_is_never_more_than_needed()
    {
        var random = new SeededRandom(29);
        for (int round = 0; round < 3000; round++)
        {
            string[] stops = [.. Enumerable.Range(0, 1 + random.NextInt32(3)).Select(_ => Letters(random, 2 + random.NextInt32(4)))];
            var filter = new StopStringFilter(stops);
            string text = Letters(random, 20);
            var shown = new StringBuilder();
            for (int i = 0; i < text.Length && filter.Found is null; i++)
            {
                shown.Append(filter.Push(text.AsSpan(i, 1)));
                string soFar = text[..(i + 1)];
                if (filter.Found is null)
                {
                    int needed = Enumerable.Range(0, soFar.Length + 1).First(start => stops.Any(stop => stop.StartsWith(soFar[start..], StringComparison.Ordinal)));
                    Assert.Equal(soFar[..needed], shown.ToString());
                }
            }
        }
    }

    [Fact]
    public void Refuses_stop_strings_that_are_empty_or_half_a_character()
    {
        Assert.Throws<UnfoldException>(() => new StopStringFilter("a", ""));
        Assert.Throws<UnfoldException>(() => new StopStringFilter("\uDE00"));
        Assert.Throws<UnfoldException>(() => new StopStringFilter("a\uD83D"));
    }

    private static string Run(StopStringFilter filter, IEnumerable<string> pieces)
    {
        var shown = new StringBuilder();
        foreach (string piece in pieces)
        {
            shown.Append(filter.Push(piece));
        }

        return shown.Append(filter.Flush()).ToString();
    }

    private static (string Shown, string? Found) Naive(string text, string[] stops)
    {
        for (int end = 1; end <= text.Length; end++)
        {
            string? found = stops.Where(stop => text[..end].EndsWith(stop, StringComparison.Ordinal)).MaxBy(stop => stop.Length);
            if (found is not null)
            {
                return (text[..(end - found.Length)], found);
            }
        }

        return (text, null);
    }

    private static string Letters(SeededRandom random, int count) => string.Concat(Enumerable.Range(0, count).Select(_ => (char)('a' + random.NextInt32(2 + (count % 2)))));
}
