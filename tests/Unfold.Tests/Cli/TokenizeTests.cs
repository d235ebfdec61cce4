using System.Text;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Tests.Persistence;
using Unfold.Tests.Text;
using Unfold.Text;

namespace Unfold.Tests.Cli;

/// <summary>Texts cut into tokens by the command line.</summary>
public sealed class TokenizeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("char", "A <U+0020> c a t <U+0020> i s n ' t , <U+0020> 你 好\n\n<U+0020> < U + 0 0 2 0 > <U+0009> b\n")]
    [InlineData("word", "A cat isn't , 你 好\n\n< U + 0020 > b\n")]
    [InlineData("space", "A cat isn't, 你好\n\n<U+0020> b\n")]
    public void Each_line_has_spaces_between_its_tokens(string kind, string expected)
    {
        File.WriteAllText(_folder["text.txt"], "\uFEFFA cat isn't, 你好\r\n\r\n <U+0020>\tb");
        Said said = CommandLine.Run("tokenize", _folder["text.txt"], "--tokens", kind);
        Assert.Equal((0, expected, ""), (said.Code, said.Output, said.Error));
        Assert.Equal(said, CommandLine.RunWith(File.ReadAllBytes(_folder["text.txt"]), "tokenize", "-", "--tokens", kind));
    }

    [Fact]
    public void Chinese_words_come_from_the_library_and_from_the_dictionary()
    {
        Tokenizations.RequireIcu();
        File.WriteAllText(_folder["text.txt"], "我昨天上学迟到了，老师批评了");
        File.WriteAllText(_folder["words.txt"], "昨天上学 3\n");
        Assert.Equal("我 昨天 上学 迟到 了 ， 老师 批评 了\n", CommandLine.Run("tokenize", _folder["text.txt"], "--tokens", "segmented").Output);
        Assert.Equal("我 昨天上学 迟到 了 ， 老师 批评 了\n", CommandLine.Run("tokenize", _folder["text.txt"], "--tokens", "segmented", "--dictionary", _folder["words.txt"]).Output);
    }

    [Fact]
    public void Words_of_a_dictionary_that_are_not_looked_for_are_told()
    {
        Tokenizations.RequireIcu();
        File.WriteAllText(_folder["words.txt"], "C++语言 2\n昨天上学 3\n5G\n");
        Said said = CommandLine.RunWith("昨天上学"u8.ToArray(), "tokenize", "-", "--tokens", "segmented", "--dictionary", _folder["words.txt"]);
        Assert.Equal((0, "昨天上学\n", $"note: 2 words of {_folder["words.txt"]} are left out, the first of them C++语言: only words of ideographs or kana, and of letters and digits beside them, are looked for.\n"), (said.Code, said.Output, said.Error));
    }

    [Fact]
    public void Letters_are_lowered()
    {
        Assert.Equal("the cat\n", CommandLine.RunWith("The CAT"u8.ToArray(), "tokenize", "-", "--tokens", "word", "--lowercase").Output);
    }

    [Fact]
    public void What_is_written_counts_as_the_words_of_the_text()
    {
        string text = Grammar.CreateEmbedded().WriteText(new SeededRandom(3), 20_000);
        File.WriteAllText(_folder["text.txt"], text);
        File.WriteAllText(_folder["words.txt"], CommandLine.Run("tokenize", _folder["text.txt"], "--tokens", "word").Output);
        string[] Count(string file, string kind)
        {
            Said said = CommandLine.Run("ngram", "train", "--order", "3", "--text", _folder[file], "--tokens", kind, "--sentences", "--out", _folder[$"{kind}.arpa"]);
            Assert.True(said.Code == 0, said.Error);
            return [.. File.ReadLines(_folder[$"{kind}.arpa"]).Where(line => !line.StartsWith('#'))];
        }

        string[] words = Count("text.txt", "word");
        Assert.True(words.Length > 1000);
        Assert.Equal(words, Count("words.txt", "space"));
    }

    [Fact]
    public void Characters_that_other_readers_divide_at_come_back_as_they_were()
    {
        string text = string.Concat(Enumerable.Range(0x20, 0xD800 - 0x20).Concat(Enumerable.Range(0xE000, 0xFFFE - 0xE000)).Select(unit => (char)unit)) + "😀";
        Said written = CommandLine.RunWith(Encoding.UTF8.GetBytes(text), "tokenize", "-", "--tokens", "char");
        string[] tokens = [.. CommandLine.RunWith(Encoding.UTF8.GetBytes(written.Output), "tokenize", "-", "--tokens", "space", "--json").Json.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!)];
        var characters = new Tokenization(TokenKind.Character);
        Assert.Equal(text.EnumerateRunes().Select(rune => rune.ToString()), tokens.Select(token => SpacedTokens.Read(token, characters)));
    }

    [Fact]
    public void A_model_cuts_a_text_as_it_has_learned()
    {
        string[] lines = ["the cat sat on the mat", "a dog sat on a cat"];
        File.WriteAllText(_folder["train.txt"], string.Concat(Enumerable.Repeat(string.Join('\n', lines) + "\n", 20)));
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--tokens", "bpe", "--vocabulary", "300", "--text", _folder["train.txt"], "--out", _folder["subwords.bin"]).Code);
        Vocabulary vocabulary = NGramFile.Read(_folder["subwords.bin"], cancellation: TestContext.Current.CancellationToken).Vocabulary;
        Said said = CommandLine.RunWith("the cat; 猫"u8.ToArray(), "tokenize", "-", "--vocabulary-of", _folder["subwords.bin"]);
        string[] written = said.Output.TrimEnd('\n').Split(' ');
        Assert.Equal(vocabulary.CreateTokenizer().Split("the cat; 猫"), written.Select(token => SpacedTokens.Read(token, vocabulary.Tokenization)));
        Assert.Contains("<U+0020>cat", written);
        Assert.Contains("<0xE7>", written);
        Assert.Contains($"0 of {written.Length} subwords are not known to the model.", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_that_a_model_does_not_know_are_counted_and_have_the_number_0()
    {
        File.WriteAllText(_folder["train.txt"], "The cat sat\nthe dog sat\n");
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--tokens", "word", "--lowercase", "--text", _folder["train.txt"], "--out", _folder["words.arpa"]).Code);
        Vocabulary vocabulary = NGramFile.Read(_folder["words.arpa"], cancellation: TestContext.Current.CancellationToken).Vocabulary;
        Said said = CommandLine.RunWith("The Cow sat.\n\nDog"u8.ToArray(), "tokenize", "-", "--vocabulary-of", _folder["words.arpa"], "--json");
        Assert.Equal(
            [
                $$"""{"line":1,"tokens":["the","cow","sat","."],"ids":[{{vocabulary.IdOf("the")}},0,{{vocabulary.IdOf("sat")}},0]}""",
                """{"line":2,"tokens":[],"ids":[]}""",
                $$"""{"line":3,"tokens":["dog"],"ids":[{{vocabulary.IdOf("dog")}}]}""",
            ],
            said.Output.TrimEnd('\n').Split('\n'));
        Assert.Contains("2 of 5 words are not known to the model.", said.Error, StringComparison.Ordinal);
        Assert.Equal("""{"line":1,"tokens":["a","b"]}""", CommandLine.RunWith("a b"u8.ToArray(), "tokenize", "-", "--tokens", "space", "--json").Output.TrimEnd('\n'));
    }

    [Fact]
    public void A_line_is_answered_before_the_next_one_comes()
    {
        using CommandProcess process = CommandProcess.Start("tokenize", "-", "--tokens", "word");
        process.Say("one,");
        process.WaitForOutput();
        Assert.False(process.HasExited);
        process.Say("two");
        process.FallSilent();
        Assert.Equal(new Said(0, "one ,\ntwo\n", ""), process.End());
    }

    [Fact]
    public void What_cannot_be_meant_is_refused()
    {
        File.WriteAllText(_folder["text.txt"], "a b\nc </s> d\n");
        string text = _folder["text.txt"];
        CommandLine.Run("tokenize", "--tokens", "word").Refuses(2, "FILE is missing");
        CommandLine.Run("tokenize", "", "--tokens", "word").Refuses(2, "FILE wants a path", "an empty one");
        CommandLine.Run("tokenize", text).Refuses(2, "How the text is cut was not said", "--tokens", "--vocabulary-of");
        CommandLine.Run("tokenize", text, "--tokens", "bpe").Refuses(2, "--tokens bpe", "--vocabulary-of");
        CommandLine.Run("tokenize", text, "--tokens", "word", "--dictionary", text).Refuses(2, "--dictionary wants --tokens segmented");
        CommandLine.Run("tokenize", text, "--tokens", "word", "--vocabulary-of", text).Refuses(2, "--vocabulary-of", "--tokens");
        CommandLine.Run("tokenize", _folder["none.txt"], "--tokens", "word").Refuses(1, "none.txt", "does not exist");
        CommandLine.Run("tokenize", text, "--vocabulary-of", _folder["none"]).Refuses(1, "none");
        CommandLine.RunWith([0xFF, 0xFE, (byte)'a', 0], "tokenize", "-", "--tokens", "word").Refuses(1, "standard input is not UTF-8", "a UTF-16 byte order mark");
        File.WriteAllBytes(_folder["big.txt"], [0xFE, 0xFF, 0, (byte)'a']);
        CommandLine.Run("tokenize", _folder["big.txt"], "--tokens", "word").Refuses(1, "big.txt is not UTF-8", "a UTF-16 byte order mark");
        Said said = CommandLine.Run("tokenize", text, "--tokens", "space");
        Assert.Equal((1, "a b\n"), (said.Code, said.Output));
        Assert.Contains("Line 2", said.Error, StringComparison.Ordinal);
        Assert.Contains("</s>", said.Error, StringComparison.Ordinal);
    }
}
