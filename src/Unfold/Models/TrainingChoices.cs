using Unfold.Training;

namespace Unfold.Models;

/// <summary>Makes the optimizer and the schedule that settings name.</summary>
internal static class TrainingChoices
{
    public static Optimizer CreateOptimizer(OptimizerKind kind) => kind switch
    {
        OptimizerKind.Sgd => new Sgd(),
        OptimizerKind.Momentum => new Momentum(),
        OptimizerKind.Nesterov => new Nesterov(),
        OptimizerKind.RmsProp => new RmsProp(),
        OptimizerKind.Adagrad => new Adagrad(),
        OptimizerKind.Adam => new Adam(),
        OptimizerKind.AdamW => new AdamW(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This optimizer is not known."),
    };

    /// <summary>The values that an optimizer remembers for each parameter.</summary>
    public static int Moments(OptimizerKind kind) => kind switch
    {
        OptimizerKind.Sgd => 0,
        OptimizerKind.Adam or OptimizerKind.AdamW => 2,
        _ => 1,
    };

    public static Schedule CreateSchedule(TrainingSettings settings, long totalSteps)
    {
        double rate = settings.LearningRate;
        return settings.Schedule switch
        {
            ScheduleKind.Constant => new ConstantSchedule(rate),
            ScheduleKind.Step => new StepSchedule(rate, 0.5, Math.Max(1, totalSteps / 4)),
            ScheduleKind.Exponential => new ExponentialSchedule(rate, Math.Pow(0.01, 1.0 / totalSteps), 1),
            ScheduleKind.Cosine => new CosineSchedule(rate, totalSteps, totalSteps / 50, rate / 100),
            ScheduleKind.Plateau => new PlateauSchedule(rate),
            ScheduleKind.Halving => new HalvingSchedule(rate, 4 * (totalSteps / 13.0), totalSteps / 13.0),
            _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Schedule, "This schedule is not known."),
        };
    }

    public static Clipping CreateClipping(TrainingSettings settings) => new()
    {
        MaximumNorm = settings.ClipNorm == 0 ? double.PositiveInfinity : settings.ClipNorm,
        MaximumValue = settings.ClipValue == 0 ? double.PositiveInfinity : settings.ClipValue,
    };
}
