using Unfold.Generation;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Tests.Text;
using Unfold.Text;

namespace Unfold.Tests.Generation;

public sealed class WordCompleterTests
{
    private static readonly string[] Words = ["the", "then", "there", "cat", "can't", "car", "sat", ".", "The", "\n"];

    [Fact]
    public void Words_that_begin_as_typed_share_the_probability()
    {
        LanguageModel model = Create(TokenKind.Word, LetterCase.Kept, Words);
        var completer = new WordCompleter(model);

        IReadOnlyList<Completion> found = completer.Complete("the cat th", 9);

        LanguageModelSession session = model.Start();
        foreach (int token in model.Vocabulary.Encode("\nthe cat"))
        {
            session.Feed(token);
        }

        string[] wanted = ["the", "then", "there"];
        double[] shares = [.. wanted.Select(word => Math.Exp(session.LogProbability(model.Vocabulary.IdOf(word))))];
        (string Word, double Share)[] order = [.. wanted.Zip(shares.Select(share => share / shares.Sum())).OrderByDescending(pair => pair.Second)];
        Assert.Equal(order.Select(pair => pair.Word), found.Select(completion => completion.Word));
        Assert.Equal(order.Select(pair => pair.Word[2..]), found.Select(completion => completion.Rest));
        Close.Equal([.. order.Select(pair => pair.Share)], [.. found.Select(completion => completion.Probability)], 1e-6, 0, "Single precision in the logits only");
    }

    [Fact]
    public void After_a_space_all_words_come_and_no_white_space()
    {
        IReadOnlyList<Completion> found = new WordCompleter(Create(TokenKind.Word, LetterCase.Kept, Words)).Complete("the ", 99);
        Assert.Equal(Words.Length - 1, found.Count);
        Assert.DoesNotContain(found, completion => completion.Word == "\n");
        Close.Equal(1, found.Sum(completion => completion.Probability), 1e-9, 0, "They are all there is");
    }

    [Theory]
    [InlineData("(ca", "ca", new[] { "can't", "car", "cat" })]
    [InlineData("can'", "can'", new[] { "can't" })]
    [InlineData("sat.", ".", new[] { "." })]
    [InlineData("dog", "dog", new string[0])]
    [InlineData("", "", null)]
    public void The_word_in_progress_is_found(string line, string begun, string[]? words)
    {
        IReadOnlyList<Completion> found = new WordCompleter(Create(TokenKind.Word, LetterCase.Kept, Words)).Complete(line, 99);
        Assert.Equal((words ?? Words[..^1]).Order(StringComparer.Ordinal), found.Select(completion => completion.Word).Order(StringComparer.Ordinal));
        Assert.All(found, completion => Assert.Equal(completion.Word, begun + completion.Rest));
    }

    [Theory]
    [InlineData(TokenKind.Word, "(ca", "ca", new[] { "can't", "car", "cat" })]
    [InlineData(TokenKind.Word, "sat.", ".", new[] { "." })]
    [InlineData(TokenKind.Word, "xt", "xt", new string[0])]
    [InlineData(TokenKind.Space, "the ca", "ca", new[] { "can't", "car", "cat" })]
    [InlineData(TokenKind.Space, "(ca", "(ca", new string[0])]
    [InlineData(TokenKind.Space, "xt", "xt", new string[0])]
    public void A_line_of_a_model_of_either_mode_has_no_end_before_the_cursor(TokenKind kind, string line, string begun, string[] words)
    {
        foreach (TextMode mode in Enum.GetValues<TextMode>())
        {
            var vocabulary = new Vocabulary(new Tokenization(kind) { Mode = mode }, Words[..^1]);
            IReadOnlyList<Completion> found = new WordCompleter(new LanguageModel(new LanguageModelSettings { Hidden = 3 }, vocabulary, new SeededRandom(2))).Complete(line, 99);
            Assert.Equal(words, found.Select(completion => completion.Word).Order(StringComparer.Ordinal));
            Assert.All(found, completion => Assert.Equal(completion.Word, begun + completion.Rest));
        }
    }

    [Fact]
    public void What_is_typed_in_capitals_keeps_them()
    {
        IReadOnlyList<Completion> found = new WordCompleter(Create(TokenKind.Word, LetterCase.Lowered, ["the", "then", "\n"])).Complete("THE", 9);
        Assert.Equal(["THE", "THEn"], found.Select(completion => completion.Word).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ab b")]
    [InlineData("ab ")]
    [InlineData("")]
    [InlineData("a,")]
    public void Characters_spell_what_trying_everything_finds(string line)
    {
        // Words of up to four characters hold nearly all the probability here, so the search by hand can end there.
        LanguageModel model = Create(TokenKind.Character, LetterCase.Kept, ["a", "b", "'", ",", "好", " ", "\n"], lineFeedBias: 3);
        IReadOnlyList<Completion> found = new WordCompleter(model).Complete(line, 4);

        LanguageModelSession session = model.Start();
        foreach (int token in model.Vocabulary.Encode("\n" + line))
        {
            session.Feed(token);
        }

        bool begun = line.Length > 0 && line[^1] is 'a' or 'b';
        (string Ending, double Probability)[] wanted = [.. Spell(model, session, "", begun, 1, 5, line.EndsWith(',')).OrderByDescending(word => word.Probability).Take(4)];
        Assert.Equal(wanted.Select(word => word.Ending), found.Select(completion => completion.Rest));
        Close.Equal([.. wanted.Select(word => word.Probability)], [.. found.Select(completion => completion.Probability)], 1e-9, 0, "The same products");
        Assert.All(found, completion => Assert.Equal(completion.Word, (begun ? "b" : "") + completion.Rest.TrimStart(' ')));
    }

    [Theory]
    [InlineData(TokenKind.Word)]
    [InlineData(TokenKind.Character)]
    public void Typing_and_taking_back_gives_the_same_bits_as_the_line_at_once(TokenKind kind)
    {
        string[] symbols = kind == TokenKind.Word ? Words : [.. "abcdehnrst.' \n".Select(letter => $"{letter}")];
        LanguageModel model = Create(kind, LetterCase.Kept, symbols);
        var completer = new WordCompleter(model);
        string line = string.Concat(Enumerable.Repeat("the cat sat. ", 12));
        int[] lengths = [.. Enumerable.Range(0, line.Length), .. Enumerable.Range(0, 20).Select(back => line.Length - (7 * back)), 3, 40];
        foreach (int length in lengths)
        {
            IReadOnlyList<Completion> found = completer.Complete(line[..length], 3);
            if (length % 10 == 0 || length < 5)
            {
                Assert.Equal(new WordCompleter(model).Complete(line[..length], 3), found);
            }
        }
    }

    [Fact]
    public void Subwords_are_refused()
    {
        Vocabulary vocabulary = Tokenizations.Learn("the cat the cat", 400);
        var model = new LanguageModel(new LanguageModelSettings { Hidden = 2 }, vocabulary, new SeededRandom(2));
        Assert.Contains("--tokens word", Assert.Throws<UnfoldException>(() => new WordCompleter(model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_feed_or_no_word_wanted_is_refused()
    {
        var completer = new WordCompleter(Create(TokenKind.Word, LetterCase.Kept, Words));
        Assert.Throws<ArgumentException>(() => completer.Complete("a\nb", 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => completer.Complete("a", 0));
    }

    /// <summary>All words with their probabilities, by trying every character.</summary>
    private static IEnumerable<(string Ending, double Probability)> Spell(LanguageModel model, NextTokenSession session, string rest, bool begun, double probability, int left, bool space)
    {
        double P(string symbol) => Math.Exp(session.LogProbability(symbol == "</s>" ? Vocabulary.EndId : model.Vocabulary.IdOf(symbol)));
        if (begun)
        {
            yield return (rest, probability * (P(",") + P("好") + P(" ") + P("\n") + P("</s>")));
        }
        else
        {
            yield return (rest + ",", probability * P(","));
            yield return (rest + "好", probability * P("好"));
        }

        foreach (string symbol in left == 0 ? [] : (string[])["a", "b", "'", .. space && rest.Length == 0 ? (string[])[" "] : []])
        {
            NextTokenSession next = session.Fork();
            next.Feed(model.Vocabulary.IdOf(symbol));
            foreach ((string, double) word in Spell(model, next, rest + symbol, symbol != " ", probability * P(symbol), left - 1, space))
            {
                yield return word;
            }
        }
    }

    private static LanguageModel Create(TokenKind kind, LetterCase letterCase, string[] symbols, float lineFeedBias = 0)
    {
        var model = new LanguageModel(new LanguageModelSettings { Hidden = 8, Layers = 2 }, new Vocabulary(kind, letterCase, symbols), new SeededRandom(2));
        model.Parameters.Single(parameter => parameter.Name == "output.bias").Edit()[model.Vocabulary.IdOf("\n")] = lineFeedBias;
        return model;
    }
}
