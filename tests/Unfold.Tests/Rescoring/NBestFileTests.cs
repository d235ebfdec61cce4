using System.Text;
using Unfold.Rescoring;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Rescoring;

/// <summary>N-best lists as SRILM, Kaldi and others write them, good and bad.</summary>
public sealed class NBestFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_format_of_srilm()
    {
        NBestList list = Assert.Single(Read("utterance.1.nbest", "NBestList1.0\n(-5000) a b -pau- c\r\n(-5100) <s> a d </s>\n"));
        Assert.Equal("utterance.1", list.Id);
        Assert.Equal(["a b c", "a d"], list.Hypotheses.Select(hypothesis => hypothesis.Text));

        // A bytelog is log p to base 1.0001, over 1024.
        Close.Equal(-5000 * 1024 * Math.Log(1.0001), list.Hypotheses[0].Channel, 1e-6, 0, "1 / ln 1.0001 is 10000.5 but for 8e-10 of it");
    }

    [Fact]
    public void The_second_format_of_srilm_with_phones_inside_of_words()
    {
        const string line = "(-300) the ( st: 0.1 et: 0.3 g: -10 a: -100 ) dh ( st: 0.1 et: 0.2 g: 0 a: -50 ) ax ( st: 0.3 et: 0.3 g: 0 a: -50 ) cat ( st: 0.3 et: 0.9 g: -20 a: -170 ) ae-1 ( st: 0.4 et: 1.1 g: 0 a: -70 )";
        NBestList list = Assert.Single(Read("a", $"NBestList2.0\n{line}\n"));
        Assert.Equal("the cat", list.Hypotheses[0].Text);
        Close.Equal(-270 * 1024 / 10000.5, list.Hypotheses[0].Channel, 1e-12, 0, "The acoustic scores of the words, without those of the language model and of the phones");
    }

    [Fact]
    public void The_third_format_of_srilm()
    {
        NBestList list = Assert.Single(Read("a.score", "-100.5 -20 2 a b\n-101 -19 1 <s> c </s>\n-102 -3 0\n"));
        Assert.Equal("a", list.Id);
        Assert.Equal(["a b", "c", ""], list.Hypotheses.Select(hypothesis => hypothesis.Text));
        Close.Equal([-100.5 * Math.Log(10), -101 * Math.Log(10), -102 * Math.Log(10)], [.. list.Hypotheses.Select(hypothesis => hypothesis.Channel)], 1e-12, 0, "log10");
    }

    [Fact]
    public void The_third_format_with_what_recognisers_write()
    {
        // A noise that is not counted, a compound that counts twice, and words that the recogniser's language model does not know.
        NBestList list = Assert.Single(Read("a", "-100 -20 2 a b\n-101 -19 1 [noise] c\n-102 -3 3 new_york d\n-103 -inf 1 e\n"));
        Assert.Equal(["a b", "[noise] c", "new_york d", "e"], list.Hypotheses.Select(hypothesis => hypothesis.Text));
    }

    [Fact]
    public void The_first_format_without_its_header()
    {
        NBestList list = Assert.Single(Read("a", "(-5000) a b\n(-5100.5) (c)\n"));
        Assert.Equal(["a b", "(c)"], list.Hypotheses.Select(hypothesis => hypothesis.Text));
        Close.Equal(-5100.5 * 1024 / 10000.5, list.Hypotheses[1].Channel, 1e-12, 0, "A bytelog");
        Assert.Contains("does not show its format", Refuse(() => NBestFile.Read([Write("b", "(a) b\n")])), StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_and_references_packed_by_gzip()
    {
        Directory.CreateDirectory(_folder["lists"]);
        WritePacked("lists/u.score.gz", "-1 -1 1 y\n");
        WritePacked("lists/v.gz", "(-1) x\n");
        IReadOnlyList<NBestList> lists = NBestFile.Read([_folder["lists"]], cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([("u", "y"), ("v", "x")], lists.Select(list => (list.Id, list.Hypotheses[0].Text)));
        Assert.Equal("x y", NBestFile.ReadReferences([WritePacked("references.gz", "a x y\n")], cancellation: TestContext.Current.CancellationToken)["a"]);
    }

    [Fact]
    public void Archives_of_kaldi_with_their_costs()
    {
        string acoustic = Write("ac", "u-a-1 10.5\nu-a-2 11\nv-1 3\n"), language = Write("lm", "u-a-1 1\nu-a-2 0.5\nv-1 2\n");
        IReadOnlyList<NBestList> lists = Read("text", "u-a-1 one two\nu-a-2 one\nv-1\n", null, acoustic, language);
        Assert.Equal(["u-a", "v"], lists.Select(list => list.Id));
        Assert.Equal([new("one two", -11.5), new NBestHypothesis("one", -11.5)], lists[0].Hypotheses);
        Assert.Equal([new NBestHypothesis("", -5)], lists[1].Hypotheses);
        Assert.All(Read("text", "u-1 a\nu-2 b\n"), list => Assert.All(list.Hypotheses, hypothesis => Assert.Equal(0, hypothesis.Channel)));
    }

    [Fact]
    public void Archives_of_kaldi_may_be_sorted_by_key()
    {
        string sorted = string.Concat(Enumerable.Range(1, 11).Select(number => $"u-{number} w{number}").Append("v-1 x").Order(StringComparer.Ordinal).Select(line => $"{line}\n"));
        Assert.StartsWith("u-1 w1\nu-10 w10\nu-11 w11\nu-2 w2\n", sorted, StringComparison.Ordinal);
        IReadOnlyList<NBestList> lists = Read("text", sorted);
        Assert.Equal(["u", "v"], lists.Select(list => list.Id));
        Assert.Equal(Enumerable.Range(1, 11).Select(number => $"w{number}"), lists[0].Hypotheses.Select(hypothesis => hypothesis.Text));

        // Of a list that is not whole only whoever says so knows that it is one.
        string path = Write("parts", "u-3 c\nu-1 a\n");
        Assert.Contains("does not show its format", Refuse(() => NBestFile.Read([path])), StringComparison.Ordinal);
        Assert.Equal(["a", "c"], Assert.Single(NBestFile.Read([path], NBestFormat.Kaldi, cancellation: TestContext.Current.CancellationToken)).Hypotheses.Select(hypothesis => hypothesis.Text));
    }

    [Fact]
    public void A_first_word_is_no_key_unless_it_is_one()
    {
        string path = Write("plain", "mid-1 the cat\nthe cat sat\n");
        string failure = Refuse(() => NBestFile.Read([path]));
        Assert.Contains("does not show its format", failure, StringComparison.Ordinal);
        Assert.Contains("line 2", Refuse(() => NBestFile.Read([path], NBestFormat.Kaldi)), StringComparison.Ordinal);
        Assert.Contains("not taken for a key", Refuse(() => NBestFile.Read([Write("two", "twenty-2 cats\ntwenty-3 dogs\n")])), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_of_text_alone_are_hypotheses_where_that_is_said()
    {
        string path = Write("candidates.txt", "我 打算 买 一部 手机\n\n  我 打算   修 一部 手机\n");
        Assert.Contains("does not show its format", Refuse(() => NBestFile.Read([path])), StringComparison.Ordinal);
        NBestList list = Assert.Single(NBestFile.Read([path], NBestFormat.Lines, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("candidates", list.Id);
        Assert.Equal([new("我 打算 买 一部 手机", 0), new NBestHypothesis("  我 打算   修 一部 手机", 0)], list.Hypotheses);
        Assert.Equal("stdin", Assert.Single(NBestFile.Read(["-"], NBestFormat.Lines, input: ["a"], cancellation: TestContext.Current.CancellationToken)).Id);
    }

    [Fact]
    public void Json_lines()
    {
        IReadOnlyList<NBestList> lists = Read(
            "lists.jsonl",
            """
            {"id": "a", "hypotheses": [{"text": "我 昨天", "score": -1.5}, {"text": "", "score": 0}], "reference": "我 昨天"}

            {"hypotheses": [{"score": 2, "text": "x", "more": []}], "id": "b"}
            """);
        Assert.Equal(["a", "b"], lists.Select(list => list.Id));
        Assert.Equal(["我 昨天", null], lists.Select(list => list.Reference));
        Assert.Equal([new("我 昨天", -1.5), new NBestHypothesis("", 0)], lists[0].Hypotheses);
    }

    [Fact]
    public void A_folder_stands_for_its_files()
    {
        Directory.CreateDirectory(_folder["lists"]);
        Write("lists/b.score", "-1 -1 1 x\n");
        Write("lists/a.score", "-1 -1 1 y\n");
        Write("lists/.DS_Store", "what a file manager leaves");
        Assert.Equal(["a", "b"], NBestFile.Read([_folder["lists"]], cancellation: TestContext.Current.CancellationToken).Select(list => list.Id));
        Directory.CreateDirectory(_folder["empty"]);
        Assert.Contains("holds no file that is not hidden", Refuse(() => NBestFile.Read([_folder["empty"]])), StringComparison.Ordinal);
    }

    [Fact]
    public void References()
    {
        IReadOnlyDictionary<string, string> references = NBestFile.ReadReferences([Write("one", "a x  y\n\nb\n"), Write("two", "c z\n")], cancellation: TestContext.Current.CancellationToken);
        Assert.Equal("x y", references["a"]);
        Assert.Equal("", references["b"]);
        Assert.Equal(3, references.Count);
        Assert.Contains("line 2", Refuse(() => NBestFile.ReadReferences([Write("three", "a x\na y\n")])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n \n", "is empty")]
    [InlineData("NBestList1.0\n", "no hypothesis")]
    [InlineData("NBestList1.0\n-5 a b\n", "line 2: a hypothesis begins with its score in brackets")]
    [InlineData("NBestList1.0\n(x) a b\n", "line 2: the score in brackets must be a finite number of at most 3.4e38 in size, but 'x' is none")]
    [InlineData("NBestList1.0\n() a b\n", "but nothing is none")]
    [InlineData("NBestList1.0\n(1e999) a b\n", "must be a finite number")]
    [InlineData("NBestList1.0\n(1e308) a b\n", "of at most 3.4e38 in size")]
    [InlineData("NBestList2.0\n(-5) a b\n", "wants 11 fields")]
    [InlineData("NBestList2.0\n(-5) a ( et: 1 st: 2 g: 0 a: 0 )\n", "wants the form")]
    [InlineData("NBestList2.0\n(-5) a ( st: x et: 2 g: 0 a: 0 )\n", "a start time must be a finite number")]
    [InlineData("NBestList2.0\n(-5) a ( st: 1 et: 2 g: 0 a: x )\n", "an acoustic score must be a finite number")]
    [InlineData("-1 -2 1 a\n-1 -2 1.5 a\n", "line 2: the third field is the number of words, but '1.5' is no whole number")]
    [InlineData("-1 -2 1 a\n-1 -2 -1 a\n", "line 2: the third field is the number of words, but '-1' is no whole number")]
    [InlineData("-1 -2 1 a\n-inf -2 1 a\n", "line 2: the acoustic score must be a finite number")]
    [InlineData("(-5) a\n-1 -2 1 a\n", "line 2: a hypothesis begins with its score in brackets")]
    [InlineData("-1 -2 1 a\n-1 -2\n", "line 2: a line of SRILM's scored hypotheses wants")]
    [InlineData("-1 -2 1 a\n-1 nan 1 a\n", "line 2: the language model score must be a number or -inf, but 'nan' is neither")]
    [InlineData("{\"id\": \"a\"\n", "line 1: a JSON object was wanted")]
    [InlineData("{\"id\": \"a\", \"hypotheses\": [{\"text\": \"x\", \"text\": \"y\", \"score\": 1}]}\n", "this line is none: Duplicate property 'text'")]
    [InlineData("{\"id\": \"a\"}\n", "at least one hypothesis")]
    [InlineData("{\"id\": \"a\", \"hypotheses\": []}\n", "at least one hypothesis")]
    [InlineData("{\"id\": \"a\", \"hypotheses\": [3]}\n", "\"text\" must be a text")]
    [InlineData("{\"id\": 3, \"hypotheses\": [3]}\n", "\"id\" must be a text")]
    [InlineData("{\"id\": \"a\", \"hypotheses\": [{\"text\": \"a\"}]}\n", "\"score\" must be a number")]
    [InlineData("{\"id\": \"a\", \"hypotheses\": [{\"text\": \"a\", \"score\": \"1\"}]}\n", "\"score\" must be a number")]
    [InlineData("{\"id\": \"a\", \"hypotheses\": [{\"text\": \"a\", \"score\": 1e999}]}\n", "\"score\" must be a number")]
    [InlineData("{\"id\": \"a\", \"hypotheses\": [{\"text\": \"a\", \"score\": 1e308}]}\n", "\"score\" must be a number of at most 3.4e38 in size")]
    [InlineData("1e308 -2 1 a\n-1 -2 1 b\n", "line 1: the acoustic score must be a finite number of at most 3.4e38 in size")]
    [InlineData("{\"id\": \"a\", \"hypotheses\": [{\"text\": \"a\\nb\", \"score\": 1}]}\n", "must be one line")]
    [InlineData("{\"id\": \"a\", \"hypotheses\": [{\"text\": \"a\", \"score\": 1}], \"reference\": 1}\n", "\"reference\" must be a text")]
    [InlineData("{\"id\": \"a\", \"hypotheses\": [{\"text\": \"a\", \"score\": 1}]}\n[1]\n", "\"id\" must be a text")]
    [InlineData("{\"id\": \"\\ud800\", \"hypotheses\": [{\"text\": \"a\", \"score\": 1}]}\n", "line 1: a text in this line is not valid Unicode")]
    [InlineData("{\"id\": \"a\", \"hypotheses\": [{\"text\": \"b\\udc00\", \"score\": 1}]}\n", "line 1: a text in this line is not valid Unicode")]
    [InlineData("{\"id\": \"a\", \"hypotheses\": [{\"text\": \"a\", \"score\": 1}], \"reference\": \"\\ud800x\"}\n", "line 1: a text in this line is not valid Unicode")]
    public void What_is_no_list_is_refused_with_its_line(string content, string words)
    {
        string path = Write("bad", content);
        string message = Refuse(() => NBestFile.Read([path]));
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains(words, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("u-1 a\nu-1 b\n", "u-1 1\n", "the key u-1 stands in this file twice")]
    [InlineData("u-1 a\nu-2 b\n", "u-1 1\n", "no archive of costs has the key u-2")]
    [InlineData("u-1 a\n", "u-1 1 2\n", "a key and a number")]
    [InlineData("u-1 a\n", "u-1 x\n", "a cost must be a finite number")]
    [InlineData("u-1 a\n", "u-1 1\nu-1 2\n", "stands in this file twice")]
    public void Archives_that_do_not_fit_together_are_refused(string text, string costs, string words) =>
        Assert.Contains(words, Refuse(() => NBestFile.Read([Write("text", text)], NBestFormat.Kaldi, NBestFile.ReadCosts([Write("costs", costs)]))), StringComparison.Ordinal);

    [Fact]
    public void Names_stand_once_and_files_are_there()
    {
        string one = Write("a", "{\"id\": \"u\", \"hypotheses\": [{\"text\": \"a\", \"score\": 1}]}\n");
        Assert.Contains("The list u of", Refuse(() => NBestFile.Read([one, one])), StringComparison.Ordinal);
        Assert.Contains("does not exist", Refuse(() => NBestFile.Read([_folder["none"]])), StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_tells_its_progress_and_can_be_stopped()
    {
        Directory.CreateDirectory(_folder["lists"]);
        string[] paths = [Write("lists/a", "u-1 a\nu-2 b\n"), Write("lists/b", "v-1 a\nv-2 b\n")];
        string costs = Write("costs", "u-1 1\nu-2 2\nv-1 1\nv-2 2\n");
        var shares = new List<double>();
        NBestFile.Read([_folder["lists"]], progress: shares.Add, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(shares.Order(), shares);
        Assert.Equal((4, 1.0), (shares.Count, shares[^1]));
        shares.Clear();
        NBestFile.ReadCosts([costs], shares.Add, TestContext.Current.CancellationToken);
        Assert.Equal((4, 1.0), (shares.Count, shares[^1]));
        shares.Clear();
        NBestFile.ReadReferences([costs, Write("other", "w a\n")], shares.Add, TestContext.Current.CancellationToken);
        Assert.Equal(1, shares[^1]);

        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => NBestFile.Read(paths, progress: share => source.Cancel(), cancellation: source.Token));
        Assert.Throws<OperationCanceledException>(() => NBestFile.Read([Write("json", "{\"id\": \"u\", \"hypotheses\": [{\"text\": \"a\", \"score\": 1}]}\n")], cancellation: source.Token));
        Assert.Throws<OperationCanceledException>(() => NBestFile.ReadReferences(paths, cancellation: source.Token));
    }

    [Fact]
    public void Lines_may_come_from_elsewhere()
    {
        string[] json = ["", "{\"id\": \"u\", \"hypotheses\": [{\"text\": \"a\", \"score\": 1}]}"];
        Assert.Equal(["u", "v"], NBestFile.Read(["-", Write("text", "v-1 b\n")], input: json, cancellation: TestContext.Current.CancellationToken).Select(list => list.Id));
        Assert.Equal("stdin", Assert.Single(NBestFile.Read(["-"], input: ["-1 -2 1 a", "-2 -2 1 b"], cancellation: TestContext.Current.CancellationToken)).Id);
        Assert.Contains("standard input, line 2:", Refuse(() => NBestFile.Read(["-"], input: ["u-1 a", "u b"], format: NBestFormat.Kaldi)), StringComparison.Ordinal);
        Assert.Contains("standard input is empty", Refuse(() => NBestFile.Read(["-"], input: [""])), StringComparison.Ordinal);
    }

    private static string Refuse(Func<object> read) => Assert.Throws<UnfoldException>(read).Message;

    private string Write(string name, string content)
    {
        File.WriteAllText(_folder[name], content);
        return _folder[name];
    }

    private string WritePacked(string name, string content)
    {
        File.WriteAllBytes(_folder[name], Gzip.Pack(Encoding.UTF8.GetBytes(content)));
        return _folder[name];
    }

    private IReadOnlyList<NBestList> Read(string name, string content, NBestFormat? format = null, params string[] costs) =>
        NBestFile.Read([Write(name, content)], format, costs.Length > 0 ? NBestFile.ReadCosts(costs) : null);
}
