namespace Unfold.Models;

/// <summary>How a text is fed to a model.</summary>
public enum Batching
{
    /// <summary>Contiguous streams side by side, the state carried from window to window: truncated back-propagation through time.</summary>
    Stream,

    /// <summary>Windows from random places, each started from a state of zeros.</summary>
    Windows,
}

/// <summary>The update rule.</summary>
public enum OptimizerKind
{
    /// <summary>Plain gradient descent.</summary>
    Sgd,

    /// <summary>Gradient descent with momentum 0.9.</summary>
    Momentum,

    /// <summary>Gradient descent with Nesterov's momentum 0.9.</summary>
    Nesterov,

    /// <summary>RMSprop.</summary>
    RmsProp,

    /// <summary>Adagrad.</summary>
    Adagrad,

    /// <summary>Adam.</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay 0.01.</summary>
    AdamW,
}

/// <summary>How the learning rate changes over a run.</summary>
public enum ScheduleKind
{
    /// <summary>It does not.</summary>
    Constant,

    /// <summary>Halved after each quarter of the run.</summary>
    Step,

    /// <summary>Falls evenly by a factor, to a hundredth at the end.</summary>
    Exponential,

    /// <summary>Rises linearly over the first 2% of the run, then falls along a cosine to a hundredth.</summary>
    Cosine,

    /// <summary>Halved when the validation loss has not improved for two validations.</summary>
    Plateau,

    /// <summary>Constant for the first 4/13 of the run, then halved after each thirteenth: the small model of Zaremba et al. (2014).</summary>
    Halving,
}

/// <summary>How a <see cref="LanguageModel"/> is trained.</summary>
public sealed record TrainingSettings
{
    /// <summary>T, the steps through which the gradient goes back.</summary>
    public int SequenceLength { get; init; } = 50;

    /// <summary>
    /// The steps of a segment where windows are long: only one segment is in memory at a time, for one more forward pass; 0 keeps
    /// whole windows in memory.
    /// </summary>
    public int SegmentLength { get; init; }

    /// <summary>B, the sequences side by side.</summary>
    public int BatchSize { get; init; } = 50;

    /// <summary>How the text is fed.</summary>
    public Batching Batching { get; init; } = Batching.Stream;

    /// <summary>The steps of a window that count.</summary>
    public LossOver Loss { get; init; } = LossOver.All;

    /// <summary>The number of updates; 0 leaves it to <see cref="Epochs"/>.</summary>
    public long Steps { get; init; }

    /// <summary>The number of passes over the text, where <see cref="Steps"/> is 0.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>The update rule.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;

    /// <summary>The learning rate before the schedule.</summary>
    public double LearningRate { get; init; } = 0.002;

    /// <summary>How the learning rate changes.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Constant;

    /// <summary>The largest norm of all gradients together; 0 leaves them as they are.</summary>
    public double ClipNorm { get; init; } = 5;

    /// <summary>The largest absolute value of a gradient; 0 leaves them as they are.</summary>
    public double ClipValue { get; init; }

    /// <summary>The seed of weights, windows and dropout.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The number of updates between two validations with a checkpoint.</summary>
    public int CheckpointEvery { get; init; } = 500;

    /// <summary>Training ends when this many validations in a row were no improvement; 0 never ends it early.</summary>
    public int Patience { get; init; }

    /// <summary>
    /// The share of the updates, the last ones, whose weights are averaged, in [0, 1); each validation then measures both the last weights and
    /// the mean, and the better ones count. 0 averages nothing, and so does a run without a validation text, which could not tell which are better.
    /// </summary>
    public double Averaging { get; init; }

    /// <summary>Whether a rate can be used: updates are made in single precision, where it must be neither zero nor infinite.</summary>
    public static bool IsLearningRate(double rate) => float.IsFinite((float)rate) && (float)rate > 0;

    /// <summary>Throws unless all values are in range.</summary>
    /// <exception cref="UnfoldException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        Setting.Require(SequenceLength >= 1, "The sequence length", "at least 1", SequenceLength);
        Setting.Require(SegmentLength >= 0, "The length of a segment", "0 for none, or above", SegmentLength);
        Setting.Require(BatchSize >= 1, "The batch size", "at least 1", BatchSize);
        Setting.Require(Steps >= 0, "The number of steps", "at least 1", Steps);
        Setting.Require(Steps > 0 || Epochs >= 1, "The number of epochs", "at least 1", Epochs);
        Setting.Require(IsLearningRate(LearningRate), "The learning rate", "above 0 and a number that single precision can hold (1.5e-45 to 3.4e38)", LearningRate);
        Setting.Require(double.IsFinite(ClipNorm) && ClipNorm >= 0, "The clipping norm", "0 for none, or above", ClipNorm);
        Setting.Require(double.IsFinite(ClipValue) && ClipValue >= 0, "The clipping value", "0 for none, or above", ClipValue);
        Setting.Require(CheckpointEvery >= 1, "The number of steps between checkpoints", "at least 1", CheckpointEvery);
        Setting.Require(Patience >= 0, "The patience", "0 for none, or above", Patience);
        Setting.Require(Averaging is >= 0 and < 1, "The share of averaged updates", "at least 0 and below 1", Averaging);
    }
}
