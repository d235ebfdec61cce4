using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Unfold.Autograd;
using Unfold.Numerics;
using Unfold.Training;

namespace Unfold.Models;

/// <summary>Fits the parameters of a model to examples: the one loop over epochs and batches that all models of sequences share.</summary>
/// <typeparam name="T">An example.</typeparam>
internal sealed class Fitter<T>
{
    // Batches are made of examples of about one length: the rest of the order is chance.
    private const int BatchesSortedTogether = 16;

    // What a killed process loses at most of a long pass.
    private const double SecondsBetweenKeeps = 60;

    /// <summary>What kind of model it is.</summary>
    public required string Model { get; init; }

    /// <summary>What was chosen of the model, in words without a space: <see cref="ModelChoices"/>. Asked for where the fit is kept.</summary>
    public required Func<IEnumerable<string>> Choices { get; init; }

    /// <summary>Everything that is learned.</summary>
    public required ParameterSet Parameters { get; init; }

    /// <summary>The mean loss of a batch; chance comes from the generator in training and is null in validation.</summary>
    public required Func<Tape, IReadOnlyList<T>, SeededRandom?, Tensor> Loss { get; init; }

    /// <summary>The length of an example: examples of about one length come into one batch.</summary>
    public required Func<T, int> Length { get; init; }

    /// <summary>The number of targets of an example: what its mean loss counts for.</summary>
    public required Func<T, int> Weight { get; init; }

    /// <summary>Throws where a batch cannot be computed on this machine; looked at before anything is computed. Null where nothing can be said.</summary>
    public Action<IReadOnlyList<T>>? RequireBatch { get; init; }

    /// <summary>Runs all epochs, or until it is stopped, and leaves the best weights in the parameters.</summary>
    /// <exception cref="UnfoldException">There is no example, an option is out of range, or there is patience without validation examples.</exception>
    /// <exception cref="DivergenceException">The loss or a gradient is not a number or infinite.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled, or stopped before its first update.</exception>
    public FitResult Run(IReadOnlyList<T> training, IReadOnlyList<T>? validation, FitOptions options)
    {
        ArgumentNullException.ThrowIfNull(training);
        options.Validate();
        if (training.Count == 0 || validation is { Count: 0 })
        {
            throw new UnfoldException($"A fit needs at least one {(training.Count == 0 ? "training" : "validation")} example; found none.");
        }

        if (validation is null && options.Patience > 0)
        {
            throw new UnfoldException($"A patience of {options.Patience} counts epochs without a better validation loss, and there are no validation examples: give some, or set {nameof(FitOptions.Patience)} to 0.");
        }

        if (validation is not null)
        {
            Sorted(validation, options.BatchSize);
        }

        var sitting = new Sitting(this, training, validation, options);
        options.Begin?.Invoke(sitting.State);
        return sitting.Run();
    }

    /// <summary>The mean loss over examples, each counted by its targets; not a number where the run is stopped meanwhile.</summary>
    public double Measure(Tape tape, IReadOnlyList<T> examples, FitOptions options)
    {
        var quiet = new Tape(tape.Workers) { Recording = false };
        double sum = 0;
        long weight = 0;
        foreach (T[] batch in Sorted(examples, options.BatchSize))
        {
            options.Cancellation.ThrowIfCancellationRequested();
            if (options.Stopping.IsCancellationRequested)
            {
                return double.NaN;
            }

            int targets = batch.Sum(Weight);
            sum += Loss(quiet, batch, null).Values[0] * (double)targets;
            weight += targets;
            quiet.Reset();
        }

        return sum / weight;
    }

    /// <summary>All examples in batches of random order, each of examples of about one length.</summary>
    private List<T[]> Batches(IReadOnlyList<T> examples, int batchSize, SeededRandom random)
    {
        T[] shuffled = [.. examples];
        Shuffle(shuffled, random);
        T[][] batches = [.. shuffled
            .Chunk((int)Math.Min((long)batchSize * BatchesSortedTogether, examples.Count))
            .SelectMany(run => run.OrderBy(Length).Chunk(batchSize))];
        RequireAll(batches);
        Shuffle(batches, random);
        return [.. batches];
    }

    /// <summary>All examples in batches by their lengths.</summary>
    private T[][] Sorted(IReadOnlyList<T> examples, int batchSize)
    {
        T[][] batches = [.. examples.OrderBy(Length).Chunk(batchSize)];
        RequireAll(batches);
        return batches;
    }

    private void RequireAll(T[][] batches)
    {
        if (RequireBatch is not null)
        {
            Array.ForEach(batches, batch => RequireBatch(batch));
        }
    }

    /// <summary>All that decides the numbers of a fit, but for dropout and what stands in the examples beside their lengths: words with a space between them.</summary>
    private string Describe(IReadOnlyList<T> training, IReadOnlyList<T>? validation, FitOptions options)
    {
        string parameters = string.Join(' ', Parameters.Select(parameter => $"{parameter.Name} {parameter.Shape}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"epochs={options.Epochs} batch_size={options.BatchSize} optimizer={options.Optimizer} lr={options.LearningRate} schedule={options.Schedule} clip_norm={options.ClipNorm} patience={options.Patience} seed={options.Seed} model={Model} {string.Join(' ', Choices())} training={Describe(training)} validation={(validation is null ? "none" : Describe(validation))} parameters={HashOf(Encoding.UTF8.GetBytes(parameters))}");
    }

    private string Describe(IReadOnlyList<T> examples)
    {
        int[] sizes = [.. examples.SelectMany(example => (int[])[Length(example), Weight(example)])];
        return string.Create(CultureInfo.InvariantCulture, $"{examples.Count},{HashOf(MemoryMarshal.AsBytes<int>(sizes))}");
    }

    private static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes)[..8]);

    private static void Shuffle<TItem>(TItem[] items, SeededRandom random)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = random.NextInt32(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>A fit from its first update, or from where an earlier sitting was kept, to its end or until it is stopped.</summary>
    private sealed class Sitting
    {
        private readonly Fitter<T> _fitter;
        private readonly IReadOnlyList<T> _training;
        private readonly IReadOnlyList<T>? _validation;
        private readonly FitOptions _options;
        private readonly Tape _tape;
        private readonly Clipping _clipping;
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private double _secondsBefore, _kept;
        private bool _stopped;

        public Sitting(Fitter<T> fitter, IReadOnlyList<T> training, IReadOnlyList<T>? validation, FitOptions options)
        {
            (_fitter, _training, _validation, _options) = (fitter, training, validation, options);
            TrainingSettings settings = options.ToTrainingSettings();
            long batchesInPass = ((long)training.Count + options.BatchSize - 1) / options.BatchSize;
            _tape = new Tape(options.Workers ?? new Workers(Environment.ProcessorCount));
            _clipping = TrainingChoices.CreateClipping(settings);
            State = new FitState(
                options.Keep is null ? "" : fitter.Describe(training, validation, options),
                fitter.Parameters,
                TrainingChoices.CreateOptimizer(options.Optimizer),
                TrainingChoices.CreateSchedule(settings, options.Epochs * batchesInPass),
                new SeededRandom(options.Seed).Split())
            {
                BatchesInPass = batchesInPass,
                Passes = options.Epochs,
                IsValidated = validation is not null,
            };
        }

        public FitState State { get; }

        public FitResult Run()
        {
            _secondsBefore = State.Seconds;
            List<EpochLosses> epochs = State.Epochs;
            double trained = double.NaN;
            while (!_stopped && epochs.Count < _options.Epochs && (_options.Patience == 0 || epochs.Count - State.BestEpoch < _options.Patience))
            {
                trained = RunPass();
                double validated = _validation is null || _stopped ? double.NaN : _fitter.Measure(_tape, _validation, _options);
                _stopped |= _validation is not null && double.IsNaN(validated) && _options.Stopping.IsCancellationRequested;
                if (!_stopped)
                {
                    FiniteCheck.RequireScore(State.Optimizer.Steps, _validation is null ? trained : validated, State.Parameters);
                    State.Schedule.Observe(_validation is null ? trained : validated);
                    State.EndPass(new EpochLosses(trained, validated));
                }

                Keep();
            }

            return Result(trained);
        }

        private FitResult Result(double trained)
        {
            // Of a pass that was stopped there is something where no other one was validated as the best.
            List<EpochLosses> epochs = [.. State.Epochs];
            int best = State.BestEpoch;
            bool ofPart = _stopped && State.Best is null && !double.IsNaN(trained);
            if (ofPart)
            {
                epochs.Add(new EpochLosses(trained, double.NaN));
                best = epochs.Count;
            }

            if (epochs.Count == 0)
            {
                throw new OperationCanceledException(_options.Stopping);
            }

            State.Best?.CopyTo(State.Parameters.Edit());
            return new FitResult(epochs, best, Seconds) { Stopped = _stopped, OfPart = ofPart };
        }

        private double Seconds => _secondsBefore + _watch.Elapsed.TotalSeconds;

        /// <summary>The mean training loss of a pass, or of the part of it before the run was stopped; not a number where there is none.</summary>
        private double RunPass()
        {
            var order = new SeededRandom(State.PassBegin);
            List<T[]> batches = _fitter.Batches(_training, _options.BatchSize, order);
            State.Random = State.Batches == 0 ? order : State.Random;
            while (State.Batches < batches.Count)
            {
                _options.Cancellation.ThrowIfCancellationRequested();
                if (_options.Stopping.IsCancellationRequested)
                {
                    _stopped = true;
                    break;
                }

                Update(batches[State.Batches]);
                State.Batches++;
                double lastValidation = State.Epochs.Count == 0 ? double.NaN : State.Epochs[^1].Validation;
                _options.Progress?.Invoke(new FitProgress(State.Epochs.Count + 1, _options.Epochs, (double)State.Batches / batches.Count, State.Loss.Sum / State.Loss.Weight, lastValidation));
                if (_watch.Elapsed.TotalSeconds - _kept > SecondsBetweenKeeps)
                {
                    Keep();
                }
            }

            _tape.Reset();
            return State.Loss.Sum / State.Loss.Weight;
        }

        private void Update(T[] batch)
        {
            _tape.Reset();
            State.Parameters.ClearGradients();
            Tensor loss = _fitter.Loss(_tape, batch, State.Random);
            double value = loss.Values[0];
            _tape.Backward(loss);
            long steps = State.Optimizer.Steps;
            GradientNorm norm = _clipping.Apply(steps + 1, value, State.Parameters, _tape.Workers);
            State.Optimizer.Step(State.Parameters, State.Schedule.LearningRate(steps), norm.Scale, _tape.Workers);
            int targets = batch.Sum(_fitter.Weight);
            State.Loss = (State.Loss.Sum + (value * targets), State.Loss.Weight + targets);
        }

        private void Keep()
        {
            if (State.Optimizer.Steps > 0)
            {
                // The next update would find out what this one spoiled, but after it was kept.
                FiniteCheck.RequireValues(State.Optimizer.Steps, State.Parameters);
                State.Seconds = Seconds;
                _options.Keep?.Invoke(State);
                _kept = _watch.Elapsed.TotalSeconds;
            }
        }
    }
}
