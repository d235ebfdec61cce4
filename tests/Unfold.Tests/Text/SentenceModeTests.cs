using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Text;

/// <summary>Each line that is not blank is a sentence with an end.</summary>
public sealed class SentenceModeTests
{
    private const string Lines = "\uFEFF\n  the cat\r\n\r \t \na b.\n\n  \u3000 \n我 x \nend";
    private static readonly string[] Sentences = ["the cat", "a b.", "我 x ", "end"];

    public static TheoryData<TokenKind> Kinds => [.. Enum.GetValues<TokenKind>()];

    private static Tokenizer Create(TokenKind kind, TextMode mode) => Tokenizations.Of(kind, Lines, LetterCase.Kept, mode).CreateTokenizer();

    private static Corpus Load(string text, double fraction = 0, TokenKind kind = TokenKind.Space, Vocabulary? vocabulary = null) => Corpus.Load(
        TextSource.FromString(text), new CorpusOptions { Kind = kind, Mode = TextMode.Sentences, ValidationFraction = fraction }, vocabulary: vocabulary, cancellation: TestContext.Current.CancellationToken);

    private static int[] All(TokenStore store)
    {
        int[] tokens = new int[store.Count];
        store.Read(0, tokens);
        return tokens;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_sentence_is_the_tokens_of_its_line_and_an_end(TokenKind kind)
    {
        IEnumerable<string> expected = Sentences.SelectMany(sentence => Create(kind, TextMode.Running).Split(sentence).Append("\n"));
        Assert.Equal(expected, Create(kind, TextMode.Sentences).Split(Lines));
        Assert.Equal(expected, Create(kind, TextMode.Sentences).Split(Lines + "\n"));
        Assert.Empty(Create(kind, TextMode.Sentences).Split(" \n\r\n\t"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Sentences_do_not_depend_on_where_the_text_was_cut(TokenKind kind)
    {
        Tokenizer tokenizer = Create(kind, TextMode.Sentences);
        IReadOnlyList<string> whole = tokenizer.Split(Lines);
        for (int size = 1; size <= Lines.Length; size++)
        {
            List<string> pieces = [];
            TokenSink sink = token => pieces.Add(token.ToString());
            foreach (char[] piece in Lines.Chunk(size))
            {
                tokenizer.Push(piece, sink);
            }

            tokenizer.Flush(sink);
            Assert.Equal(whole, pieces);
        }
    }

    [Fact]
    public void The_end_symbol_stands_after_each_sentence()
    {
        var vocabulary = new Vocabulary(new Tokenization(TokenKind.Word) { Mode = TextMode.Sentences }, ["a", "b"]);
        Assert.Equal([3, 4, 2, 0, 2], vocabulary.Encode("a b\n\n c"));
        Assert.Equal([3, 4, 2, 0], vocabulary.EncodePrefix("a b\n\n c"));
        Assert.Equal([3, 4, 2], vocabulary.EncodePrefix("a b\n"));
        Assert.Equal([0], vocabulary.EncodePrefix("\uD83D"));
        Assert.Equal("a b\nb\n", vocabulary.Decode(vocabulary.Encode("a b\nb")));
        Assert.Equal([3, 0, 4], new Vocabulary(TokenKind.Word, LetterCase.Kept, ["a", "b"]).EncodePrefix("a\nb"));
    }

    [Fact]
    public void The_line_feed_is_no_symbol()
    {
        Assert.Equal(["<unk>", "<s>", "</s>", "a", "b"], Enumerable.Range(0, 5).Select(id => Load("a\nb\na").Vocabulary[id]));
        var tokenization = new Tokenization(TokenKind.Word) { Mode = TextMode.Sentences };
        Assert.Contains("line feed", Assert.Throws<UnfoldException>(() => new Vocabulary(tokenization, ["\n"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_corpus_begins_with_an_end_and_is_split_between_sentences()
    {
        // 16 tokens: the end of a sentence before, and three sentences of four words with their ends.
        const string Text = "a a a a\na a a a\n\na a a a\n";
        Assert.Equal([2, 3, 3, 3, 3, 2, 3, 3, 3, 3, 2, 3, 3, 3, 3, 2], All(Load(Text).Train));
        foreach ((double fraction, int train, int validation) in ((double, int, int)[])[(0.3, 11, 6), (0.4, 6, 11), (0.05, 11, 6), (0.9, 6, 11)])
        {
            Corpus corpus = Load(Text, fraction);
            Assert.Equal((train, validation), (corpus.Train.Count, corpus.Validation.Count));
            Assert.Equal((2, 2, 2), (All(corpus.Train)[0], All(corpus.Train)[^1], All(corpus.Validation)[0]));
        }

        Corpus long_ = Load(string.Join(' ', Enumerable.Repeat("a", 10_000)) + "\nb\n" + string.Join(' ', Enumerable.Repeat("a", 10_000)), 0.3);
        Assert.Equal((10_004, 10_002), (long_.Train.Count, long_.Validation.Count));
    }

    [Fact]
    public void A_model_starts_after_the_end_of_a_sentence_and_scores_the_first_token_too()
    {
        Vocabulary vocabulary = Load("a b c\nb c\nc", kind: TokenKind.Character).Vocabulary;
        var model = new LanguageModel(new LanguageModelSettings { Hidden = 5 }, vocabulary, new SeededRandom(4));
        Corpus corpus = Load("b a\nc", vocabulary: vocabulary);
        NextTokenSession session = model.Start();
        double sum = 0;
        int[] tokens = vocabulary.Encode("b a\nc");
        foreach (int token in tokens)
        {
            sum -= session.LogProbability(token);
            session.Feed(token);
        }

        Score score = LanguageModelScorer.Score(model, corpus.Train, new Workers(1), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(6, tokens.Length);
        Assert.Equal(tokens.Length, score.Tokens);
        Close.Equal(sum / tokens.Length, score.Loss, relative: 1e-6, absolute: 0, "the mean over all tokens, the first included");
    }
}
