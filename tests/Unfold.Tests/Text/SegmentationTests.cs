using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Tests.Text;

/// <summary>Chinese cut into words by ICU and by a list of the user's.</summary>
public sealed class SegmentationTests : IDisposable
{
    private const string Late = "我昨天上学迟到了，老师批评了";

    private readonly string _folder = Directory.CreateTempSubdirectory("unfold-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static WordList List(params (string Word, long Count)[] words) => new(words.Select(word => KeyValuePair.Create(word.Word, word.Count)));

    private static IReadOnlyList<string> Split(string text, WordList? dictionary = null)
    {
        Tokenizations.RequireIcu();
        return new SegmentedTokenizer(LetterCase.Kept, dictionary: dictionary).Split(text);
    }

    [Fact]
    public void Icu_finds_the_words_of_a_sentence() => Assert.Equal(["我", "昨天", "上学", "迟到", "了", "，", "老师", "批评", "了"], Split(Late));

    [Fact]
    public void All_but_ideographs_and_kana_is_cut_by_the_rules_of_words()
    {
        const string Text = "The cat's 3.14, 😀👍🏽 e\u0301\nl'x. 한국어";
        Assert.Equal(new WordTokenizer(LetterCase.Kept).Split(Text), Split(Text));
        Assert.Equal(["我们", "don't", "迟到", ".", "昨天", "\n", "昨天", "2.5", "学生"], Split("我们don't迟到.昨天\r\n昨天2.5学生"));
        Assert.Equal("我们用windows写字，don't。", new Tokenization(TokenKind.Segmented).CreateJoiner().Join(Split("我们用windows写字，don't。")));
    }

    [Fact]
    public void Nothing_is_lost_of_a_run_without_end()
    {
        string text = string.Concat(Enumerable.Repeat("我昨天上学迟到了老师批评了𠮷か\u3099", 60));
        IReadOnlyList<string> words = Split(text);
        Assert.Equal(text, string.Concat(words));
        Assert.All(words, word => Assert.False(char.IsLowSurrogate(word[0]) || char.IsHighSurrogate(word[^1])));
        Assert.True(words.Count < text.Length * 0.8);
    }

    [Fact]
    public void The_users_words_come_first()
    {
        Assert.Equal(["我", "昨天上学", "迟到", "了", "，", "老师", "批评", "了"], Split(Late, List(("昨天上学", 1))));
        Assert.Equal(["我", "昨天", "上学迟到了", "，", "老师", "批评", "了"], Split(Late, List(("上学迟到了", 7), ("天上", 3))));

        // 研究生命: seen as often as these, 研究 and 生命 together are likelier than 研究生 and 命, and not where 研究生 is much more frequent.
        Assert.Equal(["研究", "生命"], Split("研究生命", List(("研究", 50), ("研究生", 50), ("生命", 50), ("命", 5))));
        Assert.Equal(["研究生", "命"], Split("研究生命", List(("研究", 5), ("研究生", 5000), ("生命", 5), ("命", 50))));
    }

    [Fact]
    public void No_word_of_the_list_tears_a_mark_from_its_sign()
    {
        WordList list = List(("中国", 1), ("か", 1), ("3D打印", 1));
        Assert.Equal(["中国", "人", "か"], Split("中国人 か", list));
        foreach (string text in (string[])["中国\u200D人", "か\u3099", "3D打印\u200D"])
        {
            Assert.Equal(Split(text), Split(text, list));
        }
    }

    [Theory]
    [InlineData(255, 1)]
    [InlineData(256, 1)]
    [InlineData(257, 2)]
    public void A_run_is_cut_where_it_is_longer_than_a_token_may_be(int length, int pieces)
    {
        // Without a cut the likeliest way ends with the longest word, whose end the cut of the longest run tears off.
        string run = new string('一', length - 4) + "我们你们";
        IReadOnlyList<string> words = Split(run, List(("我们你们", 1000)));
        Assert.Equal(run, string.Concat(words));
        Assert.Equal(pieces == 1, words[^1] == "我们你们");
    }

    [Fact]
    public void Words_of_the_list_may_have_letters_and_digits_beside_ideographs()
    {
        WordList list = List(("卡拉OK", 1), ("T恤", 1), ("3D打印", 1), ("小米14Pro", 1), ("昨天", 1));
        Assert.Equal(["我", "买", "T恤", "，", "昨天", "唱", "卡拉OK", "！"], Split("我买T恤，昨天唱卡拉OK！", list));
        Assert.Equal(["昨天", "3D打印", "小米14Pro", "\n", "T恤"], Split("昨天3D打印小米14Pro\nT恤", list));

        // No word that rules would cut is torn, none reaches over a space, and case counts.
        foreach (string text in (string[])["卡拉OKs", "XT恤", "T 恤", "T\n恤", "t恤", "3.3D打印", "小米14", "小米14Pro2", "小米14.5", "OK了", "买OK T"])
        {
            Assert.Equal(Split(text), Split(text, list));
        }

        Assert.Equal(["昨天", "OKe\u0301", "T恤", "e\u0301"], Split("昨天OKe\u0301 T恤e\u0301", list));
    }

    [Fact]
    public void Letters_of_the_list_are_lowered_with_those_of_the_text()
    {
        Tokenizations.RequireIcu();
        WordList list = List(("卡拉OK", long.MaxValue), ("卡拉ok", 5), ("T恤", 2));
        Assert.Equal(["买", "t恤", "卡拉ok"], new SegmentedTokenizer(LetterCase.Lowered, dictionary: list).Split("买T恤 卡拉Ok"));
        Assert.Equal(new Dictionary<string, long> { ["卡拉ok"] = long.MaxValue, ["t恤"] = 2 }, list.Lowered().Words.ToDictionary());
        WordList lowered = List(("卡拉ok", 5));
        Assert.Same(lowered, lowered.Lowered());
        Assert.Same(list.Lowered(), list.Lowered());
    }

    [Fact]
    public void A_word_of_both_scripts_is_written_back_with_spaces_where_letters_meet()
    {
        WordList list = List(("卡拉OK", 1), ("T恤", 1));
        TokenJoiner Joiner() => new Tokenization(TokenKind.Segmented) { Dictionary = list }.CreateJoiner();
        foreach (string text in (string[])["我买T恤和OK卡拉OK 20 T恤", "new T恤,卡拉OK, T恤卡拉OK了"])
        {
            Assert.Equal(text, Joiner().Join(Split(text, list)));
        }

        Assert.Equal("か\u3099éか\u3099了", Joiner().Join(["か\u3099", "é", "か\u3099", "了"]));
    }

    [Fact]
    public void A_list_of_words_of_both_scripts_tears_no_long_run()
    {
        string text = string.Concat(Enumerable.Repeat("我昨天用iPhone15唱卡拉OK迟到了𠮷か\u3099", 60));
        WordList list = List(("卡拉OK", 1), ("用iPhone15", 1));
        IReadOnlyList<string> words = Split(text, list);
        Assert.Equal(text, string.Concat(words));
        Assert.All(words, word => Assert.False(char.IsLowSurrogate(word[0]) || char.IsHighSurrogate(word[^1])));
        Assert.InRange(words.Count(word => word == "卡拉OK"), 50, 60);
        Assert.InRange(words.Count(word => word == "用iPhone15"), 50, 60);
    }

    [Fact]
    public void The_way_that_is_taken_is_the_likeliest_of_all()
    {
        const string letters = "一二三";
        var random = new SeededRandom(6);
        for (int trial = 0; trial < 60; trial++)
        {
            Dictionary<string, long> counts = [];
            for (int word = 0; word < 6; word++)
            {
                counts[string.Concat(Enumerable.Range(0, 1 + random.NextInt32(3)).Select(_ => letters[random.NextInt32(3)]))] = 1 + random.NextInt32(40);
            }

            string run = string.Concat(Enumerable.Range(0, 7).Select(_ => letters[random.NextInt32(3)]));
            double total = counts.Values.Sum();
            IReadOnlyList<(int Start, int End)> found = new WordListPath(new WordList(counts)).Words(run, [.. Enumerable.Repeat(true, run.Length + 1)]);
            double cost = (run.Length - found.Sum(word => word.End - word.Start)) * Math.Log(2 * total) + found.Sum(word => Math.Log(total / counts[run[word.Start..word.End]]));
            Support.Close.Equal(Ways(run, counts, total).Min(), cost, relative: 1e-12, absolute: 0, "the cheapest of all ways to cut the run");
        }
    }

    /// <summary>What each way to lay words over a run costs.</summary>
    private static IEnumerable<double> Ways(string run, Dictionary<string, long> counts, double total)
    {
        if (run.Length == 0)
        {
            return [0];
        }

        IEnumerable<double> uncovered = Ways(run[1..], counts, total).Select(rest => rest + Math.Log(2 * total));
        return uncovered.Concat(counts.Where(word => run.StartsWith(word.Key, StringComparison.Ordinal))
            .SelectMany(word => Ways(run[word.Key.Length..], counts, total).Select(rest => rest + Math.Log(total / word.Value))));
    }

    [Fact]
    public void A_saved_vocabulary_cuts_alike_without_the_file_of_the_dictionary()
    {
        Tokenizations.RequireIcu();
        string path = Path.Combine(_folder, "vocabulary.json");
        Corpus corpus = Corpus.Load(
            TextSource.FromString(Late), new CorpusOptions { Kind = TokenKind.Segmented, Dictionary = List(("昨天上学", 3), ("老师", 8)) }, cancellation: TestContext.Current.CancellationToken);
        Unfold.Persistence.AtomicFile.Write(path, corpus.Vocabulary.Write);
        Vocabulary loaded = Vocabulary.Load(path);
        Assert.Equal(corpus.Vocabulary.Encode(Late), loaded.Encode(Late));
        Assert.DoesNotContain(Vocabulary.UnknownId, loaded.Encode(Late));
        Assert.NotEqual(Vocabulary.UnknownId, loaded.IdOf("昨天上学"));
        Assert.Equal(IcuLibrary.Shared.Version, loaded.Tokenization.IcuVersion);
        Assert.Equal([new("昨天上学", 3), new("老师", 8)], loaded.Tokenization.Dictionary!.Words);
    }

    [Fact]
    public void A_list_of_words_is_read_with_and_without_numbers()
    {
        string path = Path.Combine(_folder, "words.txt");
        File.WriteAllText(path, "\uFEFF昨天 120 t\r\n\r\n  上学\t7\n迟到\n");
        Assert.Equal([new("昨天", 120), new("上学", 7), new("迟到", 1)], WordList.Load(path).Words);
        Assert.Equal(128.0, WordList.Load(path).TotalCount);
    }

    [Theory]
    [InlineData("昨天 many", "in line 1 the list has \"many\" after the word")]
    [InlineData("昨天\n上学 -3", "in line 2 the list has \"-3\"")]
    [InlineData("昨天 0", "seen 0 times")]
    [InlineData("昨天\n\n昨天", "\"昨天\" twice")]
    [InlineData("昨天\n<s> 3\n", "in line 2 the list of words holds \"<s>\"")]
    [InlineData("昨天\n上学 3\n</s>", "in line 3 the list of words holds \"</s>\"")]
    [InlineData("C++语言", "\"C++语言\"")]
    [InlineData("OK", "\"OK\"")]
    [InlineData("\n \n", "is empty")]
    [InlineData("一一一一一一一一一一一一一一一一一一一一一一一一一一一一一一一一一", "has 33 characters")]
    public void A_bad_list_is_refused_with_its_name(string content, string word)
    {
        string path = Path.Combine(_folder, "words.txt");
        File.WriteAllText(path, content);
        string message = Assert.Throws<UnfoldException>(() => WordList.Load(path)).Message;
        Assert.Contains(word, message, StringComparison.Ordinal);
        Assert.Contains(path, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_word_is_refused_before_the_lines_after_it_are_read()
    {
        string path = Path.Combine(_folder, "words.txt");
        File.WriteAllBytes(path, [.. "昨天\nA·恤\n"u8, .. Enumerable.Repeat((byte)'\n', 100_000), 0xFF]);
        Assert.Contains("in line 2 the list of words holds \"A·恤\"", Assert.Throws<UnfoldException>(() => WordList.Load(path)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, [.. "昨天\n上学\n"u8, 0xFF]);
        Assert.StartsWith($"The text {path} is not UTF-8", Assert.Throws<UnfoldException>(() => WordList.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_that_are_not_looked_for_are_handed_over_and_left_out()
    {
        string path = Path.Combine(_folder, "words.txt");
        File.WriteAllText(path, "OK x\n昨天 3\n阿里·巴巴 9\n");
        List<string> leftOut = [];
        Assert.Equal([new("昨天", 3)], WordList.Load(path, leftOut.Add).Words);
        Assert.Equal(["OK", "阿里·巴巴"], leftOut);
        File.WriteAllText(path, "\nOK\nC++语言\n");
        Assert.Contains("in line 2 the list of words holds \"OK\"", Assert.Throws<UnfoldException>(() => WordList.Load(path, leftOut.Add)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_of_any_length_is_one_field()
    {
        string path = Path.Combine(_folder, "words.txt");
        string endless = new('一', 100_000);
        File.WriteAllText(path, $"昨天 7 {endless}\n");
        Assert.Equal([new("昨天", 7)], WordList.Load(path).Words);
        File.WriteAllText(path, $"昨天\n{endless} 7\n");
        Assert.Contains("in line 2", Assert.Throws<UnfoldException>(() => WordList.Load(path)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, $"昨天 {new string('7', 1000)}\n");
        Assert.Contains("in line 1 the list has \"777", Assert.Throws<UnfoldException>(() => WordList.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_system_without_icu_is_told_what_to_do()
    {
        string message = Assert.Throws<UnfoldException>(() => IcuLibrary.Find(["libnothing-of-that-name.so.1"])).Message;
        Assert.Contains("Sentences are told apart by the ICU library", Assert.Throws<UnfoldException>(() => IcuLibrary.FindForSentences(["libnothing-of-that-name.so.1"])).Message, StringComparison.Ordinal);
        Assert.Contains("none was found", message, StringComparison.Ordinal);
        Assert.Contains("into characters", message, StringComparison.Ordinal);
    }
}
