using Unfold.Layers;
using Unfold.Models;
using Unfold.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Persistence;

/// <summary>A run that is saved, and restored into a trainer that knows nothing of it, ends with the bits of a run without a stop.</summary>
public sealed class TrainingCheckpointTests
{
    // In the middle of the second epoch, the carried state not zero, and between two lowerings of the plateau's rate.
    private const int SavedAt = 8;

    public static TheoryData<OptimizerKind, ScheduleKind, Batching> Choices
    {
        get
        {
            var rows = new TheoryData<OptimizerKind, ScheduleKind, Batching>();
            foreach (OptimizerKind optimizer in Enum.GetValues<OptimizerKind>())
            {
                foreach (ScheduleKind schedule in Enum.GetValues<ScheduleKind>())
                {
                    rows.Add(optimizer, schedule, Batching.Stream);
                    rows.Add(optimizer, schedule, Batching.Windows);
                }
            }

            return rows;
        }
    }

    public static TheoryData<CellKind, Batching, LossOver> Shapes
    {
        get
        {
            var rows = new TheoryData<CellKind, Batching, LossOver>();
            foreach (CellKind cell in CellKinds.All)
            {
                rows.Add(cell, Batching.Stream, LossOver.All);
                rows.Add(cell, Batching.Stream, LossOver.Last);
                rows.Add(cell, Batching.Windows, LossOver.Last);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Choices))]
    public void Every_optimizer_schedule_and_batching_goes_on_with_the_same_bits(OptimizerKind optimizer, ScheduleKind schedule, Batching batching) =>
        RequireSameEnd(TinyRun.Settings with { Optimizer = optimizer, Schedule = schedule, Batching = batching }, CellKind.Lstm);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_cell_and_loss_goes_on_with_the_same_bits(CellKind cell, Batching batching, LossOver loss) =>
        RequireSameEnd(TinyRun.Settings with { Batching = batching, Loss = loss, Optimizer = OptimizerKind.Nesterov }, cell);

    [Theory]
    [InlineData(0)]
    [InlineData(TinyRun.StepsPerEpoch)]
    [InlineData(TinyRun.Steps - 1)]
    public void A_run_can_be_saved_before_its_first_step_and_at_the_end_of_an_epoch(int savedAt) =>
        RequireSameEnd(TinyRun.Settings with { Schedule = ScheduleKind.Cosine }, CellKind.Gru, savedAt);

    [Theory]
    [InlineData(SavedAt)]
    [InlineData(TinyRun.Steps - 2)]
    public void A_run_that_averages_weights_and_drops_words_and_weights_goes_on_with_the_same_bits(int savedAt)
    {
        LanguageModelSettings shape = TinyRun.Shape(CellKind.Lstm) with
        {
            Embedding = 5,
            OutputWeights = OutputWeights.Tied,
            DropoutMask = DropoutMask.Locked,
            WordDropout = 0.3,
            WeightDropout = 0.4,
        };
        TrainingSettings settings = TinyRun.Settings with { Averaging = 0.3 };
        RequireSameEnd(weights => TinyRun.Create(settings, shape, weights), savedAt);
        LanguageModelTrainer trainer = TinyRun.Create(settings, shape);
        TinyRun.Go(trainer, TinyRun.Steps);
        Assert.Equal(5, trainer.Average!.Count);
    }

    [Fact]
    public void The_plateau_had_lowered_its_rate_and_was_waiting_when_it_was_saved()
    {
        TrainingSettings settings = TinyRun.Settings with { Schedule = ScheduleKind.Plateau };
        LanguageModelTrainer trainer = TinyRun.Create(settings);
        TinyRun.Go(trainer, SavedAt);
        Assert.Equal(settings.LearningRate / 4, trainer.LearningRate);
        Assert.Equal(1, trainer.Schedule.State[1]);
        TinyRun.Go(trainer, TinyRun.Steps - SavedAt);
        Assert.Equal(settings.LearningRate / 16, trainer.LearningRate);
    }

    [Fact]
    public void More_losses_than_are_remembered_give_the_same_mean()
    {
        TrainingSettings settings = TinyRun.Settings with { Steps = 500, Optimizer = OptimizerKind.Sgd };
        using var folder = new TemporaryFolder();
        LanguageModelTrainer straight = TinyRun.Create(settings), restored = TinyRun.Create(settings, weights: 9);
        var losses = new List<double>();
        while (straight.StepsDone < 130)
        {
            losses.Add(straight.Step());
        }

        TrainingCheckpoint.Save(folder["c"], straight, new TrainingTime(1, 9));
        TrainingCheckpoint.Restore(folder["c"], restored);
        Assert.Equal(losses.TakeLast(LanguageModelTrainer.RecentSteps).Average(), restored.RecentLoss);
        Assert.Equal(straight.Step(), restored.Step());
        Assert.Equal(straight.RecentLoss, restored.RecentLoss);
    }

    [Fact]
    public void The_results_of_a_checkpoint_are_those_of_the_run()
    {
        using var folder = new TemporaryFolder();
        LanguageModelTrainer trainer = TinyRun.Create(TinyRun.Settings);
        TinyRun.Go(trainer, SavedAt);
        TrainingCheckpoint.Save(folder["c"], trainer, new TrainingTime(12.5, 9));
        Assert.Equal(trainer.Results(12.5), TrainingCheckpoint.ReadResults(folder["c"]).Results);
        Assert.NotEmpty(trainer.History);
        Assert.Equal(trainer.History, TrainingCheckpoint.ReadResults(folder["c"]).History);
        LanguageModelTrainer restored = TinyRun.Create(TinyRun.Settings);
        TrainingCheckpoint.Restore(folder["c"], restored);
        Assert.Equal(trainer.History, restored.History);
    }

    private static void RequireSameEnd(TrainingSettings settings, CellKind cell, int savedAt = SavedAt) =>
        RequireSameEnd(weights => TinyRun.Create(settings, cell, weights), savedAt);

    private static void RequireSameEnd(Func<ulong, LanguageModelTrainer> create, int savedAt)
    {
        using var folder = new TemporaryFolder();
        LanguageModelTrainer straight = create(1), saved = create(1);
        TinyRun.Go(straight, TinyRun.Steps);
        TinyRun.Go(saved, savedAt);
        float[] weights = [.. saved.Model.Parameters.Values];
        TrainingCheckpoint.Save(folder["checkpoint"], saved, new TrainingTime(2.5, 9));

        // Other weights, so that everything has to come from the file.
        LanguageModelTrainer resumed = create(99);
        Assert.NotEqual(weights, resumed.Model.Parameters.Values.ToArray());
        Assert.Equal(new TrainingTime(2.5, 9), TrainingCheckpoint.Restore(folder["checkpoint"], resumed));
        TinyRun.RequireSame(TinyRun.Snapshot(saved), TinyRun.Snapshot(resumed), $"restored at step {savedAt}");

        TinyRun.Go(resumed, TinyRun.Steps - savedAt);
        Assert.NotEqual(weights, resumed.Model.Parameters.Values.ToArray());
        TinyRun.RequireSame(TinyRun.Snapshot(straight), TinyRun.Snapshot(resumed), $"step {TinyRun.Steps} after a stop at {savedAt}");

        TrainingCheckpoint.Save(folder["straight"], straight, new TrainingTime(4, 9));
        TrainingCheckpoint.Save(folder["resumed"], resumed, new TrainingTime(4, 9));
        Assert.Equal(File.ReadAllBytes(folder["straight"]), File.ReadAllBytes(folder["resumed"]));
    }
}
