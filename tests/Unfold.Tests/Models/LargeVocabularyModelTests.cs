using Unfold.Autograd;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Models;

/// <summary>Language models whose vocabulary is large enough for clusters and samples.</summary>
public sealed class LargeVocabularyModelTests
{
    private const int Symbols = 4_100;

    private static readonly Vocabulary s_vocabulary = new(TokenKind.Character, LetterCase.Kept, Enumerable.Range(0, Symbols).Select(i => ((char)(0x4E00 + i)).ToString()));

    private static readonly Dictionary<string, LanguageModelSettings> Shapes = new()
    {
        ["adaptive"] = new() { Hidden = 12, Embedding = 5, Softmax = SoftmaxKind.Adaptive },
        ["sampled"] = new() { Hidden = 6, Embedding = 5, Softmax = SoftmaxKind.Sampled, SampledClasses = 50 },
        ["sampled, tied"] = new() { Hidden = 6, Embedding = 6, Softmax = SoftmaxKind.Sampled, SampledClasses = 50, OutputWeights = OutputWeights.Tied },
    };

    public static TheoryData<string> Names => [.. Shapes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_saved_model_and_its_sessions_have_the_same_logits(string name)
    {
        using var folder = new TemporaryFolder();
        var model = new LanguageModel(Shapes[name], s_vocabulary, new SeededRandom(3));
        Assert.Equal(model.Parameters.ValueCount, model.Settings.CountParameters(s_vocabulary.Count));
        var files = new ModelFolder(folder["model"]);
        files.Save(model);
        LanguageModel loaded = files.Load();
        Assert.Equal(model.Settings, loaded.Settings);
        Assert.Equal(model.ToString(), loaded.ToString());
        int[] tokens = Tokens(9);
        var tape = new Tape(new Workers(2));
        float[] wanted = model.Logits(tape, tokens, 1).Logits.Values.ToArray();
        Close.Same(wanted, loaded.Logits(tape, tokens, 1).Logits.Values, "logits of the loaded model");
        LanguageModelSession session = loaded.Start();
        for (int t = 0; t < tokens.Length; t++)
        {
            session.Feed(tokens[t]);
            Close.Equal(wanted.AsSpan(t * s_vocabulary.Count, s_vocabulary.Count), session.Logits, relative: 1e-5, absolute: 1e-5, $"token {t}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Tensors_are_counted_as_those_of_the_model(string name)
    {
        foreach (Vocabulary vocabulary in (Vocabulary[])[s_vocabulary, new(TokenKind.Character, LetterCase.Kept, Enumerable.Range(0, 60_000).Select(i => char.ConvertFromUtf32(0x10000 + i)))])
        {
            foreach (SoftmaxKind softmax in Shapes[name].OutputWeights == OutputWeights.Own ? Enum.GetValues<SoftmaxKind>() : [SoftmaxKind.Exact, SoftmaxKind.Sampled])
            {
                LanguageModelSettings settings = Shapes[name] with { Softmax = softmax };
                Assert.Equal(new LanguageModel(settings, vocabulary, new SeededRandom(1)).Parameters.Count, settings.CountTensors(vocabulary.Count));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_restored_run_ends_with_the_same_bits_and_has_learned(string name)
    {
        using var folder = new TemporaryFolder();
        LanguageModelTrainer straight = Trainer(Shapes[name], weights: 1), restored = Trainer(Shapes[name], weights: 2);
        double before = straight.Validate(TestContext.Current.CancellationToken).Score.Loss;
        Go(straight, 40);
        TrainingCheckpoint.Save(folder["checkpoint"], straight, default);
        TrainingCheckpoint.Restore(folder["checkpoint"], restored);
        Go(straight, 20);
        Go(restored, 20);
        Close.Same(straight.Model.Parameters.Values, restored.Model.Parameters.Values, $"{name}: weights");

        // The text has 290 different tokens of 4,103, among them some of the cluster.
        double after = straight.Validate(TestContext.Current.CancellationToken).Score.Loss;
        Assert.InRange(before, 8.0, 9.0);
        Assert.InRange(after, 4.5, 7.2);
    }

    [Fact]
    public void Other_outputs_do_not_go_on_with_a_run()
    {
        using var folder = new TemporaryFolder();
        TrainingCheckpoint.Save(folder["checkpoint"], Trainer(Shapes["sampled"], weights: 1), default);
        foreach (LanguageModelSettings other in new[] { Shapes["sampled"] with { SampledClasses = 51 }, Shapes["adaptive"] with { Hidden = 6 }, Shapes["sampled, tied"] with { Embedding = 6 } })
        {
            Assert.Contains("other settings", Assert.Throws<UnfoldException>(() => TrainingCheckpoint.Restore(folder["checkpoint"], Trainer(other, weights: 1))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Outputs_that_do_not_suit_the_vocabulary_are_refused()
    {
        LanguageModelSettings many = Shapes["sampled"] with { SampledClasses = 3_000 };
        Assert.Contains("at most half of the 4,103 tokens", Assert.Throws<UnfoldException>(() => new LanguageModel(many, s_vocabulary, new SeededRandom(1))).Message, StringComparison.Ordinal);
        Assert.Throws<UnfoldException>((many with { SampledClasses = 0 }).Validate);
        Assert.Throws<UnfoldException>((many with { Softmax = (SoftmaxKind)9 }).Validate);
        Assert.Contains("adaptive", Assert.Throws<UnfoldException>((Shapes["adaptive"] with { Embedding = 12, OutputWeights = OutputWeights.Tied }).Validate).Message, StringComparison.Ordinal);
        var adaptive = new LanguageModel(Shapes["adaptive"], s_vocabulary, new SeededRandom(1));
        Assert.Throws<ArgumentException>(() => new ReferenceLanguageModel(adaptive));
    }

    private static int[] Tokens(int count)
    {
        // Every fourteenth token, so that they lie in the head and in the cluster.
        var random = new SeededRandom(4);
        return [.. Enumerable.Range(0, count).Select(_ => Vocabulary.SpecialCount + (14 * (int)(290 * random.NextDouble() * random.NextDouble())))];
    }

    private static LanguageModelTrainer Trainer(LanguageModelSettings shape, ulong weights)
    {
        var settings = new TrainingSettings { Steps = 200, BatchSize = 6, SequenceLength = 8, LearningRate = 0.05 };
        TokenStore text = TokenStore.FromTokens(Tokens(2_000), s_vocabulary.Count);
        return new LanguageModelTrainer(new LanguageModel(shape, s_vocabulary, new SeededRandom(weights)), settings, text, text.Slice(0, 500), new Workers(2));
    }

    private static void Go(LanguageModelTrainer trainer, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            trainer.Step();
        }
    }
}
