using Unfold.Generation;
using Unfold.NGrams;
using Unfold.Tests.NGrams;
using Unfold.Tests.Support;
using Unfold.Tests.Text;
using Unfold.Text;

namespace Unfold.Tests.Generation;

/// <summary>Beam search against all texts there are, and against a beam that is written down plainly.</summary>
public sealed class TextSearchTests
{
    private const double Relative = 1e-9;

    [Theory]
    [InlineData(0)]
    [InlineData(0.6)]
    [InlineData(2)]
    public void A_beam_as_wide_as_all_texts_ranks_all_of_them(double alpha)
    {
        var model = new PairModel("abc\n", seed: 3);
        var options = new BeamOptions { Beam = 400, Length = 4, Stops = ["\n"], LengthNormalization = alpha };

        IReadOnlyList<GeneratedText> found = TextSearch.Search(new Prompt(model, "ab"), options, cancellation: TestContext.Current.CancellationToken);

        // A text ends at its line feed or is cut off after four letters.
        (string Text, int Tokens, bool Complete, double LogProbability)[] all =
        [
            .. Enumerable.Range(0, 4).SelectMany(length => Texts("abc", length)).Select(text => (text, text.Length + 1, true, Worth(model, "ab", text + "\n"))),
            .. Texts("abc", 4).Select(text => (text, 4, false, Worth(model, "ab", text))),
        ];
        var ranked = all.OrderByDescending(text => text.Complete).ThenByDescending(text => text.LogProbability / Math.Pow((5 + text.Tokens) / 6.0, alpha)).ToArray();
        Assert.Equal(ranked.Select(text => text.Text), found.Select(text => text.Text));
        Assert.Equal(ranked.Select(text => text.Complete), found.Select(text => text.IsComplete));
        Assert.Equal(ranked.Select(text => text.Tokens), found.Select(text => text.End.Tokens));
        Close.Equal(ranked.Select(text => text.LogProbability).ToArray(), found.Select(text => text.End.LogProbability).ToArray(), Relative, 0, "log p");
        Close.Equal(ranked.Select(text => text.LogProbability / Math.Pow((5 + text.Tokens) / 6.0, alpha)).ToArray(), found.Select(text => text.Score).ToArray(), Relative, 0, "score");
    }

    [Fact]
    public void A_beam_over_sentences_ends_them_at_their_end_symbol()
    {
        PairModel model = PairModel.OfSentences("ab", seed: 6);
        var options = new BeamOptions { Beam = 200, Length = 5, LengthNormalization = 0 };

        IReadOnlyList<GeneratedText> found = TextSearch.Search(new Prompt(model, ""), options, cancellation: TestContext.Current.CancellationToken);

        double WithEnd(string text) => model.LogProbability([], [.. model.Vocabulary.EncodePrefix(text), Vocabulary.EndId]);
        string[] ended = [.. Enumerable.Range(0, 5).SelectMany(length => Texts("ab", length)).OrderByDescending(WithEnd)];
        Assert.Equal(ended, found.Where(text => text.End.Reason == GenerationEndReason.SentenceEnd).Select(text => text.Text));
        Close.Equal(ended.Select(WithEnd).ToArray(), found.Take(ended.Length).Select(text => text.End.LogProbability).ToArray(), Relative, 0, "log p");
        Assert.Equal(ended.Length + 32, found.Count);

        string forced = TextSearch.Search(new Prompt(model, ""), options with { Forced = ["bb", "aa"] }, cancellation: TestContext.Current.CancellationToken)[0].Text;
        Assert.Equal(ended.First(text => text.Contains("bb", StringComparison.Ordinal) && text.Contains("aa", StringComparison.Ordinal)), forced);
        Assert.Contains("part of one sentence", Assert.Throws<UnfoldException>(() => TextSearch.Search(new Prompt(model, ""), options with { Forced = ["a\nb"] }, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_that_nothing_can_follow_are_given_up_and_the_others_go_on()
    {
        var model = new PairModel("abc", seed: 4);
        model.LetNothingFollow("a", "a");
        model.LetNothingFollow("c", "b");
        var options = new BeamOptions { Beam = 200, Length = 4 };

        IReadOnlyList<GeneratedText> found = TextSearch.Search(new Prompt(model, "b"), options, cancellation: TestContext.Current.CancellationToken);

        string[] all = [.. Texts("abc", 4).Where(text => !text[..3].Contains("aa", StringComparison.Ordinal) && !text[..3].Contains("cb", StringComparison.Ordinal))];
        Assert.Equal(all.OrderByDescending(text => Worth(model, "b", text)), found.Select(text => text.Text));
        UnfoldException none = Assert.Throws<UnfoldException>(() => TextSearch.Search(new Prompt(model, "aa"), options, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("nothing can follow the texts that were held", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void White_space_before_a_forced_text_is_forced_too()
    {
        PairModel model = PairModel.OfSentences("ab \u200B", seed: 6);
        var options = new BeamOptions { Beam = 20, Length = 6 };
        foreach (string forced in (string[])[" b", "  a", " ", "\u200Bb", "\u200B\u200B"])
        {
            Assert.All(
                TextSearch.Search(new Prompt(model, "a"), options with { Forced = [forced] }, cancellation: TestContext.Current.CancellationToken),
                found => Assert.Contains(forced, found.Text, StringComparison.Ordinal));
        }

        UnfoldException unknown = Assert.Throws<UnfoldException>(() => TextSearch.Search(new Prompt(PairModel.OfSentences("ab", seed: 6), "a"), options with { Forced = [" b"] }, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("holds the character ' ' (U+0020), which is not in the model's vocabulary", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_narrow_beam_may_end_where_a_wider_one_goes_on()
    {
        var model = new PairModel("abc", seed: 4);
        model.LetNothingFollow("b", new Prompt(model, "b").Next(1)[0].Token);
        var options = new BeamOptions { Beam = 1, Length = 3 };

        UnfoldException none = Assert.Throws<UnfoldException>(() => TextSearch.Search(new Prompt(model, "b"), options, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("a wider beam may hold others", none.Message, StringComparison.Ordinal);
        Assert.NotEmpty(TextSearch.Search(new Prompt(model, "b"), options with { Beam = 3 }, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_beam_of_one_is_the_greedy_text()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            var prompt = new Prompt(new PairModel("abcde", seed), "a");
            GenerationEnd end = default;
            string greedy = string.Concat(TextGenerator.Generate(prompt, new GenerationOptions { Length = 30, Sampling = SamplingOptions.Greedy }, new(1), found => end = found, TestContext.Current.CancellationToken));
            GeneratedText text = Assert.Single(TextSearch.Search(prompt, new BeamOptions { Beam = 1, Length = 30 }, cancellation: TestContext.Current.CancellationToken));
            Assert.Equal(greedy, text.Text);
            Close.Equal(end.LogProbability, text.End.LogProbability, Relative, 0, "log p");
        }
    }

    [Theory]
    [InlineData("abd")]
    [InlineData("cab")]
    [InlineData("bb", "bc")]
    [InlineData("a", "b", "d")]
    [InlineData("aa", "aab", "ba")]
    public void A_wide_beam_finds_the_best_of_all_texts_that_hold_the_forced_ones(params string[] forced)
    {
        var model = new PairModel("abcd", seed: 8, spread: 3);
        GeneratedText found = TextSearch.Search(new Prompt(model, "d"), new BeamOptions { Beam = 5000, Length = 6, Forced = forced }, cancellation: TestContext.Current.CancellationToken)[0];
        string best = Texts("abcd", 6).Where(text => forced.All(part => text.Contains(part, StringComparison.Ordinal))).MaxBy(text => Worth(model, "d", text))!;
        Assert.Equal(best, found.Text);
        Close.Equal(Worth(model, "d", best), found.End.LogProbability, Relative, 0, "log p");
        Assert.NotEqual(Texts("abcd", 6).MaxBy(text => Worth(model, "d", text)), best);
    }

    [Theory]
    [InlineData("ab", "bc")]
    [InlineData("cab", "ba")]
    [InlineData("aa", "ab", "ac")]
    public void What_a_stop_string_cuts_off_is_not_written_even_if_it_was_forced(string forced, params string[] stops)
    {
        var model = new PairModel("abc", seed: 8);
        var options = new BeamOptions { Beam = 2000, Length = 5, Forced = [forced], Stops = stops };
        IReadOnlyList<GeneratedText> found = TextSearch.Search(new Prompt(model, "b"), options, cancellation: TestContext.Current.CancellationToken);
        IEnumerable<string> all = Texts("abc", 5)
            .Select(text => stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(text.Length).Min() is var end ? text[..end] : text)
            .Where(text => text.Contains(forced, StringComparison.Ordinal)).Distinct();
        Assert.Equal(all.Order(StringComparer.Ordinal), found.Select(text => text.Text).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Half_a_character_is_no_broken_one_before_the_end()
    {
        Vocabulary vocabulary = Tokenizations.Learn("ab aab abb", 300);
        NGramModel model = RandomText.Train(TokenStore.FromTokens(vocabulary.Encode("ab aab abb"), vocabulary.Count), vocabulary, new NGramOptions { Order = 2 });
        var options = new BeamOptions { Beam = 4, Length = 6, Forced = ["\U0001F600"], Stops = ["\uFFFD"] };
        Assert.Contains("\U0001F600", TextSearch.Search(new Prompt(model, "a"), options, cancellation: TestContext.Current.CancellationToken)[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_narrow_beam_holds_the_forced_texts_too_and_no_text_twice()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var model = new PairModel("abcdefgh\n", seed, spread: 4);
            string[] forced = ["hg", "ff", "a"];
            IReadOnlyList<GeneratedText> found = TextSearch.Search(new Prompt(model, "c"), new BeamOptions { Beam = 3, Length = 12, Forced = forced, Stops = ["\n"] }, cancellation: TestContext.Current.CancellationToken);
            Assert.InRange(found.Count, 1, 3);
            Assert.Equal(found.Count, found.Select(text => text.Text).Distinct().Count());
            Assert.All(found, text => Assert.All(forced, part => Assert.Contains(part, text.Text, StringComparison.Ordinal)));
            Assert.All(found, text => Close.Equal(Worth(model, "c", text.Text + (text.IsComplete ? "\n" : "")), text.End.LogProbability, Relative, 0, "log p"));
        }
    }

    [Theory]
    [InlineData(6, 1, 0.5, 1)]
    [InlineData(6, 3, 0, 1)]
    [InlineData(6, 3, 0.7, 1)]
    [InlineData(4, 4, 1.5, 1)]
    [InlineData(6, 2, 0.4, 1.3)]
    public void A_beam_in_groups_is_that_of_a_plain_implementation(int beam, int groups, double diversity, double penalty)
    {
        var model = new PairModel("abcde", seed: 21);
        var options = new BeamOptions { Beam = beam, Groups = groups, Diversity = diversity, RepetitionPenalty = penalty, Length = 7, LengthNormalization = 0 };
        IReadOnlyList<GeneratedText> found = TextSearch.Search(new Prompt(model, "e"), options, cancellation: TestContext.Current.CancellationToken);
        (string Text, double Score)[] plain = Plain(model, "e", options);
        Assert.Equal(plain.Select(text => text.Text), found.Select(text => text.Text));
        Close.Equal(plain.Select(text => text.Score).ToArray(), found.Select(text => text.Score).ToArray(), 1e-6, 0, "score");
        Close.Equal(plain.Select(text => Worth(model, "e", text.Text)).ToArray(), found.Select(text => text.End.LogProbability).ToArray(), Relative, 0, "log p");
    }

    [Fact]
    public void Groups_that_avoid_each_other_begin_differently()
    {
        var prompt = new Prompt(new PairModel("abcdefgh", seed: 5), "a");
        int Beginnings(int groups, double diversity) =>
            TextSearch.Search(prompt, new BeamOptions { Beam = 4, Groups = groups, Diversity = diversity, Length = 6 }).Select(text => text.Text[0]).Distinct().Count();
        Assert.Equal(4, Beginnings(4, 100));
        Assert.True(Beginnings(1, 0) < 4);
        Assert.Single(TextSearch.Search(prompt, new BeamOptions { Beam = 4, Groups = 4, Diversity = 0, Length = 6 }, cancellation: TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(1e17)]
    [InlineData(1e308)]
    public void However_much_groups_avoid_each_other_what_a_text_is_worth_is_its_probability(double diversity)
    {
        var model = new PairModel("ab", seed: 5);
        IReadOnlyList<GeneratedText> found = TextSearch.Search(
            new Prompt(model, "a"), new BeamOptions { Beam = 4, Groups = 4, Diversity = diversity, Length = 3, LengthNormalization = 0, Forced = ["bb"] }, cancellation: TestContext.Current.CancellationToken);
        Assert.NotEmpty(found);
        Assert.All(found, text => Close.Equal(text.End.LogProbability, text.Score, 1e-6, 0, text.Text));
    }

    [Fact]
    public void What_cannot_be_found_is_said()
    {
        var prompt = new Prompt(new PairModel("abc", seed: 5), "a");
        string Refused(BeamOptions options) => Assert.Throws<UnfoldException>(() => TextSearch.Search(prompt, options)).Message;
        Assert.Contains("cannot hold a forced text of 3", Refused(new BeamOptions { Length = 2, Forced = ["abc"] }), StringComparison.Ordinal);
        Assert.Contains("raise the length", Refused(new BeamOptions { Length = 2, Forced = ["a", "b", "c"] }), StringComparison.Ordinal);
        Assert.Contains("leave out what writing stops before", Refused(new BeamOptions { Length = 4, Forced = ["a", "b"], Stops = ["ab", "ac", "ba", "bc", "ca", "cb"] }), StringComparison.Ordinal);
        Assert.Contains("The forced text holds the character 'x'", Refused(new BeamOptions { Forced = ["x"] }), StringComparison.Ordinal);
        Assert.Contains("The forced text \"abc\" holds \"b\", before which writing stops", Refused(new BeamOptions { Forced = ["abc"], Stops = ["d", "b"] }), StringComparison.Ordinal);
        Assert.Contains("found an empty one", Refused(new BeamOptions { Forced = [""] }), StringComparison.Ordinal);
        Assert.Contains("at least 1 hypothesis; found 0", Refused(new BeamOptions { Beam = 0 }), StringComparison.Ordinal);
        Assert.Contains("found 2 groups in a beam of 5", Refused(new BeamOptions { Beam = 5, Groups = 2 }), StringComparison.Ordinal);
        Assert.Contains("at least 0; found -1", Refused(new BeamOptions { Diversity = -1 }), StringComparison.Ordinal);
        Assert.Contains("at least 1; found 0", Refused(new BeamOptions { Length = 0 }), StringComparison.Ordinal);
        Assert.Contains("at least 1, where 1 means none; found 0.5", Refused(new BeamOptions { RepetitionPenalty = 0.5 }), StringComparison.Ordinal);
        using var cancelled = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => TextSearch.Search(prompt, new BeamOptions { Length = 50 }, _ => cancelled.Cancel(), cancelled.Token));
    }

    [Fact]
    public void A_beam_that_does_not_fit_into_memory_is_refused_unless_there_are_few_texts()
    {
        var prompt = new Prompt(new PairModel("abcdefghijklmnopqrstuvwxyz0123456789", seed: 5), "a");
        IReadOnlyList<GeneratedText> Search(BeamOptions options) => TextSearch.Search(prompt, options, cancellation: TestContext.Current.CancellationToken);
        string message = Assert.Throws<UnfoldException>(() => Search(new BeamOptions { Beam = int.MaxValue, Forced = ["abcdefghij", "klmnopqrst"] })).Message;
        Assert.Contains("A search that follows 45,097,156,587 texts side by side needs", message, StringComparison.Ordinal);
        Assert.Equal(36 * 36, Search(new BeamOptions { Beam = int.MaxValue, Length = 2 }).Count);
    }

    /// <summary>Groups of texts, each with its score, by the definition.</summary>
    private static (string Text, double Score)[] Plain(PairModel model, string prompt, BeamOptions options)
    {
        var groups = Enumerable.Range(0, options.Groups).Select(_ => new List<(string Text, double Score)> { ("", 0) }).ToList();
        for (int step = 0; step < options.Length; step++)
        {
            var before = new List<char>();
            for (int g = 0; g < groups.Count; g++)
            {
                var longer = from text in groups[g]
                             from letter in "abcde"
                             let score = text.Score + Log(model, prompt + text.Text, text.Text, letter, options.RepetitionPenalty)
                             orderby score - (options.Diversity * before.Count(other => other == letter)) descending
                             select (text.Text + letter, score);
                groups[g] = [.. longer.Take(options.Beam / options.Groups)];
                before.AddRange(groups[g].Select(text => text.Text[^1]));
            }
        }

        return [.. groups.SelectMany(group => group).OrderByDescending(text => text.Score).DistinctBy(text => text.Text)];
    }

    private static double Log(PairModel model, string before, string written, char letter, double penalty)
    {
        NextTokenSession session = model.StartLine();
        foreach (int token in model.Vocabulary.Encode(before))
        {
            session.Feed(token);
        }

        double[] logits = PlainPenalty.Of(session.Logits, model.Vocabulary.Encode(written), penalty);
        return logits[model.Vocabulary.IdOf([letter])] - Math.Log(logits.Sum(Math.Exp));
    }

    private static double Worth(PairModel model, string prompt, string text) => model.LogProbability(model.Vocabulary.Encode(prompt), model.Vocabulary.Encode(text));

    private static IEnumerable<string> Texts(string letters, int length) =>
        length == 0 ? [""] : Texts(letters, length - 1).SelectMany(text => letters.Select(letter => text + letter));
}
