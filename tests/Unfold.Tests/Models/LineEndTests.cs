using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Scoring;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;
using Unfold.Text;
using static Unfold.Tests.Models.SmallLines;

namespace Unfold.Tests.Models;

/// <summary>The mean of the states in which lines of the training text end: how it is found, kept and forgotten.</summary>
public sealed class LineEndTests
{
    private const int Steps = LineEndState.Steps;

    public static MatrixTheoryData<CellKind, TextMode> Kinds => new(CellKinds.All, Enum.GetValues<TextMode>());

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_state_is_the_mean_over_the_lines_of_a_text(CellKind cell, TextMode mode)
    {
        LanguageModel model = Create(mode, cell);
        int end = model.Vocabulary.LineFeedId;
        Assert.Equal(mode == TextMode.Sentences ? Vocabulary.EndId : model.Vocabulary.IdOf("\n"), end);
        int[] text = Letters(model.Vocabulary, end);
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

    [Fact]
    public void The_state_has_the_same_bits_on_any_number_of_threads()
    {
        LanguageModel one = Create(TextMode.Running, CellKind.Gru), three = Create(TextMode.Running, CellKind.Gru);
        TokenStore text = Store(one);
        one.FindLineEnd(text, new Workers(1));
        three.FindLineEnd(text, new Workers(3));
        RequireSame(one.LineEnd, three.LineEnd);
    }

    [Fact]
    public void Lines_are_taken_from_all_over_a_text()
    {
        // Short lines, one that is longer than is searched, and short ones again.
        const int count = 80_000, first = 40_000, last = first + (2 * LineEndState.Farthest), end = 1, length = 7;
        int[] text = [.. Enumerable.Range(0, count).Select(place => place is < first or > last && place % length == 0 ? end : 0)];
        long[] found = LineEndState.Find(TokenStore.FromTokens(text, 4), end);
        Assert.All(found, place => Assert.Equal(end, text[place]));
        Assert.Equal(found.Order().Distinct(), found);
        Assert.InRange(found[0], LineEndState.Steps, LineEndState.Steps + length);
        const int distance = count / LineEndState.Lines;
        long[] before = [.. found.Where(place => place < first)], after = [.. found.Where(place => place > last)];
        Assert.Equal(first / distance, before.Length);
        Assert.All(before.Zip(before.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, distance - length - 1, distance + length));

        // From the middle of the long line its end is found once, and not from its beginning.
        Assert.InRange(after.Length, (count - last) / distance, ((count - last) / distance) + 1);
        Assert.InRange(after[0], last, last + length);
    }

    [Fact]
    public void It_can_be_forgotten_but_not_be_that_of_another_model()
    {
        LanguageModel model = Create(TextMode.Running, CellKind.Lstm);
        model.FindLineEnd(Store(model), new Workers(1));
        StackState state = model.LineEnd!;
        Assert.Throws<ArgumentException>(() => model.LineEnd = Create(TextMode.Running, CellKind.Gru).ZeroState(1));
        Assert.Throws<ArgumentException>(() => model.LineEnd = model.ZeroState(2));
        Assert.Same(state, model.LineEnd);
        model.LineEnd = null;
        Assert.Null(model.LineEnd);
    }

    [Fact]
    public void A_state_that_is_no_number_is_none()
    {
        LanguageModel model = Create(TextMode.Running, CellKind.Lstm);
        model.Parameters.Edit().Fill(float.NaN);
        model.FindLineEnd(Store(model), new Workers(1));
        Assert.Null(model.LineEnd);
        Assert.Contains("diverged", Assert.Throws<UnfoldException>(() => new SentenceScorer(model, new Workers(1)).Score(["ab"], cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_of_another_vocabulary_is_refused()
    {
        LanguageModel model = Create(TextMode.Running, CellKind.Lstm);
        int[] text = [.. Letters(model.Vocabulary, model.Vocabulary.LineFeedId).Select((token, place) => place % 23 == 4 ? 99 : token)];
        Assert.Throws<ArgumentException>(() => model.FindLineEnd(TokenStore.FromTokens(text, 100), new Workers(1)));
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

        model.FindLineEnd(Store(model), new Workers(1));
        new ModelFolder(folder["run"]).Save(model);
        LanguageModel loaded = new ModelFolder(folder["run"]).Load();
        RequireSame(model.LineEnd, loaded.LineEnd);
        Close.Same(model.StartLine().Logits, loaded.StartLine().Logits, "the first token of a line");
    }

    [Theory]
    [InlineData("missing", "line_end.layers.1.cell")]
    [InlineData("misshapen", "line_end.layers.0.hidden")]
    [InlineData("not a number", "damaged")]
    [InlineData("of a third layer", "line_end.layers.2.hidden' is no part")]
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

        // So does what brings back other weights.
        trainer.UseMeasured(_ => { });
        Assert.NotNull(trainer.Model.LineEnd);
        using var folder = new TemporaryFolder();
        TrainingCheckpoint.Save(folder["checkpoint"], trainer, default);
        TrainingCheckpoint.Restore(folder["checkpoint"], trainer);
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
        Assert.Throws<InvalidOperationException>(() => trainer.UseMeasured(_ => throw new InvalidOperationException()));
        Assert.Null(trainer.Model.LineEnd);
        Close.Same(last, trainer.Model.Parameters.Values, "the last weights");
    }

    [Fact]
    public void A_network_of_windows_has_learned_to_begin_at_zeros()
    {
        (LanguageModelTrainer trainer, _) = Train(TinyRun.Settings with { Batching = Batching.Windows, Steps = 30, BatchSize = 4, SequenceLength = 10 }, validation: []);
        trainer.UseMeasured(model => Assert.Null(model.LineEnd));
    }
}
