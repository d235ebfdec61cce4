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

    [Fact]
    public void No_likelier_word_is_missed()
    {
        const string Letters = "abcdefghijkl";
        for (ulong seed = 1; seed <= 12; seed++)
        {
            var model = new PairModel(Letters + " .", seed, spread: 1);
            int[] prompt = model.Vocabulary.Encode("a ");
            int[] ends = [.. model.Vocabulary.Encode(" ."), Vocabulary.EndId];
            double Probability(string word) => ends.Sum(end => Math.Exp(model.LogProbability(prompt, [.. model.Vocabulary.Encode(word), end])));
            string[] one = [.. Letters.Select(letter => $"{letter}")], two = [.. one.SelectMany(first => one.Select(second => first + second))];
            (string Word, double Probability)[] likeliest =
            [
                .. one.Concat(two).Select(word => (word, Probability(word)))
                    .Append((".", Math.Exp(model.LogProbability(prompt, model.Vocabulary.Encode(".")))))
                    .OrderByDescending(word => word.Item2)
                    .Take(4),
            ];

            // Longer words are rarer here than the fourth of these.
            IReadOnlyList<Completion> found = new WordCompleter(model).Complete("a ", 4);
            Assert.Equal(likeliest.Select(word => word.Word), found.Select(word => word.Word));
            Close.Equal([.. likeliest.Select(word => word.Probability)], [.. found.Select(word => word.Probability)], 1e-6, 1e-6, "the shares");
        }
    }

    [Fact]
    public void Spellings_that_nothing_can_follow_are_no_words()
    {
        var model = new PairModel("ab .\n", seed: 4);
        model.LetNothingFollow("a", "b");
        var completer = new WordCompleter(model);

        IReadOnlyList<Completion> found = completer.Complete("a", 99);
        Assert.NotEmpty(found);
        Assert.DoesNotContain(found, completion => completion.Word.Contains("ab", StringComparison.Ordinal));
        Assert.Empty(completer.Complete("ab", 99));
    }

    [Theory]
    [InlineData("(ca", "ca", new[] { "can't", "car", "cat" })]
    [InlineData("can'", "can'", new[] { "can't" })]
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
    [InlineData(TokenKind.Space, ".", ".", new[] { "." })]
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

    [Theory]
    [InlineData("sat.", " cat")]
    [InlineData("sat,", " cat")]
    [InlineData("cat-", "cat")]
    public void After_a_mark_comes_the_next_word_with_its_space(string line, string rest)
    {
        LanguageModel model = Create(TokenKind.Word, LetterCase.Kept, Words);
        IReadOnlyList<Completion> found = new WordCompleter(model).Complete(line, 99);
        Assert.Equal(Words[..^1].Order(StringComparer.Ordinal), found.Select(completion => completion.Word).Order(StringComparer.Ordinal));
        Assert.Contains(found, completion => completion.Word == "cat" && completion.Rest == rest);
        Close.Equal(1, found.Sum(completion => completion.Probability), 1e-9, 0, "They are all there is");
        double[] next = Shares(model, line, Words[..^1]);
        Close.Equal([.. next.OrderDescending()], [.. found.Select(completion => completion.Probability)], 1e-6, 0, "Single precision in the logits only");
    }

    [Fact]
    public void After_a_word_of_ideographs_come_the_longer_words_and_the_next_ones()
    {
        string[] words = ["我", "昨天", "昨天晚上", "生病", "，", "\n"];
        LanguageModel model = Create(TokenKind.Segmented, LetterCase.Kept, words);
        IReadOnlyList<Completion> found = new WordCompleter(model).Complete("我昨天", 99);
        double[] begun = Shares(model, "我", "昨天", "昨天晚上"), next = Shares(model, "我昨天", words[..^1]);
        (string Ending, double Probability)[] wanted = [("晚上", begun[1]), .. words[..^1].Zip(next, (word, share) => (word, begun[0] * share))];
        Assert.Equal(wanted.Select(one => one.Ending).Order(StringComparer.Ordinal), found.Select(completion => completion.Rest).Order(StringComparer.Ordinal));
        Assert.All(wanted, one => Close.Equal(one.Probability, found.First(completion => completion.Rest == one.Ending).Probability, 1e-6, 0, one.Ending));
        Assert.Equal("昨天晚上", found.First(completion => completion.Rest == "晚上").Word);
        Close.Equal(1, found.Sum(completion => completion.Probability), 1e-6, 0, "They are all there is");
        Assert.Equal(found.Take(2), new WordCompleter(model).Complete("我昨天", 2));
    }

    [Fact]
    public void A_longer_word_and_a_next_one_that_end_alike_are_one()
    {
        string[] words = ["国", "国家", "家", "，", "\n"];
        LanguageModel model = Create(TokenKind.Segmented, LetterCase.Kept, words);
        IReadOnlyList<Completion> found = new WordCompleter(model).Complete("国", int.MaxValue);
        double[] begun = Shares(model, "", "国", "国家"), next = Shares(model, "国", words[..^1]);
        Completion both = Assert.Single(found, completion => completion.Rest == "家");
        Assert.Equal("国家", both.Word);
        Close.Equal(begun[1] + (begun[0] * next[2]), both.Probability, 1e-6, 0, "Of both ways");
        Assert.Equal(["家", "国", "国家", "，"], found.Select(completion => completion.Rest).OrderBy(rest => Array.IndexOf(["家", "国", "国家", "，"], rest)));
        Close.Equal(1, found.Sum(completion => completion.Probability), 1e-6, 0, "They are all there is");
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

    [Theory]
    [InlineData("the c", "c")]
    [InlineData("th", "th")]
    [InlineData("the ", "")]
    [InlineData("the", "the")]
    [InlineData("", "")]
    [InlineData("the,", "")]
    public void Subwords_spell_what_trying_everything_finds(string line, string begun)
    {
        // Few subwords, in many rows, none of them bytes; so many words are wanted that the beam holds nearly all beginnings.
        LanguageModel model = CreateOfSubwords("the cat, the cat, that cat's hat", LetterCase.Kept, symbols: 256 + 16);
        IReadOnlyList<Completion> found = [.. new WordCompleter(model).Complete(line, 400).Take(4)];

        string context = line.EndsWith(' ') ? line[..^1] : line[..^(begun.Length + (line.Length > begun.Length && begun.Length > 0 ? 1 : 0))], agreed = line[context.Length..];
        var words = new Dictionary<string, double>(StringComparer.Ordinal);
        double all = SpellSubwords(model, After(model, "\n" + context), agreed, "", agreed.Length == 0 && line.Length > 0, 1, words);
        double[] wanted = [.. words.Where(word => begun.Length + word.Key.Length > 0).Select(word => word.Value / all).OrderDescending().Take(4)];
        Close.Equal(wanted, [.. found.Select(completion => completion.Probability)], 5e-3, 0, "Both leave out what is hardly probable");
        Close.Equal(wanted, [.. found.Select(completion => words[completion.Rest] / all)], 5e-3, 0, "The same words, in an order that ties may change");
        Assert.All(found, completion => Assert.Equal(completion.Word, begun + completion.Rest.TrimStart(' ')));
    }

    [Fact]
    public void Subwords_that_are_typed_in_part_are_found_whole()
    {
        const string Text = "the catalogue of the cathedral. the catalogue of the cathedral. the catalogue of the cathedral. ";
        LanguageModel model = CreateOfSubwords(Text, LetterCase.Lowered);
        Assert.Contains(" catalogue", model.Vocabulary.Tokenization.Pairs!.Symbols);
        foreach (string typed in (string[])["the c", "the cata", "the CATAL"])
        {
            string begun = typed[4..];
            Assert.Contains(new WordCompleter(model).Complete(typed, 10), found => found.Word == begun + "catalogue"[begun.Length..] && found.Rest == "catalogue"[begun.Length..]);
        }

        // A character of bytes is read as it stands.
        IReadOnlyList<Completion> accented = new WordCompleter(model).Complete("the é", 3);
        Assert.NotEmpty(accented);
        Assert.All(accented, found => Assert.Equal("é" + found.Rest, found.Word));
        Assert.NotEmpty(new WordCompleter(model).Complete("\uD800x", 3));

        // More subwords than are followed, each hardly probable.
        IReadOnlyList<Completion> longest = new WordCompleter(model).Complete("the " + string.Concat(Enumerable.Repeat("gltc", 20)), 3);
        Assert.NotEmpty(longest);
        Assert.All(longest, found => Assert.InRange(found.Probability, 0, 1));
    }

    [Fact]
    public void Subwords_of_marks_and_of_white_space_are_no_parts_of_words()
    {
        LanguageModel model = CreateOfSubwords("the cat',   the hat',   the cat',   the hat',   the", LetterCase.Kept);
        Assert.Contains("',", model.Vocabulary.Tokenization.Pairs!.Symbols);
        Assert.Contains(model.Vocabulary.Tokenization.Pairs!.Symbols, symbol => symbol.Length > 1 && string.IsNullOrWhiteSpace(symbol));
        foreach (string line in (string[])["the cat", "the ", "the  ", "the"])
        {
            Assert.All(new WordCompleter(model).Complete(line, 30), found => Assert.True(found.Word is "'," or "," || found.Word.All(letter => char.IsLetter(letter) || letter == '\''), $"{line}: {found}"));
        }
    }

    [Fact]
    public void A_subword_of_ideographs_is_a_word()
    {
        LanguageModel model = CreateOfSubwords("我喜欢你，我喜欢他，他喜欢我。我喜爱你 cat cat", LetterCase.Kept);
        Assert.Contains("喜欢", model.Vocabulary.Tokenization.Pairs!.Symbols);
        IReadOnlyList<Completion> found = new WordCompleter(model).Complete("你喜", 60);

        // 喜 goes on as one subword, or stands and is followed by another word.
        Assert.Contains(found, completion => completion is { Word: "喜欢", Rest: "欢" });
        Assert.Contains(found, completion => completion is { Word: "。", Rest: "。" });
        Assert.Contains(found, completion => completion is { Word: "cat", Rest: " cat" });
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

    /// <summary>Adds up all words with their probabilities by trying every subword; returns the probability of all rows that agree with what is typed.</summary>
    private static double SpellSubwords(LanguageModel model, NextTokenSession session, string agreed, string text, bool space, double probability, Dictionary<string, double> words)
    {
        if (probability < 1e-10)
        {
            return 0;
        }

        static bool IsPart(char letter) => char.IsLetter(letter) || letter == '\'';
        bool agrees = text.Length >= agreed.Length, begun = agrees && text.Length > 0 && IsPart(text[^1]);
        string rest = agrees ? text[agreed.Length..] : "";
        double all = 0, end = 0;
        for (int token = Vocabulary.EndId; token < model.Vocabulary.Count; token++)
        {
            double p = probability * Math.Exp(session.LogProbability(token));
            string symbol = token == Vocabulary.EndId ? "\n" : model.Vocabulary[token];
            string longer = text + symbol;
            end += begun && !IsPart(symbol[0]) ? p : 0;
            bool goesOn = !agrees ? longer.StartsWith(agreed, StringComparison.Ordinal) || agreed.StartsWith(longer, StringComparison.Ordinal)
                : IsPart(symbol[0]) || (symbol != "\n" && (symbol[0] == ' ' ? space && rest.Length == 0 : !begun));
            if (p == 0 || !goesOn)
            {
                continue;
            }

            all += !agrees && longer.Length >= agreed.Length ? p : 0;
            if (longer.Length > agreed.Length && !IsPart(longer[^1]) && longer[^1] != ' ')
            {
                words[longer[agreed.Length..]] = words.GetValueOrDefault(longer[agreed.Length..]) + p;
                continue;
            }

            NextTokenSession next = session.Fork();
            next.Feed(token);
            all += SpellSubwords(model, next, agreed, longer, space, p, words);
        }

        if (begun)
        {
            words[rest] = words.GetValueOrDefault(rest) + end;
        }

        return agreed.Length == 0 && text.Length == 0 ? 1 : all;
    }

    private static LanguageModelSession After(LanguageModel model, string text)
    {
        LanguageModelSession session = model.Start();
        foreach (int token in model.Vocabulary.Encode(text))
        {
            session.Feed(token);
        }

        return session;
    }

    private static LanguageModel CreateOfSubwords(string text, LetterCase letterCase, int symbols = 400)
    {
        Vocabulary vocabulary = Tokenizations.Learn(text + "\n", symbols, letterCase);
        var model = new LanguageModel(new LanguageModelSettings { Hidden = 8, Layers = 2 }, vocabulary, new SeededRandom(2));
        Span<float> bias = model.Parameters.Single(parameter => parameter.Name == "output.bias").Edit();
        bias[^BytePairEncoding.ByteCount..].Fill(float.NegativeInfinity);
        bias[vocabulary.IdOf("\n")] = 5;
        return model;
    }

    /// <summary>p of each of some words after a line, as shares.</summary>
    private static double[] Shares(LanguageModel model, string line, params string[] words)
    {
        LanguageModelSession session = model.Start();
        foreach (int token in model.Vocabulary.EncodePrefix("\n" + line))
        {
            session.Feed(token);
        }

        double[] shares = [.. words.Select(word => Math.Exp(session.LogProbability(model.Vocabulary.IdOf(word))))];
        return [.. shares.Select(share => share / shares.Sum())];
    }

    private static LanguageModel Create(TokenKind kind, LetterCase letterCase, string[] symbols, float lineFeedBias = 0)
    {
        var model = new LanguageModel(new LanguageModelSettings { Hidden = 8, Layers = 2 }, new Vocabulary(kind, letterCase, symbols), new SeededRandom(2));
        model.Parameters.Single(parameter => parameter.Name == "output.bias").Edit()[model.Vocabulary.IdOf("\n")] = lineFeedBias;
        return model;
    }
}
