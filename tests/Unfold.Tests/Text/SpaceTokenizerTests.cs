using Unfold.Text;

namespace Unfold.Tests.Text;

public sealed class SpaceTokenizerTests
{
    public static TheoryData<string, string[]> Rows => new()
    {
        { " no it was n't black monday \n", ["no", "it", "was", "n't", "black", "monday", "\n"] },
        { "a\t<unk>\u00A0N\u3000我们 ,\r\n\r\nb", ["a", "<unk>", "N", "我们", ",", "\n", "\n", "b"] },
        { "\uFEFF 👩\u200D🚀x e\u0301", ["👩\u200D🚀x", "e\u0301"] },
        { " \t ", [] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Only_white_space_divides(string text, string[] expected) => Assert.Equal(expected, new SpaceTokenizer(LetterCase.Kept).Split(text));

    [Fact]
    public void Tokens_come_back_with_one_space_between()
    {
        var tokenization = new Tokenization(TokenKind.Space);
        Assert.Equal("a b\n\nc", tokenization.CreateJoiner().Join(tokenization.CreateTokenizer().Split(" a  b \n \n c ")));
    }

    [Fact]
    public void An_endless_token_is_cut_but_nothing_is_lost()
    {
        string text = "x" + string.Concat(Enumerable.Repeat("😀", 500));
        IReadOnlyList<string> tokens = new SpaceTokenizer(LetterCase.Kept).Split(text);
        Assert.Equal(text, string.Concat(tokens));
        Assert.All(tokens, token => Assert.InRange(token.Length, 1, Tokenizer.MaximumTokenLength));
    }

    [Theory]
    [InlineData("a <s> b")]
    [InlineData("a b </s>")]
    public void The_marks_of_a_sentence_are_no_words(string text) =>
        Assert.Contains("and is no word", Assert.ThrowsAny<UnfoldException>(() => new SpaceTokenizer(LetterCase.Kept).Split(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_unknown_word_of_a_text_is_the_unknown_symbol()
    {
        Corpus corpus = Corpus.Load(TextSource.FromString("a <unk> a b <unk> <unk>"), new CorpusOptions { Kind = TokenKind.Space }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(2, corpus.Vocabulary.SymbolCount);
        Assert.Equal(3, corpus.UnknownTokens);
        Assert.Equal([3, 0, 3, 4, 0, 0], corpus.Vocabulary.Encode("a <unk> a b <unk> c"));
    }
}
