using System.IO.Compression;
using System.Text;
using Unfold.NGrams;
using Unfold.Persistence;
using Unfold.Tests.NGrams;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Persistence.NGrams;

/// <summary>ARPA files: written by hand, written by the library, damaged.</summary>
public sealed class ArpaFileTests : IDisposable
{
    private const string ByHand = """
        \data\
        ngram 1=5
        ngram 2=4
        ngram 3=2

        \1-grams:
        -1.0	<unk>
        -99	<s>	-0.30103
        -0.69897	</s>
        -0.5	a	-0.25
        -0.75	b	-0.125

        \2-grams:
        -0.2	<s> a	-0.0625
        -0.4	a b	-0.5
        -0.9	b a
        -0.6	b </s>

        \3-grams:
        -0.1	<s> a b
        -0.05	a b </s>

        \end\

        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Probabilities_back_off_as_the_format_says()
    {
        NGramModel model = Read(ByHand);
        Vocabulary vocabulary = model.Vocabulary;
        int a = vocabulary.IdOf("a"), b = vocabulary.IdOf("b");

        Assert.Equal(3, model.Order);
        Assert.Equal([5, 4, 2], Enumerable.Range(1, 3).Select(model.Count));
        Assert.Equal(TextMode.Sentences, vocabulary.Mode);
        RequireLog10(-0.2, model, a);
        RequireLog10(-0.30103 - 0.75, model, b);
        RequireLog10(-0.1, model, b, a);
        RequireLog10(-0.0625 - 0.25 - 0.5, model, a, a);
        RequireLog10(-0.05, model, Vocabulary.EndId, a, b);
        RequireLog10(-0.5 - 0.9, model, a, a, b);
        RequireLog10(-0.6, model, Vocabulary.EndId, b, b);
        RequireLog10(-0.25 - 1.0, model, Vocabulary.UnknownId, Vocabulary.UnknownId, a);
        RequireLog10(-0.69897, model, Vocabulary.EndId, a, Vocabulary.UnknownId);
        Assert.Equal(double.NegativeInfinity, model.Start().LogProbability(Vocabulary.BeginId));
    }

    [Theory]
    [InlineData("-99\t<s>", "-inf\t<s>")]
    [InlineData("-99\t<s>", "-Inf\t<s>")]
    public void A_zero_may_be_written_as_minus_infinity(string ours, string theirs) => RequireSame(Read(ByHand), Read(ByHand.Replace(ours, theirs, StringComparison.Ordinal)));

    [Theory]
    [InlineData("\r\n", "\t", " ")]
    [InlineData("\n", " ", " ")]
    [InlineData("\n", "\t", "\t")]
    [InlineData("\n\n", "  ", "\t ")]
    public void Line_ends_and_white_space_are_read_as_they_come(string lineEnd, string tab, string space)
    {
        string written = "text before the counts\n" + ByHand.Replace(" ", "@", StringComparison.Ordinal).Replace("ngram@", "ngram ", StringComparison.Ordinal)
            .Replace("\t", tab, StringComparison.Ordinal).Replace("@", space, StringComparison.Ordinal).Replace("\n", lineEnd, StringComparison.Ordinal);

        RequireSame(Read(ByHand), Read(written));
        RequireSame(Read(ByHand), Read("\uFEFF" + ByHand.Replace("\n-0.1\t<s> a b\n-0.05\ta b </s>", "\n-0.05\ta b </s>\t0\n-0.1\t<s> a b\t-0.0", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Smoothing.ModifiedKneserNey, TextMode.Sentences, 4)]
    [InlineData(Smoothing.Additive, TextMode.Running, 3)]
    [InlineData(Smoothing.KneserNey, TextMode.Sentences, 1)]
    public void What_is_written_reads_back_the_same_and_is_written_again_the_same(Smoothing smoothing, TextMode mode, int order)
    {
        NGramModel model = new RandomText(31, mode).Train(new NGramOptions { Order = order, Smoothing = smoothing });
        NGramFile.Write(_folder["one.arpa"], model, cancellation: TestContext.Current.CancellationToken);
        NGramModel read = Read(_folder["one.arpa"], isPath: true);
        NGramFile.Write(_folder["two.arpa"], read, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(File.ReadAllBytes(_folder["one.arpa"]), File.ReadAllBytes(_folder["two.arpa"]));
        RequireSame(model, read);
    }

    [Fact]
    public void Capitals_are_the_unknown_word_where_there_is_no_other()
    {
        string capitals = ByHand.Replace("<unk>", "<UNK>", StringComparison.Ordinal).Replace("-0.4\ta b", "-0.4\ta <UNK>", StringComparison.Ordinal).Replace("-0.05\ta b", "-0.05\ta <UNK>", StringComparison.Ordinal);
        string usual = capitals.Replace("<UNK>", "<unk>", StringComparison.Ordinal);
        RequireSame(Read(usual), Read(capitals));
        RequireSame(Read(usual), Read(Moved(capitals, "-1.0\t<UNK>\n", "\\2-grams:")));
        Assert.Equal(Vocabulary.UnknownId, Read(capitals).Vocabulary.IdOf("<UNK>"));
        NGramFile.Write(_folder["usual.arpa"], Read(capitals), cancellation: TestContext.Current.CancellationToken);
        Assert.Contains("\n-1\t<unk>\n", File.ReadAllText(_folder["usual.arpa"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1.0\t<unk>\n-1.5\t<UNK>\t-0.5\n")]
    [InlineData("-1.5\t<UNK>\t-0.5\n-1.0\t<unk>\n")]
    public void Capitals_are_a_word_where_the_unknown_word_is_there_too(string both)
    {
        NGramModel model = Read(ByHand.Replace("-1.0\t<unk>\n", both, StringComparison.Ordinal).Replace("ngram 1=5", "ngram 1=6", StringComparison.Ordinal).Replace("-0.4\ta b", "-0.4\ta <UNK>", StringComparison.Ordinal)
            .Replace("-0.05\ta b", "-0.05\ta <UNK>", StringComparison.Ordinal));
        int capitals = model.Vocabulary.IdOf("<UNK>"), a = model.Vocabulary.IdOf("a");
        Assert.Equal((Vocabulary.SpecialCount + 3, Vocabulary.SpecialCount), (model.Vocabulary.Count, Math.Min(capitals, a)));
        RequireLog10(-1, model, Vocabulary.UnknownId, Vocabulary.UnknownId);
        RequireLog10(-1.5, model, capitals, Vocabulary.UnknownId);
        RequireLog10(-0.4, model, capitals, a, a);
        RequireLog10(-0.5 - 0.69897, model, Vocabulary.EndId, capitals);
    }

    [Fact]
    public void A_model_of_the_word_in_capitals_alone_reads_back_as_it_is()
    {
        var vocabulary = new Vocabulary(new Tokenization(TokenKind.Space) { Mode = TextMode.Sentences }, ["<UNK>", "a"]);
        NGramModel model = RandomText.Train(TokenStore.FromTokens([2, 3, 4, 2, 4, 2], vocabulary.Count), vocabulary, new NGramOptions { Order = 2, UnknownWords = UnknownWords.Closed });
        NGramFile.Write(_folder["words.arpa"], model, cancellation: TestContext.Current.CancellationToken);
        RequireSame(model, Read(_folder["words.arpa"], isPath: true));
    }

    [Theory]
    [InlineData('\u00A0')]
    [InlineData('\u3000')]
    [InlineData('\u200B')]
    [InlineData('\u0085')]
    public void A_word_that_holds_white_space_is_read_but_in_a_text_it_is_two(char space)
    {
        Vocabulary vocabulary = Read(ByHand.Replace("\tb\t", $"\ta{space}b\t", StringComparison.Ordinal).Replace(" b", $" a{space}b", StringComparison.Ordinal).Replace("\tb ", $"\ta{space}b ", StringComparison.Ordinal)).Vocabulary;
        Assert.NotEqual(Vocabulary.UnknownId, vocabulary.IdOf($"a{space}b"));
        Assert.Equal([vocabulary.IdOf("a"), Vocabulary.UnknownId, Vocabulary.EndId], vocabulary.Encode($"a{space}b"));
    }

    [Theory]
    [InlineData(TextMode.Running)]
    [InlineData(TextMode.Sentences)]
    public void Words_between_spaces_come_back_whatever_they_are(TextMode mode)
    {
        const string text = "a b\n<U+000A> a <U+ b\n<U+0041> A <U+003C>U+0041> \u0001 <\nb a\n";
        Corpus corpus = Corpus.Load(TextSource.FromString(text), new CorpusOptions { Kind = TokenKind.Space, Mode = mode, ValidationFraction = 0 }, cancellation: TestContext.Current.CancellationToken);
        NGramModel model = RandomText.Train(corpus.Train, corpus.Vocabulary, new NGramOptions { Order = 2 });
        NGramFile.Write(_folder["words.arpa"], model, cancellation: TestContext.Current.CancellationToken);
        RequireSame(model, Read(_folder["words.arpa"], isPath: true));
    }

    [Fact]
    public void A_file_of_words_is_what_other_readers_want()
    {
        NGramFile.Write(_folder["words.arpa"], Read(ByHand), cancellation: TestContext.Current.CancellationToken);
        string[] lines = File.ReadAllText(_folder["words.arpa"]).Split('\n');

        Assert.Equal(["\\data\\", "ngram 1=5", "ngram 2=4", "ngram 3=2", "", "\\1-grams:", "-1\t<unk>", "-99\t<s>\t-0.30103"], lines[..8]);
        Assert.Contains("-0.2\t<s> a\t-0.0625", lines);
        Assert.Contains("-0.9\tb a", lines);
        Assert.Equal(["\\end\\", ""], lines[^2..]);
    }

    /// <summary>SRILM's reader leaves out, with a warning, n-grams that go on from a line without a weight, and counts the lines of each section.</summary>
    [Theory]
    [InlineData("1", 0)]
    [InlineData("1,1,2", 0)]
    [InlineData("1", 1e-3)]
    public void Every_n_gram_goes_on_from_a_line_with_a_weight(string minimumCounts, double pruning)
    {
        NGramModel model = new RandomText(33, TextMode.Sentences).Train(new NGramOptions { Order = 4, MinimumCounts = [.. minimumCounts.Split(',').Select(int.Parse)], PruningThreshold = pruning });
        NGramFile.Write(_folder["words.arpa"], model, cancellation: TestContext.Current.CancellationToken);
        string[][] lines = [.. File.ReadLines(_folder["words.arpa"]).Select(line => line.Split('\t')).Where(fields => fields.Length > 1)];
        HashSet<string> weighted = [.. lines.Where(fields => fields.Length == 3).Select(fields => fields[1])];
        ILookup<int, string> ofLength = lines.ToLookup(fields => fields[1].Split(' ').Length, fields => fields[1]);

        Assert.All(ofLength.Where(some => some.Key > 1).SelectMany(some => some), words => Assert.Contains(words[..words.LastIndexOf(' ')], weighted));
        Assert.Equal(
            Enumerable.Range(1, 4).Select(length => $"ngram {length}={ofLength[length].Count()}"),
            File.ReadLines(_folder["words.arpa"]).Where(line => line.StartsWith("ngram ", StringComparison.Ordinal)));
        Assert.All(ofLength[4], words => Assert.DoesNotContain(words, weighted));
    }

    [Fact]
    public void A_file_tells_which_library_cut_its_words()
    {
        var tokenization = new Tokenization(TokenKind.Segmented) { Mode = TextMode.Sentences, IcuVersion = "72.1" };
        string comment = ArpaTokenization.Describe(tokenization)!;
        Assert.EndsWith(" icu=72.1", comment, StringComparison.Ordinal);
        Assert.Equal(tokenization, ArpaTokenization.Understand(comment));
        Assert.Equal(tokenization with { IcuVersion = null }, ArpaTokenization.Understand(comment.Replace(" icu=72.1", "", StringComparison.Ordinal)));
        Assert.Null(ArpaTokenization.Understand(comment.Replace("72.1", "new", StringComparison.Ordinal)));
        Assert.Null(ArpaTokenization.Understand(comment.Replace("segmented", "word", StringComparison.Ordinal)));
    }

    [Fact]
    public void White_space_is_a_character_of_which_a_file_can_tell()
    {
        var vocabulary = new Vocabulary(new Tokenization(TokenKind.Character) { LetterCase = LetterCase.Lowered }, ["a", " ", "\n", "\u00A0", "😀"]);
        TokenStore tokens = TokenStore.FromTokens([3, 4, 3, 5, 6, 7, 4, 3, 3, 5], vocabulary.Count);
        NGramModel model = RandomText.Train(tokens, vocabulary, new NGramOptions { Order = 2 });
        NGramFile.Write(_folder["letters.arpa"], model, cancellation: TestContext.Current.CancellationToken);
        string text = File.ReadAllText(_folder["letters.arpa"]);

        Assert.StartsWith("# unfold tokens=char text=running case=lowered\n\\data\\\n", text, StringComparison.Ordinal);
        Assert.Contains("\ta <U+0020>\n", text, StringComparison.Ordinal);
        Assert.Contains("<U+00A0>", text, StringComparison.Ordinal);
        RequireSame(model, Read(_folder["letters.arpa"], isPath: true));
    }

    public static TheoryData<string, string, string> Damages => new()
    {
        { "\\data\\", "\\daat\\", "no line \\data\\" },
        { "ngram 1=5", "ngram 1=4", "line 11: more than the 4 n-grams" },
        { "ngram 1=5", "ngram 1=6", "line 13: the section of 1 tokens ends with 5 n-grams, but 6 were announced" },
        { "ngram 1=5", "ngram 1=five", "line 2: \"ngram 1=\" and a number was wanted" },
        { "ngram 1=5\n", "", "line 2: \"ngram 1=\" and a number was wanted, but \"ngram 2=4\"" },
        { "ngram 1=5\nngram 2=4\nngram 3=2\n", "", "a count such as" },
        { "ngram 3=2", "ngram 3=99999999999999999999", "line 4" },
        { "ngram 3=2", "ngram 3=99999999999", "at most 2147483646" },
        { "ngram 3=2", "ngram 3=2\nngram 4=0\nngram 5=0\nngram 6=0\nngram 7=0\nngram 8=0", "at most 7" },
        { "\\2-grams:", "\\3-grams:", "\\2-grams: was wanted, but \"\\3-grams:\"" },
        { "\\1-grams:\n", "", "line 6" },
        { "-0.4\ta b\t-0.5", "-0.4\ta c\t-0.5", "line 15: the token \"c\" is not among the 1-grams" },
        { "-0.4\ta b\t-0.5", "0.4\ta b\t-0.5", "line 15: the log10 probability is 0.4, but is at most 0" },
        { "-0.4\ta b\t-0.5", "NaN\ta b\t-0.5", "line 15: a finite number was wanted, but \"NaN\"" },
        { "-0.4\ta b\t-0.5", "-1e99\ta b\t-0.5", "\"-1e99\"" },
        { "-0.4\ta b\t-0.5", "-0.4\ta b\thigh", "line 15: a finite number was wanted, but \"high\"" },
        { "-0.4\ta b\t-0.5", "-0.4\ta b b\t-0.5", "line 15: a log10 probability, 2 tokens and perhaps a backoff weight were wanted, but 5 fields" },
        { "-0.4\ta b\t-0.5", "-0.4\ta", "but 2 fields" },
        { "-0.4\ta b\t-0.5", "-0.4\tb a\t-0.5", "the n-gram on line 16 stands there for the second time" },
        { "-0.1\t<s> a b", "-0.1\t<s> b b", "the n-gram on line 20 has 3 tokens, but its first 2 are no n-gram" },
        { "-0.5\ta\t-0.25", "-0.5\tb\t-0.25", "line 14: the token \"a\"" },
        { "-0.75\tb", "-0.75\ta", "line 15" },
        { "-0.69897\t</s>\n", "-0.69897\tc\n", "the token \"</s>\" is not among the 1-grams" },
        { "\\end\\", "", "is cut short: it ends after line" },
        { "\\end\\", "\\end\\\nmore", "text follows \\end\\" },
        { "-0.05\ta b </s>\n\n\\end\\\n", "", "1 of 2 n-grams of 3 tokens are there and the line \\end\\ is missing" },
        { "\\data\\", "# unfold tokens=runes text=running case=kept\n\\data\\", "line 1: it begins with \"# unfold\"" },
        { "\\data\\", "# unfold tokens=char text=sentences case=kept\n\\data\\\nngram 1=1\n\\1-grams:\n-1 ab\n\\end\\", "" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_file_is_refused_with_its_line(string whole, string damaged, string words)
    {
        Assert.Contains(whole, ByHand, StringComparison.Ordinal);
        UnfoldException refusal = Assert.Throws<UnfoldException>(() => Read(ByHand.Replace(whole, damaged, StringComparison.Ordinal)));

        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("by-hand.arpa", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void However_short_a_file_is_cut_it_is_refused_in_a_sentence()
    {
        byte[] whole = Encoding.UTF8.GetBytes(ByHand);
        int end = ByHand.IndexOf("\\end\\", StringComparison.Ordinal) + 5;
        for (int length = 0; length < end; length++)
        {
            File.WriteAllBytes(_folder["cut.arpa"], whole[..length]);
            Assert.Throws<UnfoldException>(() => Read(_folder["cut.arpa"], isPath: true));
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(ByHand);
        bytes[ByHand.IndexOf("\ta\t", StringComparison.Ordinal) + 1] = 0xFF;
        File.WriteAllBytes(_folder["latin.arpa"], bytes);
        Assert.Contains("line 10: it is not valid UTF-8", Assert.Throws<UnfoldException>(() => Read(_folder["latin.arpa"], isPath: true)).Message, StringComparison.Ordinal);
        File.WriteAllText(_folder["long.arpa"], "\\data\\\n" + new string('x', 1 << 20));
        Assert.Contains("line 2 has more than", Assert.Throws<UnfoldException>(() => Read(_folder["long.arpa"], isPath: true)).Message, StringComparison.Ordinal);
        Assert.Contains("there is no such file", Assert.Throws<UnfoldException>(() => Read(_folder["none.arpa"], isPath: true)).Message, StringComparison.Ordinal);
        Assert.Contains("folder", Assert.Throws<UnfoldException>(() => Read(_folder.Path, isPath: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_gzip_packed_are_read_and_refused_where_they_are_not_whole()
    {
        byte[] packed = Gzip.Pack(Encoding.UTF8.GetBytes(ByHand));
        File.WriteAllBytes(_folder["packed.arpa.gz"], packed);
        Assert.True(NGramFile.IsMeant(_folder["packed.arpa.gz"]));
        Assert.True(NGramFile.IsMeant(_folder["none.arpa.gz"]));
        Assert.False(NGramFile.IsMeant(_folder["none"]));
        File.WriteAllText(_folder["model.lm"], ByHand);
        RequireSame(Read(ByHand), Assert.IsType<NGramModel>(ModelFile.Open(_folder["model.lm"], cancellation: TestContext.Current.CancellationToken)));
        Directory.CreateDirectory(_folder["run.bin"]);
        Assert.False(NGramFile.IsMeant(_folder["run.bin"]));
        RequireSame(Read(ByHand), Read(_folder["packed.arpa.gz"], isPath: true));
        File.WriteAllBytes(_folder["packed.arpa.gz"], packed[..^1]);
        Assert.Contains("packed with gzip, but damaged, cut short", Assert.Throws<UnfoldException>(() => Read(_folder["packed.arpa.gz"], isPath: true)).Message, StringComparison.Ordinal);
        NGramFile.Write(_folder["compact.bin"], Read(ByHand), cancellation: TestContext.Current.CancellationToken);
        File.WriteAllBytes(_folder["compact.gz"], Gzip.Pack(File.ReadAllBytes(_folder["compact.bin"])));
        Assert.Contains("compact form, which is used where it lies", Assert.Throws<UnfoldException>(() => Read(_folder["compact.gz"], isPath: true)).Message, StringComparison.Ordinal);
        Assert.Contains("choose one of them", Assert.Throws<UnfoldException>(() => NGramFile.Write(_folder["out.bin.gz"], Read(ByHand), cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_packed_where_its_name_says_so()
    {
        NGramModel model = new RandomText(34, TextMode.Sentences).Train(new NGramOptions { Order = 3 });
        foreach (string name in (string[])["plain.arpa", "one.arpa.gz", "two.ARPA.GZ"])
        {
            NGramFile.Write(_folder[name], model, cancellation: TestContext.Current.CancellationToken);
        }

        byte[] packed = File.ReadAllBytes(_folder["one.arpa.gz"]);
        using var unpacked = new MemoryStream();
        using (var packer = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress))
        {
            packer.CopyTo(unpacked);
        }

        Assert.Equal(File.ReadAllBytes(_folder["plain.arpa"]), unpacked.ToArray());
        Assert.Equal(packed, File.ReadAllBytes(_folder["two.ARPA.GZ"]));
        Assert.Equal([0x1F, 0x8B, 8, 0, 0, 0, 0, 0], packed[..8]);
        RequireSame(model, Read(_folder["one.arpa.gz"], isPath: true));

        using var stopped = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => NGramFile.Write(_folder["one.arpa.gz"], Read(ByHand), _ => stopped.Cancel(), stopped.Token));
        Assert.Equal(packed, File.ReadAllBytes(_folder["one.arpa.gz"]));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.tmp-*"));
    }

    [Fact]
    public void A_name_must_tell_the_form()
    {
        UnfoldException refusal = Assert.Throws<UnfoldException>(() => NGramFile.Write(_folder["model.txt"], Read(ByHand), cancellation: TestContext.Current.CancellationToken));
        Assert.Contains(".arpa", refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["model.txt"]));
        NGramFile.RequireHolds("words.arpa", new Tokenization(TokenKind.Segmented));
        NGramFile.RequireHolds("subwords.bin", new Tokenization(TokenKind.BytePair));
        Assert.Contains("table of subwords", Assert.Throws<UnfoldException>(() => NGramFile.RequireHolds("subwords.arpa.gz", new Tokenization(TokenKind.BytePair))).Message, StringComparison.Ordinal);
        Assert.Contains("table of subwords", Assert.Throws<UnfoldException>(() => NGramFile.RequireHolds("subwords.arpa", new Tokenization(TokenKind.BytePair))).Message, StringComparison.Ordinal);
    }

    /// <summary>Fails unless two models give all tokens the same bits wherever they can stand.</summary>
    internal static void RequireSame(NGramModel expected, NGramModel found)
    {
        Assert.Equal(expected.Order, found.Order);
        Assert.Equal(expected.Vocabulary.Tokenization, found.Vocabulary.Tokenization);
        Assert.Equal(Enumerable.Range(0, expected.Vocabulary.Count).Select(id => expected.Vocabulary[id]), Enumerable.Range(0, found.Vocabulary.Count).Select(id => found.Vocabulary[id]));
        for (int level = 1; level <= expected.Order; level++)
        {
            Close.Same(expected.LogProbabilities(level), found.LogProbabilities(level), $"probabilities of level {level}");
            if (level < expected.Order)
            {
                Close.Same(expected.Backoffs(level), found.Backoffs(level), $"backoff weights of level {level}");
                Assert.Equal(expected.Trie.FirstChild(level).ToArray(), found.Trie.FirstChild(level).ToArray());
                Assert.Equal(expected.Trie.Words(level + 1).ToArray(), found.Trie.Words(level + 1).ToArray());
            }
        }
    }

    private static void RequireLog10(double expected, NGramModel model, int token, params int[] before)
    {
        NGramSession session = model.Start();
        foreach (int earlier in before)
        {
            session.Feed(earlier);
        }

        Close.Equal(expected, session.LogProbability(token) / Math.Log(10), 1e-6, 0, $"{token} after {string.Join(' ', before)}");
    }

    /// <summary>The text with a line taken out and put before another.</summary>
    private static string Moved(string text, string line, string before) =>
        text.Replace(line, "", StringComparison.Ordinal).Replace(before, line + before, StringComparison.Ordinal);

    private NGramModel Read(string text, bool isPath = false)
    {
        string path = isPath ? text : _folder["by-hand.arpa"];
        if (!isPath)
        {
            File.WriteAllText(path, text);
        }

        return NGramFile.Read(path, cancellation: TestContext.Current.CancellationToken);
    }
}
