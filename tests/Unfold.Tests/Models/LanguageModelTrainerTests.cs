using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Text;
using Unfold.Training;

namespace Unfold.Tests.Models;

public sealed class LanguageModelTrainerTests
{
    private const int Symbols = 9;

    [Fact]
    public void A_validation_text_that_is_null_is_refused_at_once()
    {
        var vocabulary = new Vocabulary(TokenKind.Character, LetterCase.Kept, ["a", "b"]);
        var model = new LanguageModel(new LanguageModelSettings { Hidden = 3 }, vocabulary, new SeededRandom(1));
        TokenStore text = TokenStore.FromTokens([3, 4, 3, 4, 3], vocabulary.Count);
        Assert.Throws<ArgumentNullException>("validation", () => new LanguageModelTrainer(model, new TrainingSettings(), text, null!, new Workers(1)));
        Assert.Throws<ArgumentNullException>("training", () => new LanguageModelTrainer(model, new TrainingSettings(), null!, text, new Workers(1)));
    }

    [Fact]
    public void Without_a_validation_text_there_is_nothing_to_measure_before_the_first_step()
    {
        LanguageModelTrainer trainer = Trainer(TokenStore.FromTokens(Tokens(200), Symbols + 3), new TrainingSettings { Steps = 3, SequenceLength = 5, BatchSize = 4 });
        Assert.False(trainer.HasValidation);
        Assert.Contains("a step must be made first", Assert.Throws<InvalidOperationException>(() => trainer.Validate(TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => trainer.TakeAsBest(TestContext.Current.CancellationToken));
        trainer.Step();
        Assert.True(trainer.Validate(TestContext.Current.CancellationToken).Best);
    }

    [Fact]
    public void What_a_step_allocates_does_not_grow_with_batch_sequence_or_width()
    {
        long small = BytesPerStep(hidden: 8, batch: 4, sequence: 5);
        long large = BytesPerStep(hidden: 96, batch: 24, sequence: 40);
        Assert.InRange(large - small, -4096, 4096);
    }

    [Fact]
    public void A_step_that_diverges_leaves_the_weights_as_they_were()
    {
        LanguageModelTrainer trainer = Trainer(TokenStore.FromTokens(Tokens(2_000), Symbols + 3), new TrainingSettings { Steps = 10, SequenceLength = 5, BatchSize = 4 });
        trainer.Step();
        trainer.Model.Parameters[2].Edit()[3] = float.NaN;
        float[] before = [.. trainer.Model.Parameters.Values];

        DivergenceException failure = Assert.Throws<DivergenceException>(() => trainer.Step());
        Assert.IsAssignableFrom<UnfoldException>(failure);

        Assert.Equal(2, failure.Step);
        Assert.Equal(trainer.Model.Parameters[2].Name, failure.ParameterName);
        Assert.Equal(1, trainer.StepsDone);
        Assert.Equal(before.Select(BitConverter.SingleToInt32Bits), trainer.Model.Parameters.Values.ToArray().Select(BitConverter.SingleToInt32Bits));
    }

    [Theory]
    [InlineData(Batching.Stream, LossOver.All)]
    [InlineData(Batching.Windows, LossOver.Last)]
    public void Segments_teach_the_same_as_whole_windows(Batching batching, LossOver over)
    {
        (float[] Weights, double Loss) Learned(int segment)
        {
            var settings = new TrainingSettings { Steps = 10, SequenceLength = 13, SegmentLength = segment, BatchSize = 4, Batching = batching, Loss = over, Optimizer = OptimizerKind.Sgd, LearningRate = 0.5 };
            LanguageModelTrainer trainer = Trainer(TokenStore.FromTokens(Tokens(2_000), Symbols + 3), settings, dropout: 0);
            while (!trainer.Finished)
            {
                trainer.Step();
            }

            return ([.. trainer.Model.Parameters.Values], trainer.RecentLoss);
        }

        (float[] wanted, double loss) = Learned(segment: 0);
        (float[] found, double foundLoss) = Learned(segment: 5);
        Close.Equal(loss, foundLoss, relative: 1e-5, absolute: 0, "mean loss");
        Close.Equal(wanted, found, relative: 1e-4, absolute: 1e-5, "weights after ten steps");
    }

    [Theory]
    [InlineData(Batching.Stream)]
    [InlineData(Batching.Windows)]
    public void A_text_on_disk_teaches_the_same_as_one_in_memory(Batching batching)
    {
        var settings = new TrainingSettings { Steps = 30, SequenceLength = 7, BatchSize = 3, Batching = batching, Seed = 5 };
        string text = Grammar.CreateEmbedded().WriteText(new SeededRandom(1), 5_000);
        float[] Learned(long memoryLimit, bool inMemory)
        {
            Corpus corpus = Corpus.Load(TextSource.FromString(text), new CorpusOptions { MemoryLimit = memoryLimit }, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(inMemory, corpus.Train.IsInMemory);
            var model = new LanguageModel(new LanguageModelSettings { Hidden = 6 }, corpus.Vocabulary, new SeededRandom(2));
            var trainer = new LanguageModelTrainer(model, settings, corpus.Train, corpus.Validation, new Workers(2));
            while (!trainer.Finished)
            {
                trainer.Step();
            }

            return [.. model.Parameters.Values];
        }

        Close.Same(Learned(long.MaxValue, inMemory: true), Learned(64, inMemory: false), "weights after 30 steps");
    }

    private static long BytesPerStep(int hidden, int batch, int sequence)
    {
        const int steps = 5;
        LanguageModelTrainer trainer = Trainer(
            TokenStore.FromTokens(Tokens(20_000), Symbols + 3),
            new TrainingSettings { Steps = 100, SequenceLength = sequence, BatchSize = batch },
            hidden);
        for (int i = 0; i < steps; i++)
        {
            trainer.Step();
        }

        // With one worker all work is done on this thread, so other tests do not count.
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < steps; i++)
        {
            trainer.Step();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / steps;
    }

    private static LanguageModelTrainer Trainer(TokenStore tokens, TrainingSettings settings, int hidden = 8, double dropout = 0.1)
    {
        var vocabulary = new Vocabulary(TokenKind.Character, LetterCase.Kept, Enumerable.Range(0, Symbols).Select(i => ((char)('a' + i)).ToString()));
        var model = new LanguageModel(new LanguageModelSettings { Hidden = hidden, Layers = 2, Embedding = 4, Dropout = dropout }, vocabulary, new SeededRandom(3));
        return new LanguageModelTrainer(model, settings, tokens, tokens.Slice(0, 0), new Workers(1));
    }

    private static int[] Tokens(int count)
    {
        var random = new SeededRandom(4);
        return [.. Enumerable.Range(0, count).Select(_ => 3 + random.NextInt32(Symbols))];
    }
}
