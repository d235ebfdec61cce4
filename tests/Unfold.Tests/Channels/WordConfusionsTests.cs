using System.Text;
using Unfold.Channels;
using Unfold.Tests.Text;
using Unfold.Text;

namespace Unfold.Tests.Channels;

public sealed class WordConfusionsTests
{
    private const int Many = 20_000;

    [Fact]
    public void Words_are_confused_with_what_is_near()
    {
        var counts = new Dictionary<string, long> { ["night"] = 3, ["nite"] = 1, ["light"] = 9, ["nights"] = 2, ["cat"] = 1, ["<unk>"] = 9, ["N"] = 3, ["1980s"] = 1, ["unk"] = 1, ["government"] = 4, ["governments"] = 2, ["governed"] = 1 };
        (string Symbol, string Observed, double Weight)[] all = [.. Confusions(counts)];

        Assert.Equal("light nights", Of(all, "night"));
        Assert.Equal("governments", Of(all, "government"));
        Assert.Equal("", Of(all, "<unk>"));
        Assert.Equal("", Of(all, "unk"));
        Assert.Equal("", Of(all, "cat"));
        Assert.Equal(all, Confusions(counts.Reverse().ToDictionary()));
    }

    [Fact]
    public void A_word_of_one_letter_is_not_like_every_other()
    {
        (string Symbol, string Observed, double Weight)[] all = [.. Confusions(Counts("a", "I", "x", "q", "k", "an", "ж"))];
        Assert.Equal("I an", Of(all, "a"));
        Assert.Equal(1, all.Single(pair => pair is { Symbol: "a", Observed: "I" }).Weight);
        Assert.Equal("", Of(all, "x"));
        Assert.Equal("k", Of(all, "q"));
        Assert.Equal("", Of(all, "ж"));
    }

    [Fact]
    public void Endless_words_are_left_alone()
    {
        string longest = new('a', 64);
        Assert.Equal("b" + longest[1..], Of([.. Confusions(Counts(longest, "b" + longest[1..]))], longest));
        Assert.Empty(Confusions(Counts(longest + "a", longest + "b", new string('a', 200_000), new string('b', 200_000))));
    }

    [Fact]
    public void The_search_for_confusions_can_be_stopped()
    {
        using var stopping = new CancellationTokenSource();
        var shares = new List<double>();
        IEnumerable<(string, string, double)> found = WordConfusions.Of(
            Counts("cat", "cats", "rat", "rats"),
            share =>
            {
                shares.Add(share);
                if (share == 0.5)
                {
                    stopping.Cancel();
                }
            },
            stopping.Token);
        Assert.Throws<OperationCanceledException>(() => found.Count());
        Assert.Equal([0, 0.25, 0.5], shares);
    }

    [Fact]
    public void Chinese_words_are_confused_with_what_has_their_pinyin()
    {
        RequirePinyin();
        (string Symbol, string Observed, double Weight)[] all = [.. Confusions(Counts("他", "她", "它", "我", "旅", "绿", "路", "事实", "时时", "试试", "西安", "先", "他们", "她们", "他x", "か", "々", "。", "2"))];
        Assert.Equal("她 它", Of(all, "他"));
        Assert.Equal("他 它", Of(all, "她"));
        Assert.Equal("", Of(all, "我"));
        Assert.Equal("绿", Of(all, "旅"));
        Assert.Equal("", Of(all, "路"));
        Assert.Equal("时时 试试", Of(all, "事实"));
        Assert.Equal("", Of(all, "西安"));
        Assert.Equal("她们", Of(all, "他们"));
        Assert.All((string[])["他x", "か", "々", "。", "2"], word => Assert.Equal("", Of(all, word)));
    }

    [Fact]
    public void The_most_frequent_words_are_taken()
    {
        RequirePinyin();
        string[] alike = ["一", "以", "已", "意", "医", "衣", "易", "艺", "亿", "忆", "异"];
        var counts = alike.Index().ToDictionary(word => word.Item, word => (long)word.Index);
        (string Symbol, string Observed, double Weight)[] all = [.. Confusions(counts)];
        Assert.Equal(alike.Reverse().Take(8), all.Where(pair => pair.Symbol == "一").Select(pair => pair.Observed));
        Assert.Equal(alike.Reverse().Skip(1).Take(8), all.Where(pair => pair.Symbol == "异").Select(pair => pair.Observed));
        Assert.Equal(all, Confusions(counts.Reverse().ToDictionary()));
    }

    [Fact]
    public void Very_many_words_of_one_character_are_no_more_work_for_each()
    {
        RequirePinyin();
        string[] words = [.. Enumerable.Range('\u4E00', Many).Select(value => $"{(char)value}")];
        (string Symbol, string Observed, double Weight)[] all = [.. Confusions(Counts(words))];
        Assert.InRange(all.Length, Many, 8 * Many);
        Assert.Contains(all, pair => pair is { Symbol: "她", Observed: "他" } or { Symbol: "她", Observed: "它" } or { Symbol: "她", Observed: "塌" });

        // Syllables of Korean: letters, none of which sounds like another by its spelling.
        Assert.Empty(Confusions(Counts([.. Enumerable.Range('\uAC00', 11_172).Select(value => $"{(char)value}")])));
    }

    [Fact]
    public void A_system_without_pinyin_is_told_what_to_do()
    {
        string message = Assert.Throws<UnfoldException>(() => IcuPinyin.Find(["libnothing-of-that-name.so.1"])).Message;
        Assert.Contains("none was found", message, StringComparison.Ordinal);
        Assert.Contains("by their shape", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_character_without_a_reading_has_none()
    {
        RequirePinyin();
        using var pinyin = IcuPinyin.Open();
        Assert.Equal(["zhuang", "nü", "n"], ((string[])["装", "女", "嗯"]).Select(word => pinyin.Of(word.EnumerateRunes().Single())));
        Assert.All((Rune[])[new('か'), new('々'), new(0x1F600)], rune => Assert.Null(pinyin.Of(rune)));
    }

    private static string Of((string Symbol, string Observed, double Weight)[] all, string word) =>
        string.Join(' ', all.Where(pair => pair.Symbol == word).Select(pair => pair.Observed).Order(StringComparer.Ordinal));

    private static Dictionary<string, long> Counts(params string[] words) => words.ToDictionary(word => word, _ => 1L);

    private static IEnumerable<(string Symbol, string Observed, double Weight)> Confusions(IReadOnlyDictionary<string, long> counts) =>
        WordConfusions.Of(counts, cancellation: TestContext.Current.CancellationToken);

    private static void RequirePinyin() => Tokenizations.RequireIcu();
}
