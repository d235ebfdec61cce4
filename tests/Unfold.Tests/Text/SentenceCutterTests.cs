using Unfold.Text;

namespace Unfold.Tests.Text;

/// <summary>Running text, a sentence at a time.</summary>
public sealed class SentenceCutterTests
{
    public SentenceCutterTests() => Tokenizations.RequireIcu();

    [Fact]
    public void Sentences_end_where_their_marks_stand()
    {
        var cutter = new SentenceCutter();
        Assert.Equal(["He paid 3.50 at 5 p.m. for it.", "Was it dear?", "“No!”"], cutter.Cut("  He paid 3.50 at 5 p.m. for it.  Was it dear? “No!” "));
        Assert.Equal(["他说：“你好。”", "她笑了！", "怎么办"], cutter.Cut("他说：“你好。”她笑了！怎么办"));
        Assert.Equal(["One"], cutter.Cut("One"));
        Assert.Empty(cutter.Cut(" \t\u3000"));
        Assert.Empty(cutter.Cut(""));
    }

    [Theory]
    [InlineData("Mr. Smith came.")]
    [InlineData("He met (Dr. No) and St. John F. Kennedy.")]
    [InlineData("Animals, e.g. Cats, sleep.")]
    [InlineData("See Fig. Two")]
    [InlineData("We saw Dr.")]
    public void An_abbreviation_that_seldom_ends_a_sentence_does_not(string sentence) => Assert.Equal([sentence], new SentenceCutter().Cut(sentence));

    [Fact]
    public void Short_words_end_sentences() =>
        Assert.Equal(["It is OK.", "So did I.", "I said go.", "Oh Joe.", "He left."], new SentenceCutter().Cut("It is OK. So did I. I said go. Oh Joe. He left."));

    [Fact]
    public void A_text_of_any_length_is_cut_whole_and_a_short_one_after_it_for_itself()
    {
        var cutter = new SentenceCutter();
        string[] many = [.. Enumerable.Range(0, 20_000).Select(number => $"Cat {number} sat.")];
        Assert.Equal(many, cutter.Cut(string.Join(' ', many)));
        Assert.Equal(["Go.", "B"], cutter.Cut("Go. B"));
    }

    [Fact]
    public void Wrapped_lines_are_joined_up_to_a_blank_one()
    {
        string[] lines = ["", "A cat ", "  sat.", "He", "", " ", "我的手机", "坏了，a", "😀", "怎么办", "b"];
        Assert.Equal(["A cat sat. He", "我的手机坏了，a 😀怎么办b"], SentenceCutter.Paragraphs(lines, "x"));
        Assert.Empty(SentenceCutter.Paragraphs(["", " "], "x"));
    }

    [Fact]
    public void A_paragraph_without_an_end_is_refused()
    {
        IEnumerable<string> lines = Enumerable.Repeat(new string('a', 1 << 20), 17);
        Assert.StartsWith("The text x has a paragraph that is too long: the one that goes on in line 16 has more than 16,777,216 characters", Assert.Throws<UnfoldException>(() => SentenceCutter.Paragraphs(lines, "x").Count()).Message, StringComparison.Ordinal);
    }
}
