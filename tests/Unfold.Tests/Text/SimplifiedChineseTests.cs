using Unfold.Text;

namespace Unfold.Tests.Text;

/// <summary>Traditional characters written simplified, by the rules of the system's ICU library.</summary>
public sealed class SimplifiedChineseTests
{
    public SimplifiedChineseTests() => Tokenizations.RequireSimplifiedChinese();

    [Theory]
    [InlineData("我的手機壞了，我打算買一部新手機。", "我的手机坏了，我打算买一部新手机。")]
    [InlineData("我的手机坏了。", "我的手机坏了。")]
    [InlineData("A cat, 猫 & 貓: 😀\r\n", "A cat, 猫 & 猫: 😀\r\n")]
    [InlineData("「貓」『貓』“貓”", "「猫」『猫』“猫”")]
    [InlineData("著名，看著", "著名，看着")]
    [InlineData("", "")]
    public void Traditional_characters_become_simplified_ones_and_nothing_else_changes(string text, string wanted)
    {
        using SimplifiedChinese simplified = new();
        Assert.Equal(wanted, simplified.Of(text));
    }

    [Fact]
    public void Texts_of_any_length_and_in_any_order_are_simplified()
    {
        using SimplifiedChinese simplified = new();
        foreach (int length in (int[])[100_000, 1, 5_000, 0])
        {
            Assert.Equal(new string('买', length), simplified.Of(new string('買', length)));
        }
    }

    [Fact]
    public void A_system_without_the_library_or_the_rules_is_told_what_to_do()
    {
        string none = Assert.Throws<UnfoldException>(() => IcuTransliterator.Open(["libnothing-of-that-name.so.1"], "Traditional-Simplified", "What is asked", "do without")).Message;
        Assert.StartsWith("What is asked comes from the ICU library, and none was found", none, StringComparison.Ordinal);
        Assert.EndsWith("or do without.", none, StringComparison.Ordinal);
        Tokenizations.RequireIcu();
        string unknown = Assert.Throws<UnfoldException>(() => IcuTransliterator.Open(IcuTransliterator.Names, "No-Such-Rules", "What is asked", "do without")).Message;
        Assert.StartsWith("What is asked is not known to the ICU library", unknown, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_closed_is_refused()
    {
        SimplifiedChinese simplified = new();
        simplified.Dispose();
        simplified.Dispose();
        Assert.Throws<ObjectDisposedException>(() => simplified.Of("買"));
    }
}
