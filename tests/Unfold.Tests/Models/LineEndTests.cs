using Unfold.Autograd;
using Unfold.Generation;
using Unfold.Layers;
using Unfold.Models;
using Unfold.NGrams;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Scoring;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Models;

/// <summary>Lines begin from the mean of the states in which lines of the training text end.</summary>
public sealed class LineEndTests
{
    private const int Steps = LineEndState.Steps;

    public static TheoryData<CellKind, TextMode> Kinds
    {
        get
        {
            var data = new TheoryData<CellKind, TextMode>();
            foreach (CellKind cell in CellKinds.All)
            {
                data.Add(cell, TextMode.Running);
                data.Add(cell, TextMode.Sentences);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_state_is_the_mean_over_the_lines_of_a_text(CellKind cell, TextMode mode)
    {
        LanguageModel model = Create(mode, cell);
        int end = model.Vocabulary.LineFeedId;
        Assert.Equal(mode == TextMode.Sentences ? Vocabulary.EndId : model.Vocabulary.IdOf("\n"), end);
        int[] text = Text(model.Vocabulary, end);
        model.FindLineEnd(TokenStore.FromTokens(text, model.Vocabulary.Count), new Workers(2));

        double[][]? sums = null;
        int[] ends = [.. Enumerable.Range(Steps, text.Length - Steps).Where(place => text[place] == end)];
        Assert.InRange(ends.Length, 5, 40);
        foreach (int place in ends)
        {
            var session = new LanguageModelSession(model);
            foreach (int token in text[(place - Steps)..place])
            {
                session.Feed(token);
            }

            sums ??= [.. session.State.Parts.Select(part => new double[part.Values.Shape.Length])];
            foreach ((double[] sum, (_, Tensor values)) in sums.Zip(session.State.Parts))
            {
                for (int i = 0; i < sum.Length; i++)
                {
                    sum[i] += values.Values[i];
                }
            }
        }

        Assert.Equal(new LanguageModelSession(model).State.Parts.Select(part => (part.Name, $"{part.Values.Shape}")), model.LineEnd!.Parts.Select(part => (part.Name, $"{part.Values.Shape}")));
        foreach ((double[] sum, (string name, Tensor values)) in sums!.Zip(model.LineEnd.Parts))
        {
            Close.Equal([.. sum.Select(value => value / ends.Length)], values.Values, relative: 1e-5, absolute: 1e-6, $"{cell}, {mode}: {name}");
        }
    }

    [Theory]
    [InlineData(TextMode.Running)]
    [InlineData(TextMode.Sentences)]
    public void Whatever_is_a_line_begins_there(TextMode mode)
    {
        LanguageModel model = Create(mode, CellKind.Lstm);
        int end = model.Vocabulary.LineFeedId;
        int[] text = Text(model.Vocabulary, end), line = [.. model.Vocabulary.Encode("cab").Where(token => token != end), end];
        double[] cold = Walk(model.StartLine(), line);
        model.FindLineEnd(TokenStore.FromTokens(text, model.Vocabulary.Count), new Workers(1));

        var byHand = new LanguageModelSession(model);
        byHand.Restore(model.LineEnd!, byHand.Logits.ToArray());
        byHand.Feed(end);
        double[] wanted = Walk((LanguageModelSession)byHand.Fork(), line);
        Assert.NotEqual(cold[0], wanted[0]);

        Assert.Equal(wanted, Walk(model.StartLine(), line));
        Assert.True(model.KnowsLines);
        Assert.Equal(mode == TextMode.Sentences ? cold[0] : -Math.Log(model.Vocabulary.Count), Walk(model.Start(), line)[0], 1e-12);
        Close.Equal(wanted, [.. new SentenceScorer(model, new Workers(2)).Score(["cab"], cancellation: TestContext.Current.CancellationToken)[0].LogProbabilities], 1e-6, 2e-6, "score");
        foreach (string prompt in (string[])["", "\n"])
        {
            // In sentence mode an empty line is no sentence.
            Close.Same(byHand.Logits, new Prompt(model, prompt, cancellation: TestContext.Current.CancellationToken).Start().Logits, $"the prompt '{prompt}'");
        }

        NextTokenSession after = byHand.Fork();
        Walk(after, line[..3]);
        double ends = new[] { end, Vocabulary.EndId }.Distinct().Sum(token => Math.Exp(after.LogProbability(token)));
        Close.Equal(Math.Exp(wanted[..3].Sum()) * ends, new WordCompleter(model).Complete("", 1000).Single(word => word.Rest == "cab").Probability, 1e-5, 0, "a word at the start of a line");

        NGramModel counts = NGramTrainer.Train(TokenStore.FromTokens(text, model.Vocabulary.Count), model.Vocabulary, new NGramOptions { Order = 2 }, cancellation: TestContext.Current.CancellationToken).Model;
        double[] counted = Walk(counts.StartLine(), line);
        double[] mixed = [.. wanted.Zip(counted, (one, other) => Math.Log((0.25 * Math.Exp(one)) + (0.75 * Math.Exp(other))))];
        var mixture = new MixtureModel(model, counts, 0.25);
        Close.Equal(mixed, Walk(mixture.StartLine(), line), 1e-6, 1e-7, "a mixture");
        Close.Equal(mixed, [.. new SentenceScorer(mixture, new Workers(1)).Score(["cab"], cancellation: TestContext.Current.CancellationToken)[0].LogProbabilities], 1e-6, 2e-6, "the score of a mixture");
        Assert.True(mixture.KnowsLines);

        // A prompt begins a line, too.
        byHand.Feed(line[0]);
        Close.Same(byHand.Logits, new Prompt(model, "c", cancellation: TestContext.Current.CancellationToken).Start().Logits, "a prompt");
    }

    [Fact]
    public void The_state_has_the_same_bits_on_any_number_of_threads()
    {
        LanguageModel one = Create(TextMode.Running, CellKind.Gru), three = Create(TextMode.Running, CellKind.Gru);
        TokenStore text = TokenStore.FromTokens(Text(one.Vocabulary, one.Vocabulary.LineFeedId), one.Vocabulary.Count);
        one.FindLineEnd(text, new Workers(1));
        three.FindLineEnd(text, new Workers(3));
        RequireSame(one.LineEnd, three.LineEnd);
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
        Assert.False(model.KnowsLines);
        var fromZeros = new LanguageModelSession(model);
        fromZeros.Feed(end);
        Close.Same(fromZeros.Logits, model.StartLine().Logits, because);
        fromZeros = new LanguageModelSession(model);
        fromZeros.Feed(letter);
        Close.Same(fromZeros.Logits, new Prompt(model, "a", cancellation: TestContext.Current.CancellationToken).Start().Logits, because);
    }

    [Fact]
    public void Lines_are_taken_from_all_over_a_text()
    {
        // Short lines in the first half, one that is longer than is searched, and short ones again.
        const int half = 40_000, end = 1;
        int[] text = [.. Enumerable.Range(0, 2 * half).Select(place => place is < half or > half + (2 * LineEndState.Farthest) && place % 7 == 0 ? end : 0)];
        text[^1] = 0;
        TokenStore store = TokenStore.FromTokens(text, 4);
        long[] found = [.. LineEndState.Find(store, end)];
        long[] wanted = [.. Enumerable.Range(0, LineEndState.Lines)
            .Select(line => LineEndState.Steps + ((2L * half) - LineEndState.Steps) * line / LineEndState.Lines)
            .Select(from => Enumerable.Range((int)from, Math.Min(LineEndState.Farthest, text.Length - (int)from)).FirstOrDefault(place => text[place] == end))
            .Where(place => place > 0)
            .Select(place => (long)place).Distinct()];
        Assert.Equal(wanted, found);
        Assert.InRange(found.Length, LineEndState.Fewest, LineEndState.Lines - 3);
        Assert.All(found, place => Assert.Equal(end, text[place]));
    }

    [Fact]
    public void A_state_that_is_no_number_is_none()
    {
        LanguageModel model = Create(TextMode.Running, CellKind.Lstm);
        model.Parameters.Edit().Fill(float.NaN);
        model.FindLineEnd(TokenStore.FromTokens(Text(model.Vocabulary, model.Vocabulary.LineFeedId), model.Vocabulary.Count), new Workers(1));
        Assert.Null(model.LineEnd);
        Assert.Contains("diverged", Assert.Throws<UnfoldException>(() => new SentenceScorer(model, new Workers(1)).Score(["ab"], cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_of_another_vocabulary_is_refused()
    {
        LanguageModel model = Create(TextMode.Running, CellKind.Lstm);
        int[] text = [.. Text(model.Vocabulary, model.Vocabulary.LineFeedId).Select((token, place) => place % 23 == 4 ? 99 : token)];
        Assert.Throws<ArgumentException>(() => model.FindLineEnd(TokenStore.FromTokens(text, 100), new Workers(1)));
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
        Close.Same(session.Logits, new Prompt(model, "<unk>", cancellation: TestContext.Current.CancellationToken).Start().Logits, "a prompt of the unknown word");
    }

    [Theory]
    [InlineData(CellKind.Lstm)]
    [InlineData(CellKind.Gru)]
    public void It_is_saved_with_the_weights(CellKind cell)
    {
        using var folder = new TemporaryFolder();
        LanguageModel model = Create(TextMode.Running, cell);
        new ModelFolder(folder["cold"]).Save(model);
        Assert.Null(new ModelFolder(folder["cold"]).Load().LineEnd);

        model.FindLineEnd(TokenStore.FromTokens(Text(model.Vocabulary, model.Vocabulary.LineFeedId), model.Vocabulary.Count), new Workers(1));
        new ModelFolder(folder["run"]).Save(model);
        LanguageModel loaded = new ModelFolder(folder["run"]).Load();
        RequireSame(model.LineEnd, loaded.LineEnd);
        Close.Same(model.StartLine().Logits, loaded.StartLine().Logits, "the first token of a line");
    }

    [Theory]
    [InlineData("missing", "line_end.layers.1.cell")]
    [InlineData("misshapen", "line_end.layers.0.hidden")]
    [InlineData("not a number", "damaged")]
    [InlineData("of a third layer", "line_end.layers.2.hidden is no part")]
    public void A_damaged_one_is_refused(string damage, string word)
    {
        using var folder = new TemporaryFolder();
        LanguageModel model = Create(TextMode.Running, CellKind.Lstm);
        new ModelFolder(folder["run"]).Save(model);
        var writer = new SafeTensorsWriter();
        foreach (Parameter parameter in model.Parameters)
        {
            writer.Add(parameter.Name, parameter.Memory, parameter.Shape.ToArray());
        }

        float[] values = new float[5];
        foreach (string name in (string[])["layers.0.hidden", "layers.0.cell", "layers.1.hidden", "layers.1.cell"])
        {
            if (damage != "missing" || name != "layers.1.cell")
            {
                float[] own = damage == "not a number" ? [.. values[1..], float.NaN] : damage == "misshapen" && name == "layers.0.hidden" ? values[1..] : values;
                writer.Add("line_end." + name, own, 1, own.Length);
            }
        }

        if (damage == "of a third layer")
        {
            writer.Add("line_end.layers.2.hidden", values, 1, values.Length);
        }

        writer.Save(new ModelFolder(folder["run"]).WeightsFile);
        Assert.Contains(word, Assert.Throws<UnfoldException>(() => new ModelFolder(folder["run"]).Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_finds_it_for_the_weights_that_were_measured_and_forgets_it_with_the_next_step()
    {
        (LanguageModelTrainer trainer, TokenStore text) = Train(TinyRun.Settings with { Steps = 30, BatchSize = 4, SequenceLength = 10 }, validation: []);
        trainer.Validate(TestContext.Current.CancellationToken);
        Assert.Null(trainer.Model.LineEnd);
        StackState? seen = null;
        trainer.UseMeasured(model => seen = model.LineEnd);
        Assert.Same(seen, trainer.Model.LineEnd);
        RequireSame(Found(trainer.Model.Parameters.Values, text), seen);
        trainer.Step();
        Assert.Null(trainer.Model.LineEnd);
    }

    [Fact]
    public void Training_finds_it_for_the_mean_of_the_weights_where_that_is_better()
    {
        // What is validated is never learned, so that it grows less likely with each update, and the mean is the better one.
        (LanguageModelTrainer trainer, TokenStore text) = Train(TinyRun.Settings with { Averaging = 0.5, Steps = 30, BatchSize = 4, SequenceLength = 10 }, validation: [Vocabulary.UnknownId, Vocabulary.UnknownId, Vocabulary.UnknownId]);
        trainer.Validate(TestContext.Current.CancellationToken);
        float[] last = [.. trainer.Model.Parameters.Values], weights = [];
        StackState? seen = null;
        trainer.UseMeasured(model => (weights, seen) = ([.. model.Parameters.Values], model.LineEnd));
        Assert.NotEqual(last, weights);
        RequireSame(Found(weights, text), seen);
        Assert.Null(trainer.Model.LineEnd);
        Close.Same(last, trainer.Model.Parameters.Values, "the last weights");
    }

    [Fact]
    public void A_network_of_windows_has_learned_to_begin_at_zeros()
    {
        (LanguageModelTrainer trainer, _) = Train(TinyRun.Settings with { Batching = Batching.Windows, Steps = 30, BatchSize = 4, SequenceLength = 10 }, validation: []);
        trainer.UseMeasured(model => Assert.Null(model.LineEnd));
    }

    [Fact]
    public void What_measures_a_text_begins_at_zeros_as_the_scorer_of_whole_windows_does()
    {
        foreach (TextMode mode in (TextMode[])[TextMode.Running, TextMode.Sentences])
        {
            LanguageModel model = Create(mode, CellKind.Lstm);
            int end = model.Vocabulary.LineFeedId;
            TokenStore text = TokenStore.FromTokens([end, .. Text(model.Vocabulary, end)], model.Vocabulary.Count);
            Score before = LanguageModelScorer.Score(model, text, new Workers(1), cancellation: TestContext.Current.CancellationToken);
            model.FindLineEnd(text, new Workers(1));
            Score whole = LanguageModelScorer.Score(model, text, new Workers(1), cancellation: TestContext.Current.CancellationToken);
            Score steps = NextTokenScorer.Score(model, text, cancellation: TestContext.Current.CancellationToken);
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

    private static (LanguageModelTrainer Trainer, TokenStore Text) Train(TrainingSettings settings, int[] validation)
    {
        LanguageModel model = Create(TextMode.Running, CellKind.Lstm);
        TokenStore text = TokenStore.FromTokens(model.Vocabulary.Encode(string.Concat(Lines(new SeededRandom(5), 1000).Select(line => line + "\n"))), model.Vocabulary.Count);
        var trainer = new LanguageModelTrainer(model, settings, text, TokenStore.FromTokens(validation, model.Vocabulary.Count), new Workers(1));
        while (!trainer.Finished)
        {
            trainer.Step();
        }

        return (trainer, text);
    }

    private static StackState? Found(ReadOnlySpan<float> weights, TokenStore text)
    {
        LanguageModel other = Create(TextMode.Running, CellKind.Lstm);
        weights.CopyTo(other.Parameters.Edit());
        other.FindLineEnd(text, new Workers(2));
        return other.LineEnd;
    }

    /// <summary>Lines that begin with one of two letters, and end with a third: where a line begins, much is known.</summary>
    private static string[] Lines(SeededRandom random, int count) => [.. Enumerable.Range(0, count).Select(_ =>
        $"{"ab"[random.NextInt32(2)]}{string.Concat(Enumerable.Range(0, 2 + random.NextInt32(6)).Select(_ => "cd"[random.NextInt32(2)]))}a")];

    private static int[] Text(Vocabulary vocabulary, int end)
    {
        var random = new SeededRandom(17);
        int[] letters = [.. "abcd".Select(letter => vocabulary.IdOf(letter.ToString()))];
        return [.. Enumerable.Range(0, 400).Select(place => place % 23 == 5 ? end : letters[random.NextInt32(4)])];
    }

    private static LanguageModel Create(TextMode mode, CellKind cell)
    {
        string[] letters = mode == TextMode.Sentences ? ["a", "b", "c", "d"] : ["a", "b", "c", "d", "\n"];
        var settings = new LanguageModelSettings { Cell = cell, CustomCell = CellKinds.Factory(cell), Hidden = 5, Layers = 2, Connection = StackConnection.Residual };
        return new LanguageModel(settings, new Vocabulary(new Tokenization(TokenKind.Character) { Mode = mode }, letters), new SeededRandom(4));
    }

    private static double[] Walk(NextTokenSession session, int[] tokens) => [.. tokens.Select(token =>
    {
        double value = session.LogProbability(token);
        session.Feed(token);
        return value;
    })];

    private static void RequireSame(StackState? expected, StackState? actual)
    {
        Assert.NotNull(expected);
        Assert.NotNull(actual);
        foreach (((string name, Tensor one), (string other, Tensor two)) in expected.Parts.Zip(actual.Parts))
        {
            Assert.Equal(name, other);
            Close.Same(one.Values, two.Values, name);
        }
    }
}
