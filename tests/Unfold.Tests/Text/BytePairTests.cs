using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Tests.Text;

public sealed class BytePairTests
{
    public static TheoryData<string, string[]> Pieces => new()
    {
        { "Hello  world\n\n x", ["Hello", " ", " world", "\n", "\n", " x"] },
        { "don't 'a' 3.14 x2", ["don", "'t", " '", "a", "'", " 3", ".", "14", " x", "2"] },
        { "我昨天上学，了。 好", ["我昨天上学", "，", "了", "。", " 好"] },
        { "a\t\t b e\u0301e \u0301", ["a", "\t\t", " b", " e\u0301e", " \u0301"] },
        { "--> 🇨🇳😀👩\u200D🚀 \r\n", ["-->", " 🇨🇳😀👩\u200D🚀", " ", "\n"] },
        { "''a", ["''", "a"] },
    };

    private static Tokenizer Cutter => new PieceTokenizer(LetterCase.Kept, TextMode.Running);

    /// <summary>A text in which some pieces come often: of a few letters, with runs of one letter, spaces and rare signs.</summary>
    private static string RandomText(ulong seed, string letters)
    {
        var random = new SeededRandom(seed);
        string[] words = [.. Enumerable.Range(0, 40).Select(_ => string.Concat(Enumerable.Range(0, 1 + random.NextInt32(7)).Select(_ => letters[random.NextInt32(letters.Length)])))];
        return string.Concat(Enumerable.Range(0, 400).Select(_ => words[random.NextInt32(words.Length) * random.NextInt32(words.Length) / words.Length] + " "));
    }

    [Theory]
    [MemberData(nameof(Pieces))]
    public void Pieces_end_at_the_borders_of_words(string text, string[] expected) => Assert.Equal(expected, Cutter.Split(text));

    [Fact]
    public void No_piece_is_endless_and_none_is_lost()
    {
        string text = new string('a', 1000) + new string(' ', 700) + string.Concat(Enumerable.Repeat("😀", 400)) + new string('\u0301', 600) + "我";
        IReadOnlyList<string> pieces = Cutter.Split(text);
        Assert.Equal(text, string.Concat(pieces));
        Assert.All(pieces, piece => Assert.InRange(piece.Length, 1, Tokenizer.MaximumTokenLength));
    }

    [Theory]
    [InlineData(1, "ab", 300)]
    [InlineData(2, "aaab", 320)]
    [InlineData(3, "abcde'1", 340)]
    [InlineData(4, "我你的abc,", 330)]
    [InlineData(5, "abcdefghijklmnopqrstuvwxyz", 270)]
    public void The_merges_are_those_of_the_definition(ulong seed, string letters, int maximum)
    {
        string text = RandomText(seed, letters);
        BytePairEncoding learned = Tokenizations.Learn(text, maximum).Tokenization.Pairs!;
        string[] characters = [.. text.EnumerateRunes().GroupBy(rune => rune).OrderByDescending(group => group.Count()).ThenBy(group => group.Key)
            .Select(group => group.Key.ToString()).Take((maximum - 256 + 1) / 2)];
        var naive = new NaivePairs(Cutter.Split(text), characters, maximum - 256 - characters.Length, minimum: 2);
        Assert.Equal(naive.Merges, learned.Merges);
        Assert.NotEmpty(learned.Merges);
        Assert.Equal([.. characters, .. naive.Merges.Select(merge => merge.Left + merge.Right), .. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>")], learned.Symbols);

        // What the merges do to a text they never saw in one go is what learning did step by step.
        foreach (List<string> piece in naive.Pieces.Where(piece => !piece.Contains("?")))
        {
            Assert.Equal(piece, learned.Split(string.Concat(piece)));
        }
    }

    [Theory]
    [InlineData("the cat sat on the mat, the cat ran", 300)]
    [InlineData("aaaa aaaa", 257)]
    [InlineData("我昨天上学迟到了，我昨天上学迟到了", 280)]
    public void Any_text_comes_back(string learned, int maximum)
    {
        Vocabulary vocabulary = Tokenizations.Learn(learned, maximum);
        Assert.InRange(vocabulary.SymbolCount, 257, maximum);
        const string Text = "\uFEFFthe  cat's\r\n\r\n\t我昨天，上学 <0x41> <unk></s> 👩\u200D🚀👍🏽\u0000\u0001 e\u0301\uFFFD\uD83D <0xZZ> \uDC00end ";
        string normal = Text[1..].Replace("\r\n", "\n").Replace("\uD83D ", "\uFFFD ").Replace("\uDC00", "\uFFFD");
        int[] ids = vocabulary.Encode(Text);
        Assert.DoesNotContain(ids, Vocabulary.IsSpecial);
        Assert.Equal(normal, vocabulary.Decode(ids));
        Assert.Equal(learned, vocabulary.Decode(vocabulary.Encode(learned)));
        Assert.True(vocabulary.Encode(learned).Length <= learned.Length);
    }

    [Fact]
    public void Frequent_words_are_one_subword_and_unseen_characters_are_bytes()
    {
        Vocabulary vocabulary = Tokenizations.Learn(string.Concat(Enumerable.Repeat("the theory of the thing\n", 50)), 290);
        Assert.Contains(" the", vocabulary.Tokenization.CreateTokenizer().Split("see the"));
        Assert.Equal(["<0xE6>", "<0x88>", "<0x91>"], vocabulary.Tokenization.CreateTokenizer().Split("我"));
        Assert.Equal(["a"], Tokenizations.Learn("a <0x41> <0x41> <0x41> <0x41> </s></s></s></s>", 500).Tokenization.CreateTokenizer().Split("a"));
    }

    [Fact]
    public void No_merge_makes_the_name_of_a_byte_or_of_a_special_symbol()
    {
        // One piece of marks each: all of it would be merged if names were not kept free.
        IReadOnlyList<string> symbols = Tokenizations.Learn(string.Concat(Enumerable.Repeat("</s> <0x41>", 20)), 500).Tokenization.Pairs!.Symbols;
        Assert.Equal(256, symbols.Count(symbol => BytePairEncoding.ByteOf(symbol) >= 0));
        Assert.DoesNotContain("</s>", symbols);
        Assert.False(BytePairEncoding.CanBe("<0x", "41>"));
        Assert.False(BytePairEncoding.CanBe("</", "s>"));
        Assert.True(BytePairEncoding.CanBe("<0x", "4G>"));
    }

    [Fact]
    public void Rare_characters_and_rare_pairs_are_left_out()
    {
        Vocabulary vocabulary = Tokenizations.Learn("ab ab ab cd cd z", 400, minimumCount: 3);
        Assert.Equal([" ", "a", "b", "ab"], Enumerable.Range(3, 4).Select(id => vocabulary[id]).Order(StringComparer.Ordinal).OrderBy(symbol => symbol.Length));
        Assert.Equal(4 + 256, vocabulary.SymbolCount);
    }

    [Fact]
    public void The_line_feed_is_no_subword_of_sentences()
    {
        Vocabulary vocabulary = Tokenizations.Learn("ab ab\nab\n", 300, mode: TextMode.Sentences);
        Assert.Equal(Vocabulary.EndId, vocabulary.IdOf("\n"));
        Assert.Equal("ab ab\nab\n", vocabulary.Decode(vocabulary.Encode("ab ab\n\nab")));
    }

    [Fact]
    public void Only_so_many_different_pieces_are_counted()
    {
        var tokenization = new Tokenization(TokenKind.BytePair);
        BytePairTrainer few = new(tokenization, maximumPieces: 2);
        foreach (string piece in (string[])["ab", "cd", "ef", "ef", "ef", "ab", "cd", "ef"])
        {
            few.Add(piece);
        }

        BytePairEncoding learned = few.Build(400, 1, _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal([("a", "b"), ("c", "d")], learned.Merges);
        Assert.Equal(["e", "f", "a", "b", "c", "d"], learned.Symbols.Take(6));
    }

    [Fact]
    public void Bytes_are_written_when_they_make_a_character()
    {
        TokenJoiner joiner = new BytePairJoiner();
        Assert.Equal(["", "", "我", "a", "", "", "\uFFFDb", "\uFFFD", "", "\uFFFDA"], ((string[])["<0xE6>", "<0x88>", "<0x91>", "a", "<0xE6>", "<0x88>", "b", "<0xFF>", "<0xE6>", "<0x41>"]).Select(joiner.Next));
        Assert.Equal("", joiner.Flush());
        Assert.Equal("", joiner.Next("<0xF0>"));
        Assert.Equal("\uFFFD", joiner.Flush());
    }

    [Fact]
    public void A_corpus_of_subwords_is_its_text()
    {
        string text = RandomText(7, "abcdef") + "\r\n我们 ok";
        List<double> progress = [];
        Corpus corpus = Corpus.Load(
            TextSource.FromString(text), new CorpusOptions { Kind = TokenKind.BytePair, MaximumSymbols = 300 }, progress: progress.Add, cancellation: TestContext.Current.CancellationToken);
        int[] tokens = new int[corpus.Train.Count];
        corpus.Train.Read(0, tokens);
        Assert.Equal(corpus.Vocabulary.Encode(text), tokens);
        Assert.Equal(text.Replace("\r\n", "\n"), corpus.Vocabulary.Decode(tokens));
        Assert.Equal(0, corpus.UnknownTokens);
        Assert.Equal(1.0, progress[^1]);
        Assert.Equal(progress.Order(), progress);
    }

    [Fact]
    public void A_saved_table_cuts_text_alike()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("unfold-test-").FullName, "vocabulary.json");
        Vocabulary saved = Tokenizations.Learn(RandomText(9, "abcdéfg我"), 300);
        Unfold.Persistence.AtomicFile.Write(path, saved.Write);
        Vocabulary loaded = Vocabulary.Load(path);
        Assert.Equal(saved.Tokenization.Pairs!.Merges, loaded.Tokenization.Pairs!.Merges);
        string other = RandomText(10, "abcdéfg我你");
        Assert.Equal(saved.Encode(other), loaded.Encode(other));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }
}
