using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Text;
using Unfold.Training;

namespace Unfold.Models;

/// <summary>
/// Trains a <see cref="LanguageModel"/> step by step. All that decides the next step lies in this object and in its
/// checkpoint, so a run that is stopped and restored goes on with the same bits.
/// </summary>
public sealed class LanguageModelTrainer
{
    /// <summary>The number of steps over which <see cref="RecentLoss"/> is the mean.</summary>
    public const int RecentSteps = 100;

    /// <summary>The most tokens that a validation reads, so that it stays short beside the training of a large corpus.</summary>
    public const int ValidationTokens = 1 << 18;

    private readonly TokenStore _validation;
    private readonly Tape _tape;
    private readonly Recomputation? _recomputation;
    private readonly Clipping _clipping;
    private readonly int[] _inputs;
    private readonly int[] _targets;
    private readonly List<LearningPoint> _history = [];
    private bool _meanMeasured;

    /// <summary>Prepares a run from the first step.</summary>
    /// <param name="model">The model; its weights are trained in place.</param>
    /// <param name="settings">How.</param>
    /// <param name="training">The encoded training text.</param>
    /// <param name="validation">The encoded validation text; without one of at least two tokens the training loss decides which weights are the best.</param>
    /// <param name="workers">The threads; the result does not depend on their number.</param>
    /// <exception cref="UnfoldException">A setting is out of range, the text is too short, or a step would not fit in memory.</exception>
    public LanguageModelTrainer(LanguageModel model, TrainingSettings settings, TokenStore training, TokenStore validation, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(workers);
        settings.Validate();
        Model = model;
        Settings = settings;
        _validation = validation;
        var random = new SeededRandom(settings.Seed);
        DropoutRandom = random.Split();
        Batcher = settings.Batching == Batching.Stream
            ? new StreamBatcher(training, settings.BatchSize, settings.SequenceLength)
            : new WindowBatcher(training, settings.BatchSize, settings.SequenceLength, random.Split());
        TotalSteps = settings.Steps > 0 ? settings.Steps : checked(settings.Epochs * Batcher.StepsPerEpoch);
        Optimizer = TrainingChoices.CreateOptimizer(settings.Optimizer);
        Schedule = TrainingChoices.CreateSchedule(settings, TotalSteps);
        _clipping = TrainingChoices.CreateClipping(settings);
        int kept = settings.SegmentLength == 0 ? settings.SequenceLength : Math.Min(settings.SegmentLength, settings.SequenceLength);
        MemoryBudget.RequireTraining(model.Settings, model.Vocabulary.Count, settings.BatchSize, kept, TrainingChoices.Moments(settings.Optimizer) + (settings.Averaging > 0 ? 1 : 0));
        _inputs = new int[settings.BatchSize * settings.SequenceLength];
        _targets = new int[_inputs.Length];
        _tape = new Tape(workers);
        _recomputation = settings.SegmentLength == 0 ? null : new Recomputation(workers, settings.SegmentLength);
        Carried = model.ZeroState(settings.BatchSize);
        Average = settings.Averaging > 0 ? new WeightAverage(model.Parameters) : null;
    }

    /// <summary>The model in training.</summary>
    public LanguageModel Model { get; }

    /// <summary>How it is trained.</summary>
    public TrainingSettings Settings { get; }

    /// <summary>The updates made.</summary>
    public long StepsDone { get; internal set; }

    /// <summary>The updates of the whole run.</summary>
    public long TotalSteps { get; }

    /// <summary>The passes over the training text so far.</summary>
    public double EpochsDone => (double)StepsDone / Batcher.StepsPerEpoch;

    /// <summary>The tokens that one update reads.</summary>
    public int TokensPerStep => _inputs.Length;

    /// <summary>The mean training loss of the last <see cref="RecentSteps"/> updates in nats per token; NaN before the first.</summary>
    public double RecentLoss => RecentLosses.Count == 0 ? double.NaN : RecentLosses.Average();

    /// <summary>Whether there is a validation text, of at least two tokens.</summary>
    public bool HasValidation => _validation.Count >= 2;

    /// <summary>The lowest validation loss so far, in nats per token; infinite before the first validation, and always without a validation text.</summary>
    public double BestLoss => HasValidation ? LowestLoss : double.PositiveInfinity;

    /// <summary>The validations in a row that were no improvement.</summary>
    public int ValidationsWithoutImprovement { get; internal set; }

    /// <summary>Whether the run is over: all updates are made, or patience has run out.</summary>
    public bool Finished => StepsDone >= TotalSteps || (Settings.Patience > 0 && ValidationsWithoutImprovement >= Settings.Patience);

    /// <summary>Whether a validation with a checkpoint is due after the last update.</summary>
    public bool CheckpointDue => StepsDone > 0 && (StepsDone % Settings.CheckpointEvery == 0 || StepsDone == TotalSteps);

    /// <summary>The learning rate of the next update.</summary>
    public double LearningRate => Schedule.LearningRate(StepsDone);

    /// <summary>The learning curve: one point for each validation so far.</summary>
    public IReadOnlyList<LearningPoint> History => _history;

    /// <summary>How far the run has come.</summary>
    /// <param name="seconds">The time spent in training steps.</param>
    public TrainingResults Results(double seconds) => new(StepsDone, RecentLoss, BestLoss, seconds);

    /// <summary>Takes up the learning curve of a run that is restored.</summary>
    internal void RestoreHistory(IReadOnlyList<LearningPoint> history)
    {
        _history.Clear();
        _history.AddRange(history);
    }

    /// <summary>The loss by which the best weights were chosen: of the validation text, or the training loss without one.</summary>
    internal double LowestLoss { get; set; } = double.PositiveInfinity;

    /// <summary>The mean of the last weights; null where none is wanted.</summary>
    internal WeightAverage? Average { get; }

    internal Batcher Batcher { get; }

    internal Optimizer Optimizer { get; }

    internal Schedule Schedule { get; }

    internal SeededRandom DropoutRandom { get; set; }

    internal StackState Carried { get; }

    internal Queue<double> RecentLosses { get; } = new(RecentSteps);

    /// <summary>Makes one update and returns its loss in nats per token.</summary>
    /// <exception cref="DivergenceException">The loss or a gradient is not a number or infinite; the weights are as before the step.</exception>
    public double Step()
    {
        _tape.Reset();
        bool carries = Settings.Batching == Batching.Stream;
        if (Batcher.Next(_inputs, _targets) && carries)
        {
            Carried.Clear();
        }

        Model.LineEnd = null;
        Model.Parameters.ClearGradients();
        (double value, StackState final) = Backward(carries ? Carried : null, Model.Settings.UsesChance ? DropoutRandom : null);
        GradientNorm norm = _clipping.Apply(StepsDone + 1, value, Model.Parameters, _tape.Workers);
        Optimizer.Step(Model.Parameters, LearningRate, norm.Scale, _tape.Workers);
        if (carries)
        {
            Carried.CopyFrom(final);
        }

        StepsDone++;
        if (StepsDone > (1 - Settings.Averaging) * TotalSteps)
        {
            Average?.Add(_tape.Workers);
        }

        if (RecentLosses.Count == RecentSteps)
        {
            RecentLosses.Dequeue();
        }

        RecentLosses.Enqueue(value);
        return value;
    }

    /// <summary>Measures the model on the validation text, and notes in <see cref="History"/> and elsewhere how good it is.</summary>
    /// <param name="cancellation">Stops the validation; nothing is noted then.</param>
    /// <returns>The score (of no token and NaN without a validation text), and whether the weights are the best so far.</returns>
    /// <exception cref="DivergenceException">The loss or a weight is not a number or infinite; nothing is noted then.</exception>
    /// <exception cref="InvalidOperationException">There is neither a validation text nor a step that was made.</exception>
    public (Score Score, bool Best) Validate(CancellationToken cancellation = default)
    {
        (Score score, double loss) = Measure(cancellation);
        bool best = loss < LowestLoss;
        LowestLoss = best ? loss : LowestLoss;
        ValidationsWithoutImprovement = best ? 0 : ValidationsWithoutImprovement + 1;
        Schedule.Observe(loss);
        _history.Add(new LearningPoint(StepsDone, RecentLoss, score.Loss));
        return (score, best);
    }

    /// <summary>Takes the present weights for the best ones, whatever was measured before: for a run whose best weights are lost.</summary>
    /// <param name="cancellation">Stops the validation; nothing is noted then.</param>
    /// <exception cref="DivergenceException">The loss or a weight is not a number or infinite; nothing is noted then.</exception>
    /// <exception cref="InvalidOperationException">There is neither a validation text nor a step that was made.</exception>
    public void TakeAsBest(CancellationToken cancellation = default) => LowestLoss = Measure(cancellation).Loss;

    /// <summary>
    /// Does something with the weights that the last validation has measured, such as saving them: those of the last update, or their mean
    /// where that was better. <see cref="LanguageModel.LineEnd"/> is found for them meanwhile, but for a network of windows, which has learned to begin at zeros.
    /// </summary>
    public void UseMeasured(Action<LanguageModel> use)
    {
        ArgumentNullException.ThrowIfNull(use);
        if (!_meanMeasured)
        {
            UseWithLineEnd(use);
            return;
        }

        StackState? last = Model.LineEnd;
        Model.LineEnd = null;
        try
        {
            Average!.Use(() => UseWithLineEnd(use));
        }
        finally
        {
            Model.LineEnd = last;
        }
    }

    private void UseWithLineEnd(Action<LanguageModel> use)
    {
        if (Settings.Batching == Batching.Stream && Model.LineEnd is null)
        {
            Model.FindLineEnd(Batcher.Store, _tape.Workers);
        }

        use(Model);
    }

    private (double Loss, StackState Final) Backward(StackState? state, SeededRandom? dropout)
    {
        if (_recomputation is not null)
        {
            return Model.AddGradients(_recomputation, _inputs, _targets, Settings.BatchSize, state, Settings.Loss, dropout);
        }

        (Tensor loss, StackState final) = Model.Loss(_tape, _inputs, _targets, Settings.BatchSize, state, Settings.Loss, dropout);
        double value = loss.Values[0];
        _tape.Backward(loss);
        return (value, final);
    }

    /// <summary>Measures the last weights and their mean, and returns what the better ones have.</summary>
    private (Score Score, double Loss) Measure(CancellationToken cancellation)
    {
        if (!HasValidation && RecentLosses.Count == 0)
        {
            throw new InvalidOperationException("There is nothing to measure: without a validation text a step must be made first.");
        }

        (Score Score, double Loss) last = MeasurePresent(cancellation);
        (Score Score, double Loss) mean = (default, double.PositiveInfinity);
        if (Average is { Count: > 0 } && HasValidation)
        {
            Average.Use(() => mean = MeasurePresent(cancellation));
        }

        _meanMeasured = mean.Loss < last.Loss;
        return _meanMeasured ? mean : last;
    }

    private (Score Score, double Loss) MeasurePresent(CancellationToken cancellation)
    {
        Score score = HasValidation ? ScoreValidation(cancellation) : new Score(0, double.NaN);
        double loss = HasValidation ? score.Loss : RecentLoss;
        FiniteCheck.RequireScore(StepsDone, loss, Model.Parameters);
        return (score, loss);
    }

    private Score ScoreValidation(CancellationToken cancellation)
    {
        // Streams of a few hundred tokens at least, so that their cold starts weigh little.
        int batch = (int)Math.Clamp((_validation.Count - 1) / 512, 1, Settings.BatchSize);
        long steps = Math.Max(1, Math.Min(_validation.Count - 1, ValidationTokens) / batch);
        return LanguageModelScorer.Streams(Model, _validation, batch, steps, _tape.Workers, progress: null, cancellation);
    }
}
