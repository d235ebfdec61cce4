using System.Text;
using Unfold.Text;

namespace Unfold.Tests.Text;

public sealed class VocabularyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("unfold-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Vocabulary Of(string text, TokenKind kind = TokenKind.Character, LetterCase letterCase = LetterCase.Kept, int maximum = int.MaxValue, long minimum = 1)
    {
        Tokenization tokenization = new(kind) { LetterCase = letterCase };
        VocabularyBuilder builder = new(tokenization);
        Tokenizer tokenizer = tokenization.CreateTokenizer();
        tokenizer.Push(text, builder.Add);
        tokenizer.Flush(builder.Add);
        return builder.Build(maximum, minimum);
    }

    private static IEnumerable<string> Symbols(Vocabulary vocabulary) => Enumerable.Range(0, vocabulary.Count).Select(id => vocabulary[id]);

    [Fact]
    public void Half_a_character_is_no_symbol()
    {
        foreach (string bad in (string[])["\uD83D", "a\uDE00b", "ok\uD83D"])
        {
            string message = Assert.Throws<UnfoldException>(() => new Vocabulary(TokenKind.Word, LetterCase.Kept, ["fine", "\uD83D\uDE00", bad])).Message;
            Assert.Contains("symbol 5 holds half a character", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("new york")]
    [InlineData("new\tyork")]
    [InlineData("new\nyork")]
    public void White_space_that_divides_is_in_no_symbol(string bad)
    {
        string message = Assert.Throws<UnfoldException>(() => new Vocabulary(TokenKind.Space, LetterCase.Kept, ["fine", "\n", bad])).Message;
        Assert.Contains("symbol 5", message, StringComparison.Ordinal);
        Assert.Contains("white space", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Frequent_symbols_come_first_and_ties_in_ordinal_order()
    {
        Assert.Equal(["<unk>", "<s>", "</s>", "b", "我", "😀", "a", "c"], Symbols(Of("a😀b我c😀b我b")));
        Vocabulary cut = Of("a😀b我c😀b我b", maximum: 2);
        Assert.Equal((5, 2), (cut.Count, cut.SymbolCount));
        Assert.Equal([3, 0, 4], cut.Encode("b😀我"));
        Assert.Equal(["<unk>", "<s>", "</s>", "b", "我", "😀"], Symbols(Of("a😀b我c😀b我b", minimum: 2)));
    }

    [Fact]
    public void Characters_round_trip()
    {
        const string Text = "Hello, 我昨天上学迟到了 😀e\u0301\n\tx\u0001ü";
        Vocabulary vocabulary = Of(Text);
        int[] ids = vocabulary.Encode(Text);
        Assert.All(ids, id => Assert.False(Vocabulary.IsSpecial(id)));
        Assert.Equal(Text, vocabulary.Decode(ids));
        Assert.Equal("H\uFFFD", vocabulary.Decode([vocabulary.IdOf("H"), Vocabulary.UnknownId, Vocabulary.BeginId, Vocabulary.EndId]));
        Assert.Equal(Vocabulary.UnknownId, vocabulary.IdOf("Q"));
        Assert.Equal(Vocabulary.UnknownId, vocabulary.IdOf("\uFFFF"));
        Assert.Equal(Vocabulary.UnknownId, vocabulary.IdOf("😁"));
    }

    [Fact]
    public void One_symbol_is_a_vocabulary()
    {
        Vocabulary one = Of("aaaa");
        Assert.Equal((4, 1), (one.Count, one.SymbolCount));
        Assert.Equal([3, 3, 0], one.Encode("aab"));
    }

    [Theory]
    [InlineData(TokenKind.Character, LetterCase.Kept)]
    [InlineData(TokenKind.Word, LetterCase.Lowered)]
    [InlineData(TokenKind.Space, LetterCase.Kept)]
    public void A_saved_table_comes_back(TokenKind kind, LetterCase letterCase)
    {
        Vocabulary saved = Of("Quote \" back\\slash \n 我 😀 e\u0301 <b>", kind, letterCase);
        string path = Path.Combine(_folder, "vocabulary.json");
        Unfold.Persistence.AtomicFile.Write(path, saved.Write);
        Unfold.Persistence.AtomicFile.Write(path, saved.Write);
        Vocabulary loaded = Vocabulary.Load(path);
        Assert.Equal((kind, letterCase), (loaded.Kind, loaded.LetterCase));
        Assert.Equal(Symbols(saved), Symbols(loaded));
        Assert.Contains("我", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_table_of_sentences_comes_back_and_one_of_the_first_version_is_running_text()
    {
        string path = Path.Combine(_folder, "vocabulary.json");
        Unfold.Persistence.AtomicFile.Write(path, new Vocabulary(new Tokenization(TokenKind.Space) { Mode = TextMode.Sentences }, ["a"]).Write);
        Assert.Equal([3, 2], Vocabulary.Load(path).Encode("a"));
        File.WriteAllText(path, Body());
        Assert.Equal((TokenKind.Character, TextMode.Running), (Vocabulary.Load(path).Kind, Vocabulary.Load(path).Mode));
    }

    [Fact]
    public void A_huge_table_comes_back()
    {
        Vocabulary saved = new(TokenKind.Word, LetterCase.Kept, Enumerable.Range(0, 200_000).Select(i => $"w{i}"));
        string path = Path.Combine(_folder, "huge.json");
        Unfold.Persistence.AtomicFile.Write(path, saved.Write);
        Vocabulary loaded = Vocabulary.Load(path);
        Assert.Equal(200_003, loaded.Count);
        Assert.Equal(123_456 + 3, loaded.IdOf("w123456"));
    }

    [Fact]
    public void Rare_words_are_forgotten_when_there_are_too_many()
    {
        VocabularyBuilder builder = new(new Tokenization(TokenKind.Word), maximumDistinct: 100);
        for (int i = 0; i < 10_000; i++)
        {
            builder.Add($"rare{i}");
            builder.Add("often");
            builder.Add($"some{i % 7}");
        }

        Vocabulary vocabulary = builder.Build();
        Assert.Equal(30_000, builder.TokenCount);
        Assert.InRange(vocabulary.SymbolCount, 8, 101);
        Assert.Equal("often", vocabulary[3]);
        Assert.All(Enumerable.Range(0, 7), i => Assert.NotEqual(0, vocabulary.IdOf($"some{i}")));
    }

    public static TheoryData<string, string> BadFiles => new()
    {
        { "", "damaged: it wanted to be JSON" },
        { "{\"format\":", "damaged: it wanted to be JSON" },
        { "[]", "is not a vocabulary of Unfold" },
        { "{\"format\":\"other\",\"version\":1}", "is not a vocabulary of Unfold" },
        { "{\"format\":3}", "is not a vocabulary of Unfold" },
        { "{\"format\":\"unfold-vocabulary\"}", "wanted a property \"version\"" },
        { Body(version: "3"), "newer Unfold" },
        { Body(version: "2"), "true or false for \"sentences\"" },
        { Body(version: "2,\"sentences\":true", symbols: "[\"\\n\"]"), "line feed" },
        { Pairs("7", "[\"a\",\"b\",\"ab\"]"), "\"merges\" that is a JSON array" },
        { Pairs("[\"a\",\"b\",\"a\"]", "[\"a\",\"b\",\"ab\"]"), "3 parts of merges" },
        { Pairs("[\"a\",\"c\"]", "[\"a\",\"b\",\"ac\"]"), "cannot merge \"a\" and \"c\" as its merge 0" },
        { Pairs("[\"a\",\"b\",\"a\",\"b\"]", "[\"a\",\"b\",\"ab\",\"x\"]"), "as its merge 1" },
        { Pairs("[\"a\",\"b\"]", "[\"a\",\"b\",\"ba\"]"), "not those of its table" },
        { Pairs("[]", "[\"a\",\"bc\"]"), "symbol 1 is \"bc\"" },
        { Pairs("[]", "[\"a\",\"a\"]"), "symbol 1 is \"a\"" },
        { Body(version: "2,\"sentences\":false,\"merges\":[]", tokens: "\"bpe\"", symbols: "[\"a\"]"), "0 parts of merges and 1 symbols" },
        { Words("7"), "\"dictionary\" that is a JSON object" },
        { Words("{\"我\":1.5}"), "wanted a whole number" },
        { Words("{\"我\":0}"), "seen 0 times" },
        { Words("{\"我\":1,\"我\":2}"), "twice" },
        { Words("{\"ab\":1}"), "only words of ideographs or kana, and of letters and digits beside them" },
        { Body(version: "2,\"sentences\":false,\"sentences\":true"), "twice" },
        { Body(version: "0"), "version 0" },
        { Body(version: "1.5"), "no whole number" },
        { Body(version: "99999999999"), "no whole number" },
        { Body(tokens: "\"syllable\""), "\"syllable\"" },
        { Body(lowercase: "1"), "true or false" },
        { Body(special: "[\"<unk>\",\"<s>\"]"), "special symbols [<unk>, <s>]" },
        { Body(special: "[\"<s>\",\"<unk>\",\"</s>\"]"), "special symbols" },
        { Body(symbols: "[\"a\",\"b\",\"a\"]"), "twice, as 3 and 5" },
        { Body(symbols: "[\"a\",7]"), "item 1 of \"symbols\"" },
        { Body(symbols: "[\"\"]"), "symbol 3 is empty" },
        { Body(symbols: "[\"ab\"]"), "exactly one Unicode character" },
        { Body(symbols: "[\"\\ud800\"]"), "Unicode" },
        { Body(tokens: "\"word\"", symbols: "[\"<s>\"]"), "\"<s>\" twice" },
        { Body(symbols: "7"), "\"symbols\" that is a JSON array" },
        { Body(symbols: "[[[[[[[[[[[]]]]]]]]]]]"), "damaged" },
    };

    private static string Pairs(string merges, string symbols) => Body(
        version: $"2,\"sentences\":false,\"merges\":{merges}",
        tokens: "\"bpe\"",
        symbols: $"{symbols[..^1]},{string.Join(',', Enumerable.Range(0, 256).Select(value => $"\"{BytePairEncoding.SymbolOf((byte)value)}\""))}]");

    private static string Words(string dictionary) => Body(version: $"2,\"sentences\":false,\"icu\":\"72.1\",\"dictionary\":{dictionary}", tokens: "\"segmented\"", symbols: "[\"我\"]");

    private static string Body(string version = "1", string tokens = "\"char\"", string lowercase = "false", string special = "[\"<unk>\",\"<s>\",\"</s>\"]", string symbols = "[\"a\"]") =>
        $"{{\"format\":\"unfold-vocabulary\",\"version\":{version},\"tokens\":{tokens},\"lowercase\":{lowercase},\"special\":{special},\"symbols\":{symbols}}}";

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void A_bad_file_is_refused_in_one_sentence(string json, string expected)
    {
        string path = Path.Combine(_folder, "vocabulary.json");
        File.WriteAllText(path, json);
        UnfoldException failure = Assert.Throws<UnfoldException>(() => Vocabulary.Load(path));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_or_not_UTF8_is_refused()
    {
        Assert.Contains("does not exist", Assert.Throws<UnfoldException>(() => Vocabulary.Load(Path.Combine(_folder, "none.json"))).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<UnfoldException>(() => Vocabulary.Load(_folder)).Message, StringComparison.Ordinal);
        string path = Path.Combine(_folder, "latin.json");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(Body(symbols: "[\"é\"]")));
        Assert.Contains("damaged", Assert.Throws<UnfoldException>(() => Vocabulary.Load(path)).Message, StringComparison.Ordinal);
    }
}
