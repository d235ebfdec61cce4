using Unfold.Text;

namespace Unfold.Tests.Text;

public sealed class CorpusTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("unfold-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Corpus Load(TextSource text, CorpusOptions options, TextSource? validation = null, Vocabulary? vocabulary = null, Action<double>? progress = null) =>
        Corpus.Load(text, options, validation, vocabulary, progress, TestContext.Current.CancellationToken);

    private static int[] All(TokenStore store)
    {
        int[] tokens = new int[store.Count];
        store.Read(0, tokens);
        return tokens;
    }

    [Fact]
    public void A_file_is_split_at_its_end()
    {
        string text = string.Concat(Enumerable.Range(0, 500).Select(i => $"{i} 我 Word\r\n"));
        string path = Path.Combine(_folder, "text.txt");
        File.WriteAllText(path, text);
        List<double> progress = [];
        Corpus corpus = Load(TextSource.FromFiles(path), new CorpusOptions { LetterCase = LetterCase.Lowered, ValidationFraction = 0.1, MemoryLimit = 100 }, progress: progress.Add);
        string normal = text.ToLowerInvariant().Replace("\r\n", "\n");
        Assert.Equal(normal, corpus.Vocabulary.Decode([.. All(corpus.Train), .. All(corpus.Validation)]));
        Assert.Equal((long)Math.Round(normal.Length * 0.1), corpus.Validation.Count);
        Assert.Equal(normal.Length, corpus.Characters);
        Assert.Equal(0, corpus.UnknownTokens);
        Assert.False(corpus.Train.IsInMemory);
        Assert.Equal(1.0, progress[^1]);
        Assert.Equal(normal.Distinct().Count(), corpus.Vocabulary.SymbolCount);
    }

    [Fact]
    public void A_validation_text_of_its_own_adds_nothing_to_the_vocabulary()
    {
        TextSource train = TextSource.FromString("a b a b c");
        TextSource validation = TextSource.FromString("a d c e e");
        Corpus corpus = Load(train, new CorpusOptions { Kind = TokenKind.Word, ValidationFraction = 0.5 }, validation);
        Assert.Equal([3, 4, 3, 4, 5], All(corpus.Train));
        Assert.Equal([3, 0, 5, 0, 0], All(corpus.Validation));
        Assert.Equal(3, corpus.UnknownTokens);
        Corpus given = Load(validation, new CorpusOptions(), vocabulary: corpus.Vocabulary);
        Assert.Equal([3, 0, 5, 0, 0], All(given.Train));
        Assert.Equal(3, given.UnknownTokens);
        Assert.Equal(corpus.Fingerprint.Split('+')[1], given.Fingerprint);
    }

    [Fact]
    public void A_small_vocabulary_leaves_unknown_tokens()
    {
        Corpus corpus = Load(TextSource.FromString("a a b b b c"), new CorpusOptions { Kind = TokenKind.Word, MaximumSymbols = 2 });
        Assert.Equal([4, 4, 3, 3, 3, 0], All(corpus.Train));
        Assert.Equal(1, corpus.UnknownTokens);
    }

    [Theory]
    [InlineData(TokenKind.Character, "a b", 2)]
    [InlineData(TokenKind.Character, "x b", 2)]
    [InlineData(TokenKind.Character, "  b", 2)]
    [InlineData(TokenKind.Character, "\uFEFF\r\nb", 1)]
    [InlineData(TokenKind.Word, "a b", 2)]
    [InlineData(TokenKind.Word, "x a", 2)]
    [InlineData(TokenKind.Word, "x'ss. a", 3)]
    [InlineData(TokenKind.Word, "x", 0)]
    [InlineData(TokenKind.Word, "\uFEFF \u3000\u200Bx a", 2)]
    [InlineData(TokenKind.Word, " \r\n x a", 4)]
    [InlineData(TokenKind.Word, "👩\u200D🚀 a", 2)]
    [InlineData(TokenKind.Word, "<unk> a", 6)]
    [InlineData(TokenKind.Space, "<unk> a", 2)]
    [InlineData(TokenKind.Space, "\tx,y a", 2)]
    [InlineData(TokenKind.Segmented, "上学了。", 2)]
    [InlineData(TokenKind.Segmented, " 昨天上学", 2)]
    [InlineData(TokenKind.Segmented, " x上学", 2)]
    public void All_characters_are_foretold_but_those_up_to_the_end_of_the_first_token(TokenKind kind, string text, long foretold)
    {
        Vocabulary vocabulary = new(Tokenizations.Of(kind, text), kind == TokenKind.Segmented ? ["上学"] : ["a", "b"]);
        Assert.Equal(foretold, Load(TextSource.FromString(text), new CorpusOptions(), vocabulary: vocabulary).ForetoldCharacters);
        Vocabulary sentences = new(vocabulary.Tokenization with { Mode = TextMode.Sentences }, ["a", "b"]);
        Corpus all = Load(TextSource.FromString(text), new CorpusOptions(), vocabulary: sentences);
        Assert.Equal(all.Characters, all.ForetoldCharacters);
    }

    [Theory]
    [InlineData("the cat", 4)]
    [InlineData(" the cat", 4)]
    [InlineData("我the", 4)]
    [InlineData("Qthe", 3)]
    public void A_character_in_bytes_is_foretold_with_the_last_of_them(string text, long foretold)
    {
        Vocabulary vocabulary = Tokenizations.Learn(string.Concat(Enumerable.Repeat("the cat the", 9)), 300);
        Assert.Equal(foretold, Load(TextSource.FromString(text), new CorpusOptions(), vocabulary: vocabulary).ForetoldCharacters);
    }

    [Fact]
    public void White_space_before_the_first_word_may_be_as_long_as_it_likes()
    {
        Corpus corpus = Load(TextSource.FromString(new string(' ', 1000) + "x a"), new CorpusOptions(), vocabulary: new Vocabulary(TokenKind.Word, LetterCase.Kept, ["a"]));
        Assert.Equal((1003, 2), (corpus.Characters, corpus.ForetoldCharacters));
    }

    [Fact]
    public void A_text_that_changes_between_the_passes_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not let a writer near a file that is read.");
        string path = Path.Combine(_folder, "growing.txt");
        File.WriteAllText(path, "abcabc");
        TextSource source = TextSource.FromFiles(path);
        bool grown = false;
        Action<double> grow = _ =>
        {
            if (!grown)
            {
                grown = true;
                File.WriteAllText(path, "abcabd");
            }
        };
        Assert.Contains("changed while it was read", Assert.Throws<UnfoldException>(() => Load(source, new CorpusOptions(), progress: grow)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Loading_can_be_stopped() => Assert.Throws<OperationCanceledException>(() =>
        Corpus.Load(TextSource.FromString("abc"), new CorpusOptions(), cancellation: new CancellationToken(canceled: true)));
}
