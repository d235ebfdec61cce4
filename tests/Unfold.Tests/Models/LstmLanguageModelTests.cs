using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Models;

/// <summary>Language models of LSTMs with options, of layers with widths of their own, and with residual connections.</summary>
public sealed class LstmLanguageModelTests
{
    private const int Batch = 3, Time = 5;

    private static readonly LstmOptions Every = new()
    {
        Peepholes = true,
        Projection = 5,
        CellClip = 0.9,
        ProjectionClip = 0.6,
        ForgetBias = 0.5,
        CoupledInputForget = true,
        GateActivation = Activation.Sigmoid,
        CellActivation = Activation.Sigmoid,
        OutputActivation = Activation.Identity,
        LayerNormalization = true,
        RecurrentDropout = 0.2,
        ZoneoutHidden = 0.1,
        ZoneoutCell = 0.3,
    };

    private static readonly Dictionary<string, LanguageModelSettings> Shapes = new()
    {
        ["forget bias"] = new() { Hidden = 6, Lstm = new() { ForgetBias = -2 } },
        ["peepholes"] = new() { Hidden = 6, Layers = 2, Lstm = new() { Peepholes = true } },
        ["projection"] = new() { Hidden = 7, Layers = 2, Lstm = new() { Projection = 4, ProjectionClip = 0.5 } },
        ["widths"] = new() { Hidden = new LayerWidths(7, 4, 6), Layers = 3, Embedding = 3 },
        ["residual"] = new() { Cell = CellKind.Gru, Hidden = 6, Layers = 3, Connection = StackConnection.Residual },
        ["residual of some"] = new() { Hidden = new LayerWidths(5, 7, 7), Layers = 3, Connection = StackConnection.Residual },
        ["tied"] = new() { Hidden = new LayerWidths(7, 4), Layers = 2, Embedding = 4, OutputWeights = OutputWeights.Tied },
        ["tied GRU with every dropout"] = new()
        {
            Cell = CellKind.Gru,
            Hidden = 5,
            Embedding = 5,
            OutputWeights = OutputWeights.Tied,
            Dropout = 0.2,
            DropoutMask = DropoutMask.Locked,
            WordDropout = 0.1,
            WeightDropout = 0.3,
        },
        ["every option"] = new() { Hidden = new LayerWidths(7, 9), Layers = 2, Embedding = 4, Lstm = Every, Connection = StackConnection.Residual },
    };

    public static TheoryData<string> Names => [.. Shapes.Keys];

    public static MatrixTheoryData<string, LossOver> NamesAndLosses => new(Shapes.Keys, [LossOver.All, LossOver.Last]);

    [Theory]
    [MemberData(nameof(NamesAndLosses))]
    public void Loss_and_gradients_are_those_of_the_equations(string name, LossOver over)
    {
        LanguageModel model = Create(name, out SeededRandom random);
        int[] tokens = Tokens(random), targets = Tokens(random);
        int[] counted = [.. targets.Select((target, i) => over == LossOver.Last && i < (Time - 1) * Batch ? -1 : target)];
        var reference = new ReferenceLanguageModel(model);
        OracleDifferences.AssertAgree(
            model.Parameters,
            tape => model.Loss(tape, tokens, targets, Batch, over: over).Loss,
            values => reference.Loss(values, tokens, counted, Batch),
            entries: 8,
            $"{name} over {over}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_session_gives_the_logits_of_the_model_and_can_be_forked(string name)
    {
        LanguageModel model = Create(name, out SeededRandom random);
        int[] tokens = Tokens(random);
        float[] wanted = model.Logits(new Tape(new Workers(2)), tokens, batch: 1).Logits.Values.ToArray();
        int width = model.Vocabulary.Count;
        foreach (int threads in new[] { 1, 2 })
        {
            var session = new LanguageModelSession(model, new Workers(threads));
            for (int t = 0; t < tokens.Length; t++)
            {
                LanguageModelSession fork = session.Fork();
                session.Feed(tokens[t]);
                fork.Feed(tokens[t]);
                Close.Equal(wanted.AsSpan(t * width, width), session.Logits, relative: 1e-5, absolute: 1e-5, $"{name}: token {t}");
                Close.Same(session.Logits, fork.Logits, $"{name}: the fork at token {t}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_saved_model_is_the_same_when_it_is_loaded(string name)
    {
        using var folder = new TemporaryFolder();
        LanguageModel model = Create(name, out SeededRandom random);
        var files = new ModelFolder(folder["model"]);
        files.Save(model);
        LanguageModel loaded = files.Load();
        Assert.Equal(model.Settings, loaded.Settings);
        Assert.Equal(model.ToString(), loaded.ToString());
        int[] tokens = Tokens(random);
        var tape = new Tape(new Workers(1));
        Close.Same(model.Logits(tape, tokens, Batch).Logits.Values, loaded.Logits(tape, tokens, Batch).Logits.Values, $"{name}: logits");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_restored_run_ends_with_the_same_bits(string name)
    {
        using var folder = new TemporaryFolder();
        string file = folder["checkpoint.safetensors"];
        LanguageModelTrainer straight = Trainer(Shapes[name], weights: 1), restored = Trainer(Shapes[name], weights: 2);
        Go(straight, 6);
        TrainingCheckpoint.Save(file, straight, default);
        TrainingCheckpoint.Restore(file, restored);
        Go(straight, 5);
        Go(restored, 5);
        Close.Same(straight.Model.Parameters.Values, restored.Model.Parameters.Values, $"{name}: weights");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameters_are_counted_before_they_are_made(string name)
    {
        LanguageModel model = Create(name, out _);
        Assert.Equal(model.Parameters.ValueCount, model.Settings.CountParameters(model.Vocabulary.Count));
        var plain = new LanguageModelSettings { Hidden = 5, Layers = 4 };
        Assert.Equal(plain.CountParameters(9), (plain with { Hidden = new LayerWidths(5, 5, 5, 5) }).CountParameters(9));
    }

    [Fact]
    public void Other_options_do_not_go_on_with_a_run()
    {
        using var folder = new TemporaryFolder();
        string file = folder["checkpoint.safetensors"];
        LanguageModelSettings shape = Shapes["peepholes"];
        TrainingCheckpoint.Save(file, Trainer(shape, weights: 1), default);
        LanguageModelSettings[] others =
        [
            shape with { Lstm = shape.Lstm with { CellClip = 3 } },
            shape with { Lstm = shape.Lstm with { ZoneoutCell = 0.1 } },
            shape with { Lstm = shape.Lstm with { ForgetBias = 0 } },
            shape with { Connection = StackConnection.Residual },
        ];
        string[] words = ["cell=Lstm(peepholes,cell-clip=3)", "cell=Lstm(peepholes,zoneout-cell=0.1)", "cell=Lstm(peepholes,forget-bias=0)", "layers=2,Residual"];
        foreach ((LanguageModelSettings other, string found) in others.Zip(words))
        {
            string message = Assert.Throws<UnfoldException>(() => TrainingCheckpoint.Restore(file, Trainer(other, weights: 1))).Message;
            Assert.Contains(found, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Each_option_of_chance_changes_the_training_without_any_other_dropout()
    {
        var plain = new LanguageModelSettings { Hidden = 6 };
        LstmOptions[] options = [new(), new() { RecurrentDropout = 0.5 }, new() { ZoneoutHidden = 0.5 }, new() { ZoneoutCell = 0.5 }];
        double[] losses = [.. options.Select(lstm =>
        {
            LanguageModelTrainer trainer = Trainer(plain with { Lstm = lstm }, weights: 1);
            Go(trainer, 4);
            return trainer.RecentLoss;
        })];
        Assert.Equal(4, losses.Distinct().Count());
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "another cell", "The options of the LSTM (peepholes) are for the cell lstm only; the cell is gru." },
        { "clip", "The cell clip of an LSTM must be 0 for none, or above and a number that single precision can hold (1.5e-45 to 3.4e38); found -1." },
        { "normalization", "needs at least 2 units" },
        { "count", "The number of hidden sizes must be 1, or one for each of the 3 layers; found 2." },
        { "width", "The hidden size must be at least 1; found 0." },
        { "residual alone", "found 1 layer of 256" },
        { "residual of unequal", "found 2 layers of 5,6" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Settings_that_cannot_be_meant_are_refused(string what, string words)
    {
        LanguageModelSettings settings = what switch
        {
            "another cell" => new() { Cell = CellKind.Gru, Lstm = new() { Peepholes = true } },
            "clip" => new() { Lstm = new() { CellClip = -1 } },
            "normalization" => new() { Hidden = new LayerWidths(5, 1), Layers = 2, Lstm = new() { LayerNormalization = true } },
            "count" => new() { Hidden = new LayerWidths(5, 6), Layers = 3 },
            "width" => new() { Hidden = new LayerWidths(5, 0), Layers = 2 },
            "residual alone" => new() { Connection = StackConnection.Residual },
            _ => new() { Hidden = new LayerWidths(5, 6), Layers = 2, Connection = StackConnection.Residual },
        };
        Assert.Contains(words, Assert.Throws<UnfoldException>(settings.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_are_compared_by_value()
    {
        LanguageModelSettings every = Shapes["every option"];
        Assert.Equal(every, every with { Hidden = new LayerWidths(7, 9), Lstm = every.Lstm with { } });
        Assert.Equal(every.GetHashCode(), (every with { Hidden = new LayerWidths(7, 9), Lstm = every.Lstm with { } }).GetHashCode());
        Assert.NotEqual(every, every with { Hidden = new LayerWidths(9, 7) });
        Assert.NotEqual(every, every with { Lstm = every.Lstm with { ZoneoutCell = 0.4 } });
        Assert.Equal(new LanguageModelSettings { Hidden = 8 }, new LanguageModelSettings { Hidden = new LayerWidths(8) });
        Assert.Throws<ArgumentException>(() => new LayerWidths());
    }

    [Fact]
    public void A_plain_cell_is_used_where_there_are_no_options()
    {
        Assert.IsType<LstmCell>(((Recurrent)Create("forget bias", out _).Stack.Layers[0]).Cell);
        Assert.IsType<ExtendedLstmCell>(((Recurrent)Create("peepholes", out _).Stack.Layers[0]).Cell);
        var model = new LanguageModel(Shapes["forget bias"], Vocabulary(), new SeededRandom(1));
        Assert.Equal(Enumerable.Repeat(-2f, 6), model.Parameters.Single(parameter => parameter.Name == "layers.0.bias").Values[6..12].ToArray());
    }

    private static Vocabulary Vocabulary() => new(TokenKind.Character, LetterCase.Kept, ["a", "b", "c", "d", "e"]);

    private static LanguageModel Create(string name, out SeededRandom random)
    {
        random = new SeededRandom(21);
        var model = new LanguageModel(Shapes[name], Vocabulary(), random);
        foreach (Parameter parameter in model.Parameters)
        {
            Draw.Uniform(random, parameter.Shape.Length, -1.2, 1.2).CopyTo(parameter.Edit());
        }

        return model;
    }

    private static int[] Tokens(SeededRandom random)
    {
        int count = Vocabulary().Count;
        return [.. Enumerable.Range(0, Time * Batch).Select(_ => random.NextInt32(count))];
    }

    private static LanguageModelTrainer Trainer(LanguageModelSettings shape, ulong weights)
    {
        Vocabulary vocabulary = Vocabulary();
        var random = new SeededRandom(8);
        int[] tokens = [.. Enumerable.Range(0, 100).Select(_ => random.NextInt32(vocabulary.Count))];
        TokenStore store = TokenStore.FromTokens(tokens, vocabulary.Count);
        var settings = new TrainingSettings { Steps = 20, BatchSize = Batch, SequenceLength = Time, LearningRate = 0.02, CheckpointEvery = 1 };
        return new LanguageModelTrainer(new LanguageModel(shape, vocabulary, new SeededRandom(weights)), settings, store, store.Slice(0, 0), new Workers(1));
    }

    private static void Go(LanguageModelTrainer trainer, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            trainer.Step();
        }
    }
}
