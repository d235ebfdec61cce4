using System.Text;
using Unfold.Text;

namespace Unfold.Tests.Text;

public class TokenizerTests
{
    public static TheoryData<string, string[]> WordRows => new()
    {
        { "The cat's 3.14, e.g. 1,000!", ["The", "cat's", "3.14", ",", "e.g", ".", "1,000", "!"] },
        { "我昨天上学迟到了，老师批评了我", ["我", "昨", "天", "上", "学", "迟", "到", "了", "，", "老", "师", "批", "评", "了", "我"] },
        { "a\r\nb\rc\n\nd", ["a", "\n", "b", "\n", "c", "\n", "\n", "d"] },
        { "l\u2019e\u0301te\u0301 na\u0308h", ["l\u2019e\u0301te\u0301", "na\u0308h"] },
        { "x_y 3D a.", ["x_y", "3D", "a", "."] },
        { "dogs' 5. '", ["dogs", "'", "5", ".", "'"] },
        { "one--two \"hi\"", ["one", "-", "-", "two", "\"", "hi", "\""] },
        { "👩\u200D🚀👍🏽🇨🇳🇩🇪😀😀", ["👩\u200D🚀", "👍🏽", "🇨🇳", "🇩🇪", "😀", "😀"] },
        { "カラです か\u3099", ["カ", "ラ", "で", "す", "か\u3099"] },
        { "русский 한국어 ไทย", ["русский", "한국어", "ไทย"] },
        { "\uFEFFa\u00A0b\t c\u3000d", ["a", "b", "c", "d"] },
        { "a.'b", ["a", ".", "'", "b"] },
        { "𠮷野家", ["𠮷", "野", "家"] },
        { "\u0301a", ["\u0301", "a"] },
        { "x2.5a.3", ["x2.5a", ".", "3"] },
    };

    [Theory]
    [MemberData(nameof(WordRows))]
    public void Words_follow_the_boundary_rules(string text, string[] expected) =>
        Assert.Equal(expected, new WordTokenizer(LetterCase.Kept).Split(text));

    [Fact]
    public void Characters_are_scalar_values()
    {
        Assert.Equal(["a", "\u0301", "😀", "我", "\n", "\n", "\n", "b"], new CharacterTokenizer(LetterCase.Kept).Split("\uFEFFa\u0301😀我\r\n\r\n\rb"));
        Assert.Equal(["\uFFFD", "x", "\uFFFD", "😀", "\uFFFD"], new CharacterTokenizer(LetterCase.Kept).Split("\uDC00x\uD83D😀\uD83D"));
        Assert.Equal(["a", "\uFEFF", "b"], new CharacterTokenizer(LetterCase.Kept).Split("a\uFEFFb"));
    }

    [Fact]
    public void Letters_are_lowered_one_to_one()
    {
        Assert.Equal(["é", "ß", "σ", "𐐨", "我", "i"], new CharacterTokenizer(LetterCase.Lowered).Split("Éßσ𐐀我I"));
        Assert.Equal(["hello", "world"], new WordTokenizer(LetterCase.Lowered).Split("HELLO World"));
    }

    [Theory]
    [InlineData(TokenKind.Character)]
    [InlineData(TokenKind.Word)]
    [InlineData(TokenKind.Space)]
    [InlineData(TokenKind.BytePair)]
    [InlineData(TokenKind.Segmented)]
    public void Tokens_do_not_depend_on_where_the_text_was_cut(TokenKind kind)
    {
        const string Text = "\uFEFFThe cat's\r\n\r3.14 l\u2019e\u0301t 👩\u200D🚀👍🏽🇨🇳x 我昨天,a.b.\uD83D\r\n\uDC00end 1,000's \uD83D";
        Tokenizer tokenizer = Tokenizations.Of(kind, Text, LetterCase.Lowered).CreateTokenizer();
        IReadOnlyList<string> whole = tokenizer.Split(Text);
        Assert.True(whole.Count > 10);
        for (int size = 1; size <= Text.Length; size++)
        {
            List<string> pieces = [];
            TokenSink sink = token => pieces.Add(token.ToString());
            for (int start = 0; start < Text.Length; start += size)
            {
                tokenizer.Push(Text.AsSpan(start, Math.Min(size, Text.Length - start)), sink);
            }

            tokenizer.Flush(sink);
            Assert.Equal(whole, pieces);
        }
    }

    [Fact]
    public void An_endless_word_is_cut_but_nothing_is_lost()
    {
        string text = string.Concat(Enumerable.Repeat("ab1😀e\u0301", 3)) + new string('q', 1000) + string.Concat(Enumerable.Repeat("\u0301", 1001)) + string.Concat(Enumerable.Repeat("a.", 700)) + "z";
        IReadOnlyList<string> tokens = new WordTokenizer(LetterCase.Kept).Split(text);
        Assert.Equal(text, string.Concat(tokens));
        Assert.All(tokens, token => Assert.InRange(token.Length, 1, WordTokenizer.MaximumTokenLength));
        Assert.All(tokens, token => Assert.True(Rune.IsValid(char.ConvertToUtf32(token, 0))));
    }

    [Theory]
    [InlineData("He said, \"I can't,\" and (quietly) left.\nA well-known man; 50% of $3.14!")]
    [InlineData("我昨天上学迟到了，老师批评了我。\n她说：“好吧”！")]
    [InlineData("\u201CWho?\u201D she asked\u2014and\u2019s gone\u2026")]
    [InlineData("我用windows写字\n\nthe end")]
    public void Printed_text_comes_back_from_words(string text) =>
        Assert.Equal(text, new Tokenization(TokenKind.Word).CreateJoiner().Join(new WordTokenizer(LetterCase.Kept).Split(text)));
}
