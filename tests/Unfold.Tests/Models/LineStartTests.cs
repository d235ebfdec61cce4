using Unfold.Generation;
using Unfold.Models;
using Unfold.NGrams;
using Unfold.Numerics;
using Unfold.Scoring;
using Unfold.Tests.Support;
using Unfold.Text;
using static Unfold.Tests.Models.SmallLines;

namespace Unfold.Tests.Models;

/// <summary>What begins in the state in which lines end, and what begins at zeros.</summary>
public sealed class LineStartTests
{
    [Theory]
    [InlineData(TextMode.Running)]
    [InlineData(TextMode.Sentences)]
    public void Whatever_is_a_line_begins_there(TextMode mode)
    {
        LanguageModel model = Create(mode, CellKind.Lstm);
        int end = model.Vocabulary.LineFeedId;
        int[] text = Letters(model.Vocabulary, end), line = [.. model.Vocabulary.Encode("cab").Where(token => token != end), end];
        double[] cold = Sessions.Walk(model.StartLine(), line);
        model.FindLineEnd(TokenStore.FromTokens(text, model.Vocabulary.Count), new Workers(1));

        var byHand = new LanguageModelSession(model);
        byHand.Restore(model.LineEnd!, byHand.Logits.ToArray());
        byHand.Feed(end);
        double[] wanted = Sessions.Walk((LanguageModelSession)byHand.Fork(), line);
        Assert.NotEqual(cold[0], wanted[0]);

        Assert.Equal(wanted, Sessions.Walk(model.StartLine(), line));
        Assert.Equal(mode == TextMode.Sentences ? cold[0] : -Math.Log(model.Vocabulary.Count), Sessions.Walk(model.Start(), line)[0], 1e-12);
        Close.Equal(wanted, [.. new SentenceScorer(model, new Workers(2)).Score(["cab"], cancellation: TestContext.Current.CancellationToken)[0].LogProbabilities], 1e-6, 2e-6, "score");
        foreach (string prompt in (string[])["", "\n"])
        {
            // In sentence mode an empty line is no sentence.
            Close.Same(byHand.Logits, After(model, prompt).Logits, $"the prompt '{prompt}'");
        }

        NextTokenSession after = byHand.Fork();
        Sessions.Walk(after, line[..3]);
        double ends = new[] { end, Vocabulary.EndId }.Distinct().Sum(token => Math.Exp(after.LogProbability(token)));
        Close.Equal(Math.Exp(wanted[..3].Sum()) * ends, new WordCompleter(model).Complete("", 1000).Single(word => word.Rest == "cab").Probability, 1e-5, 0, "a word at the start of a line");

        NGramModel counts = NGramTrainer.Train(TokenStore.FromTokens(text, model.Vocabulary.Count), model.Vocabulary, new NGramOptions { Order = 2 }, cancellation: TestContext.Current.CancellationToken).Model;
        double[] counted = Sessions.Walk(counts.StartLine(), line);
        double[] mixed = [.. wanted.Zip(counted, (one, other) => Math.Log((0.25 * Math.Exp(one)) + (0.75 * Math.Exp(other))))];
        var mixture = new MixtureModel(model, counts, 0.25);
        Close.Equal(mixed, Sessions.Walk(mixture.StartLine(), line), 1e-6, 1e-7, "a mixture");
        Close.Equal(mixed, [.. new SentenceScorer(mixture, new Workers(1)).Score(["cab"], cancellation: TestContext.Current.CancellationToken)[0].LogProbabilities], 1e-6, 2e-6, "the score of a mixture");

        // A prompt begins a line, too, with a line feed before it or without.
        byHand.Feed(line[0]);
        foreach (string prompt in (string[])["c", "\nc"])
        {
            Close.Same(byHand.Logits, After(model, prompt).Logits, $"the prompt '{prompt}'");
        }

        if (mode == TextMode.Running)
        {
            LanguageModelSession twice = model.StartLine();
            twice.Feed(end);
            twice.Feed(line[0]);
            Close.Same(twice.Logits, After(model, "\n\nc").Logits, "an empty line before the prompt");
        }
    }

    [Theory]
    [InlineData(0, 200, "a text without a line")]
    [InlineData(40, 30, "a text that is too short to read the end of a line from")]
    [InlineData(LineEndState.Fewest - 1, 200, "too few lines")]
    [InlineData(LineEndState.Fewest, 200, null)]
    public void Without_lines_enough_lines_begin_at_zeros(int lines, int tokens, string? because)
    {
        LanguageModel model = Create(TextMode.Running, CellKind.Lstm);
        int end = model.Vocabulary.IdOf("\n"), letter = model.Vocabulary.IdOf("a");
        int[] text = [.. Enumerable.Range(0, tokens).Select(place => place >= tokens - (10 * lines) && (tokens - place) % 10 == 0 ? end : letter)];
        Assert.Equal(Math.Min(lines, tokens / 10), text.Count(token => token == end));
        model.FindLineEnd(TokenStore.FromTokens(text, model.Vocabulary.Count), new Workers(1));
        if (because is null)
        {
            Assert.NotNull(model.LineEnd);
            return;
        }

        Assert.True(model.LineEnd is null, because);
        var fromZeros = new LanguageModelSession(model);
        fromZeros.Feed(end);
        Close.Same(fromZeros.Logits, model.StartLine().Logits, because);
        fromZeros.Feed(letter);
        Close.Same(fromZeros.Logits, After(model, "\na").Logits, because);
        fromZeros = new LanguageModelSession(model);
        fromZeros.Feed(letter);
        Close.Same(fromZeros.Logits, After(model, "a").Logits, because);
    }

    [Fact]
    public void In_a_mixture_each_model_begins_a_prompt_in_its_own_way()
    {
        LanguageModel model = Create(TextMode.Running, CellKind.Lstm);
        int end = model.Vocabulary.LineFeedId, letter = model.Vocabulary.IdOf("c");
        NGramModel counts = NGramTrainer.Train(Store(model), model.Vocabulary, new NGramOptions { Order = 3 }, cancellation: TestContext.Current.CancellationToken).Model;
        LanguageModelSession fromZeros = model.Start();
        NGramSession fromLine = counts.Start();
        fromLine.Feed(end);
        fromZeros.Feed(letter);
        fromLine.Feed(letter);
        Close.Same(fromLine.Logits, After(counts, "c").Logits, "n-grams alone");
        NextTokenSession mixed = After(new MixtureModel(model, counts, 0.25), "c");
        for (int token = 0; token < model.Vocabulary.Count; token++)
        {
            double wanted = (0.25 * Math.Exp(fromZeros.LogProbability(token))) + (0.75 * Math.Exp(fromLine.LogProbability(token)));
            Close.Equal(Math.Log(wanted), mixed.LogProbability(token), 1e-6, 1e-6, $"token {token}");
        }
    }

    [Fact]
    public void A_model_that_knows_no_line_feed_starts_from_nothing()
    {
        var model = new LanguageModel(new LanguageModelSettings { Hidden = 7 }, new Vocabulary(TokenKind.Character, LetterCase.Kept, ["a", "b"]), new SeededRandom(3));
        model.FindLineEnd(TokenStore.FromTokens(model.Vocabulary.Encode(string.Concat(Enumerable.Repeat("ab", 100))), model.Vocabulary.Count), new Workers(1));
        Assert.Null(model.LineEnd);
        Close.Same(new float[model.Vocabulary.Count], model.StartLine().Logits, "nothing foretells the first token");
    }

    [Fact]
    public void An_unknown_word_is_no_line_feed_to_a_model_that_knows_none()
    {
        var model = new LanguageModel(new LanguageModelSettings { Hidden = 7 }, new Vocabulary(TokenKind.Space, LetterCase.Kept, ["a", "b"]), new SeededRandom(3));
        LanguageModelSession session = model.Start();
        session.Feed(Vocabulary.UnknownId);
        Close.Same(session.Logits, After(model, "<unk>").Logits, "a prompt of the unknown word");
    }

    [Fact]
    public void What_measures_a_text_begins_at_zeros_as_the_scorer_of_whole_windows_does()
    {
        foreach (TextMode mode in (TextMode[])[TextMode.Running, TextMode.Sentences])
        {
            LanguageModel model = Create(mode, CellKind.Lstm);
            int end = model.Vocabulary.LineFeedId;
            TokenStore text = TokenStore.FromTokens([end, .. Letters(model.Vocabulary, end)], model.Vocabulary.Count);
            Score before = LanguageModelScorer.Score(model, text, new Workers(1), cancellation: TestContext.Current.CancellationToken);
            NGramModel counts = NGramTrainer.Train(text, model.Vocabulary, new NGramOptions { Order = 2 }, cancellation: TestContext.Current.CancellationToken).Model;
            TextPerplexity Perplexity() => TextPerplexity.Measure(model, TextSource.FromString("abcd\ncab\n"), cancellation: TestContext.Current.CancellationToken);
            double Share() => new MixtureModel(model, counts, 0.5).Tune(text, cancellation: TestContext.Current.CancellationToken).Weight;
            (TextPerplexity perplexity, double share) = (Perplexity(), Share());
            model.FindLineEnd(text, new Workers(1));
            Assert.NotNull(model.LineEnd);
            Assert.Equal(perplexity, Perplexity());
            Assert.Equal(share, Share());
            Score whole = LanguageModelScorer.Score(model, text, new Workers(1), cancellation: TestContext.Current.CancellationToken);
            Score steps = LanguageModelScorer.Steps(model, text, progress: null, TestContext.Current.CancellationToken);
            Assert.Equal(before, whole);
            Assert.Equal(whole.Tokens, steps.Tokens);
            Close.Equal(whole.Loss, steps.Loss, 1e-6, 0, $"{mode}");
        }
    }

    [Fact]
    public void A_network_of_streams_finds_lines_alone_as_likely_as_in_the_text()
    {
        (LanguageModelTrainer trainer, TokenStore text) = Train(new TrainingSettings { Steps = 250, BatchSize = 10, SequenceLength = 20, LearningRate = 0.02 }, validation: []);
        LanguageModel model = trainer.Model;
        string[] lines = Lines(new SeededRandom(99), 60);
        TokenStore held = TokenStore.FromTokens(model.Vocabulary.Encode("\n" + string.Concat(lines.Select(line => line + "\n"))), model.Vocabulary.Count);
        double inText = LanguageModelScorer.Score(model, held, new Workers(1), cancellation: TestContext.Current.CancellationToken).Loss;
        double Alone() => -new SentenceScorer(model, new Workers(1)).Score(lines, cancellation: TestContext.Current.CancellationToken).Sum(score => score.Total) / (held.Count - 1);

        double cold = Alone();
        model.FindLineEnd(text, new Workers(1));
        double warm = Alone();
        Assert.True(cold > inText + 0.02, FormattableString.Invariant($"from zeros {cold}, in the text {inText}"));
        Assert.True(Math.Abs(warm - inText) < 0.25 * (cold - inText), FormattableString.Invariant($"from zeros {cold}, from the end of lines {warm}, in the text {inText}"));
    }
}
