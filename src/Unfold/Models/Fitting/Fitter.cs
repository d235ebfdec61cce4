using System.Diagnostics;
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

        var watch = Stopwatch.StartNew();
        TrainingSettings settings = options.ToTrainingSettings();
        long stepsPerEpoch = ((long)training.Count + options.BatchSize - 1) / options.BatchSize;
        var run = new State(
            new Tape(options.Workers ?? new Workers(Environment.ProcessorCount)),
            new SeededRandom(options.Seed).Split(),
            TrainingChoices.CreateOptimizer(options.Optimizer),
            TrainingChoices.CreateSchedule(settings, options.Epochs * stepsPerEpoch),
            TrainingChoices.CreateClipping(settings));
        var epochs = new List<EpochLosses>();
        float[]? best = null;
        int bestEpoch = 0;
        while (!run.Stopped && epochs.Count < options.Epochs && (options.Patience == 0 || epochs.Count - bestEpoch < options.Patience))
        {
            double lastValidation = epochs.Count == 0 ? double.NaN : epochs[^1].Validation;
            double trained = RunEpoch(run, training, options, epochs.Count + 1, lastValidation);
            double validated = validation is null || run.Stopped ? double.NaN : Measure(run.Tape, validation, options);
            run.Stopped |= validation is not null && double.IsNaN(validated) && options.Stopping.IsCancellationRequested;
            if (!run.Stopped)
            {
                FiniteCheck.RequireScore(run.Steps, validation is null ? trained : validated, Parameters);
                run.Schedule.Observe(validation is null ? trained : validated);
            }
            else if (best is not null || double.IsNaN(trained))
            {
                // Of this pass there is nothing, or nothing that was validated as the best one was.
                break;
            }

            epochs.Add(new EpochLosses(trained, validated));
            if (validation is null || bestEpoch == 0 || validated < epochs[bestEpoch - 1].Validation)
            {
                bestEpoch = epochs.Count;
                best = validation is null ? null : Parameters.Values.ToArray();
            }
        }

        if (epochs.Count == 0)
        {
            throw new OperationCanceledException(options.Stopping);
        }

        best?.CopyTo(Parameters.Edit());
        return new FitResult(epochs, bestEpoch, watch.Elapsed.TotalSeconds) { Stopped = run.Stopped };
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

    /// <summary>The mean training loss of a pass, or of the part of it before the run was stopped; not a number where there is none.</summary>
    private double RunEpoch(State run, IReadOnlyList<T> training, FitOptions options, int epoch, double lastValidation)
    {
        double sum = 0;
        long weight = 0;
        List<T[]> batches = Batches(training, options.BatchSize, run.Random);
        for (int i = 0; i < batches.Count; i++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            if (options.Stopping.IsCancellationRequested)
            {
                run.Stopped = true;
                break;
            }

            run.Tape.Reset();
            Parameters.ClearGradients();
            Tensor loss = Loss(run.Tape, batches[i], run.Random);
            double value = loss.Values[0];
            run.Tape.Backward(loss);
            GradientNorm norm = run.Clipping.Apply(run.Steps + 1, value, Parameters, run.Tape.Workers);
            run.Optimizer.Step(Parameters, run.Schedule.LearningRate(run.Steps), norm.Scale, run.Tape.Workers);
            run.Steps++;
            int targets = batches[i].Sum(Weight);
            sum += value * targets;
            weight += targets;
            options.Progress?.Invoke(new FitProgress(epoch, options.Epochs, (i + 1.0) / batches.Count, sum / weight, lastValidation));
        }

        run.Tape.Reset();
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

    private static void Shuffle<TItem>(TItem[] items, SeededRandom random)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = random.NextInt32(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private sealed record State(Tape Tape, SeededRandom Random, Optimizer Optimizer, Schedule Schedule, Clipping Clipping)
    {
        public long Steps { get; set; }

        public bool Stopped { get; set; }
    }
}
