using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Numerics;

namespace Unfold.Models;

/// <summary>A model that is fitted to examples of sequences, used, saved and loaded.</summary>
/// <remarks>
/// A model does not change while it is used: any number of threads may predict with it and measure it at once. Callers that give no threads share two teams of all cores, and
/// compute alone where both are in use. Nobody may use it while its weights are written, through <see cref="Parameters"/> or by an optimizer.
/// </remarks>
public abstract class SequenceModel
{
    // Enough rows for the threads, few enough that the outputs of a step stay small.
    private const int SequencesTogether = 128;
    private const int StepsTogether = 1 << 14;
    private const int RowsTogether = 1 << 12;

    private readonly ArenaPool _memory = new();
    private readonly TeamPool _teams = new();

    private protected SequenceModel()
    {
    }

    /// <summary>Everything that is learned.</summary>
    public abstract ParameterSet Parameters { get; }

    /// <summary>What the fit came to; null for a model that was loaded.</summary>
    public FitResult? Training { get; private protected set; }

    /// <summary>Writes the layers with their numbers of parameters.</summary>
    public override string ToString() => FormattableString.Invariant($"{GetType().Name}({Parameters.ValueCount:N0} parameters)\n  {string.Join("\n  ", Layers.Select(layer => layer.ToString()!.ReplaceLineEndings("\n  ")))}");

    /// <summary>The layers in the order in which they compute.</summary>
    private protected abstract IReadOnlyList<object> Layers { get; }

    /// <summary>What was chosen of the model, in words without a space, each time in the same order: <see cref="ModelChoices"/>.</summary>
    private protected abstract IEnumerable<string> Choices { get; }

    /// <summary>The generator of the first weights of a fit.</summary>
    private protected static SeededRandom WeightsRandom(FitOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new SeededRandom(options.Seed);
    }

    /// <summary>Throws unless there are examples in both parts, and all of them are there: the first look of a fit.</summary>
    private protected static void RequireExamples<T>(IReadOnlyList<T> training, IReadOnlyList<T>? validation)
        where T : class
    {
        RequireExamples(training, "training");
        if (validation is not null)
        {
            RequireExamples(validation, "validation");
        }
    }

    /// <summary>Throws unless there are examples, and all of them are there.</summary>
    private protected static void RequireExamples<T>(IReadOnlyList<T> examples, string part)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(examples);
        if (examples.Count == 0)
        {
            throw new UnfoldException($"There must be at least one {part} example; found none.");
        }

        for (int i = 0; i < examples.Count; i++)
        {
            if (examples[i] is null)
            {
                throw new UnfoldException($"The {part} example {i} is missing: it is null.");
            }
        }
    }

    /// <summary>Runs sequences in batches of about one length, and gives the results in the order of the sequences.</summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="workers">The threads; one for each core if not set.</param>
    /// <param name="predict">Gives a result for each sequence of a batch.</param>
    /// <param name="cancellation">Looked at between two batches.</param>
    /// <param name="rows">The rows that one sequence takes at each step.</param>
    private protected T[] InBatches<T>(
        IReadOnlyList<Sequence> sequences, Workers? workers, Func<Tape, IReadOnlyList<Sequence>, IReadOnlyList<T>> predict, CancellationToken cancellation, int rows = 1)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        if (sequences.Any(sequence => sequence is null))
        {
            throw new UnfoldException("A sequence to be predicted is missing: it is null.");
        }

        var results = new T[sequences.Count];
        int together = Math.Clamp(RowsTogether / rows, 1, SequencesTogether);
        int[] order = [.. Enumerable.Range(0, sequences.Count).OrderBy(i => sequences[i].Length)];
        OnTape(workers, sequences.Count, tape => RunBatches(tape, sequences, order, together, predict, results, cancellation));
        return results;
    }

    /// <summary>Computes on a tape that records nothing, with memory and threads that earlier calls have left.</summary>
    /// <param name="workers">The threads; where they are not given, one for one sequence, and else one for each core.</param>
    /// <param name="sequences">The number of sequences.</param>
    /// <param name="compute">What is computed. Nothing of the tape is used after it.</param>
    private protected void OnTape(Workers? workers, int sequences, Action<Tape> compute)
    {
        Workers team = workers ?? _teams.Take(alone: sequences == 1);
        Arena memory = _memory.Take();
        try
        {
            compute(new Tape(team, memory) { Recording = false });
        }
        finally
        {
            _memory.Return(memory);
            if (workers is null)
            {
                _teams.Return(team);
            }
        }
    }

    private static void RunBatches<T>(
        Tape tape,
        IReadOnlyList<Sequence> sequences,
        int[] order,
        int together,
        Func<Tape, IReadOnlyList<Sequence>, IReadOnlyList<T>> predict,
        T[] results,
        CancellationToken cancellation)
    {
        for (int start = 0; start < order.Length;)
        {
            cancellation.ThrowIfCancellationRequested();
            int end = start + 1;
            while (end < order.Length && end - start < together && (long)(end - start + 1) * sequences[order[end]].Length <= StepsTogether)
            {
                end++;
            }

            int[] batch = order[start..end];
            IReadOnlyList<T> predictions = predict(tape, [.. batch.Select(i => sequences[i])]);
            for (int i = 0; i < batch.Length; i++)
            {
                results[batch[i]] = predictions[i];
            }

            tape.Reset();
            start = end;
        }
    }
}

/// <summary>A model that is fitted to examples of sequences.</summary>
/// <typeparam name="T">An example.</typeparam>
public abstract class SequenceModel<T> : SequenceModel
    where T : class
{
    private protected SequenceModel()
    {
    }

    /// <summary>The mean loss of a batch, of shape (1): what the fit makes small.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="batch">Examples of any lengths.</param>
    /// <param name="random">Where dropout comes from in training; null where the loss is measured.</param>
    /// <exception cref="UnfoldException">An example is not one for this model.</exception>
    public abstract Tensor Loss(Tape tape, IReadOnlyList<T> batch, SeededRandom? random = null);

    /// <summary>The mean loss over any number of examples, with the model as it is.</summary>
    /// <param name="examples">At least one.</param>
    /// <param name="workers">The threads; one for each core if not set. The result does not depend on their number. A team of several serves one call at a time.</param>
    /// <param name="cancellation">Stops the measuring between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="UnfoldException">There is no example, one is not for this model, or the loss is not a number.</exception>
    public double Measure(IReadOnlyList<T> examples, Workers? workers = null, CancellationToken cancellation = default)
    {
        RequireExamples(examples, "measured");
        RequireFit(examples, "measured");
        double loss = 0;
        OnTape(workers, examples.Count, tape => loss = Fitter.Measure(tape, examples, new FitOptions { Cancellation = cancellation }));
        return double.IsFinite(loss)
            ? loss
            : throw new UnfoldException("The model's loss is not a number: its weights are damaged, or an example is far from the training examples.");
    }

    /// <summary>Throws unless an example is one for this model.</summary>
    private protected abstract void Require(T example);

    /// <summary>The length of an example: those of about one length come into one batch.</summary>
    private protected abstract int LengthOf(T example);

    /// <summary>The number of targets of an example.</summary>
    private protected abstract int TargetsOf(T example);

    /// <summary>Fits the weights, and notes how it went.</summary>
    private protected void Train(IReadOnlyList<T> examples, IReadOnlyList<T>? validation, FitOptions options)
    {
        if (validation is not null)
        {
            RequireFit(validation, "validation");
        }

        Training = Fitter.Run(examples, validation, options);
    }

    /// <summary>The recurrent layers, and how many steps of them an example takes; none where the model walks time by itself.</summary>
    private protected virtual IReadOnlyList<(StackedLayers Stack, Func<T, int> Steps)> Runs => [];

    private Fitter<T> Fitter => new() { Model = GetType().Name, Choices = () => Choices, Parameters = Parameters, Loss = Loss, Length = LengthOf, Weight = TargetsOf, RequireBatch = RequireMemory };

    /// <summary>Throws where a step of training on a batch does not fit into memory.</summary>
    private protected virtual void RequireMemory(IReadOnlyList<T> batch)
    {
        foreach ((StackedLayers stack, Func<T, int> steps) in Runs)
        {
            ScanMemory.RequireTraining(stack, [.. batch.Select(steps)]);
        }
    }

    private void RequireFit(IReadOnlyList<T> examples, string part)
    {
        for (int i = 0; i < examples.Count; i++)
        {
            try
            {
                Require(examples[i]);
            }
            catch (UnfoldException failure)
            {
                throw new UnfoldException($"The {part} example {i} does not fit the model: {failure.Message}", failure);
            }
        }
    }
}
