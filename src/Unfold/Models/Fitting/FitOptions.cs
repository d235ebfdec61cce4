using Unfold.Numerics;

namespace Unfold.Models;

/// <summary>How a model of sequences is fitted to its examples.</summary>
public sealed record FitOptions
{
    /// <summary>The passes over the examples, at least 1.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>B, the examples of one update, at least 1.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The update rule.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;

    /// <summary>The learning rate before the schedule.</summary>
    public double LearningRate { get; init; } = 0.002;

    /// <summary>How the learning rate changes over the run.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Constant;

    /// <summary>The largest norm of all gradients together; 0 leaves them as they are.</summary>
    public double ClipNorm { get; init; } = 5;

    /// <summary>The run ends when the validation loss has not improved for this many epochs; 0 never ends it early. Only with validation examples.</summary>
    public int Patience { get; init; }

    /// <summary>The seed of the weights, the order of the examples and dropout.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The threads; one for each core if not set. The result does not depend on their number. One team serves one call at a time.</summary>
    public Workers? Workers { get; init; }

    /// <summary>Called after each update.</summary>
    public Action<FitProgress>? Progress { get; init; }

    /// <summary>Stops the run between two updates with an <see cref="OperationCanceledException"/>; the model is not returned then.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>
    /// Ends the run in order between two updates: the model is returned with the weights of its best epoch so far, or with the present ones where none
    /// is validated. Before the first update there is nothing to keep: an <see cref="OperationCanceledException"/>.
    /// </summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>Called before the first update: an earlier fit that was kept is taken up here.</summary>
    internal Action<FitState>? Begin { get; init; }

    /// <summary>Called after each pass, now and then within one, and where the fit is stopped.</summary>
    internal Action<FitState>? Keep { get; init; }

    /// <summary>Throws unless all values are in range.</summary>
    /// <exception cref="UnfoldException">A value is out of range; the message names it.</exception>
    public void Validate() => ToTrainingSettings().Validate();

    /// <summary>The same choices in the words of the language model's trainer, for what both share.</summary>
    internal TrainingSettings ToTrainingSettings() => new()
    {
        Epochs = Epochs,
        BatchSize = BatchSize,
        Optimizer = Optimizer,
        LearningRate = LearningRate,
        Schedule = Schedule,
        ClipNorm = ClipNorm,
        Patience = Patience,
        Seed = Seed,
    };
}
