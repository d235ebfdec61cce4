using Unfold.Experiments.Data;

namespace Unfold.Tests.Experiments.Data;

public sealed class WordColumnTests
{
    [Fact]
    public void Words_are_lowered_and_cut_at_both_ends()
    {
        string[] words = ["Rockwell", "of", "U.S."];
        Assert.Equal(["rockwell", "of", "u.s."], WordColumns.Lower(words));
        Assert.Equal(["roc", "of", "u.s"], WordColumns.Prefixes(words, 3));
        Assert.Equal(["ll", "of", "s."], WordColumns.Suffixes(words, 2));
    }

    [Theory]
    [InlineData("NASA", "AA")]
    [InlineData("I", "AA")]
    [InlineData("Paris", "Aa")]
    [InlineData("1,234.5", "0")]
    [InlineData("12th", "a0")]
    [InlineData("mid-1990s", "a0")]
    [InlineData("well-known", "a-a")]
    [InlineData("word", "a")]
    [InlineData("'s", "a")]
    [InlineData("?", ".")]
    [InlineData("--", ".")]
    public void A_shape_tells_capitals_digits_hyphens_and_marks(string word, string shape) => Assert.Equal([shape], WordColumns.Shapes([word]));
}
