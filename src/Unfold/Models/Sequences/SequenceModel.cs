using Unfold.Autograd;
using Unfold.Numerics;

namespace Unfold.Models;

/// <summary>A model that is fitted to examples of sequences, used, saved and loaded.</summary>
public abstract class SequenceModel
{
    // Enough rows for the threads, few enough that the outputs of a step stay small.
    private const int SequencesTogether = 128;
    private const int StepsTogether = 1 << 14;

    private protected SequenceModel()
    {
    }

    /// <summary>Everything that is learned.</summary>
    public abstract ParameterSet Parameters { get; }

    /// <summary>What the fit came to; null for a model that was loaded.</summary>
    public FitResult? Training { get; private protected set; }

    /// <summary>Writes the layers with their numbers of parameters.</summary>
    public override string ToString() => $"{GetType().Name}({Parameters.ValueCount:N0} parameters)\n  {string.Join("\n  ", Layers.Select(layer => layer.ToString()!.ReplaceLineEndings("\n  ")))}";

    /// <summary>The layers in the order in which they compute.</summary>
    private protected abstract IReadOnlyList<object> Layers { get; }

    /// <summary>The generator of the first weights of a fit.</summary>
    private protected static SeededRandom WeightsRandom(FitOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new SeededRandom(options.Seed);
    }

    /// <summary>Throws unless there are examples, all of them are there, and the sequences of the validation are of the schema of the training.</summary>
    private protected static void RequireExamples<T>(IReadOnlyList<T> training, IReadOnlyList<T>? validation)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(training);
        foreach ((IReadOnlyList<T>? part, string name) in new[] { (training, "training"), (validation, "validation") })
        {
            if (part is { Count: 0 })
            {
                throw new UnfoldException($"A fit needs at least one {name} example; found none.");
            }

            for (int i = 0; i < (part?.Count ?? 0); i++)
            {
                if (part![i] is null)
                {
                    throw new UnfoldException($"Example {i} of the {name} is missing: it is null.");
                }
            }
        }
    }

    /// <summary>Runs sequences in batches of about one length, and gives the results in the order of the sequences.</summary>
    private protected static T[] InBatches<T>(IReadOnlyList<Sequence> sequences, Workers? workers, Func<Tape, IReadOnlyList<Sequence>, IReadOnlyList<T>> predict)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        if (sequences.Any(sequence => sequence is null))
        {
            throw new UnfoldException("A sequence to be predicted is missing: it is null.");
        }

        var results = new T[sequences.Count];
        int[] order = [.. Enumerable.Range(0, sequences.Count).OrderBy(i => sequences[i].Length)];
        var tape = new Tape(workers ?? new Workers(sequences.Count == 1 ? 1 : Environment.ProcessorCount)) { Recording = false };
        for (int start = 0; start < order.Length;)
        {
            int end = start + 1;
            while (end < order.Length && end - start < SequencesTogether && (long)(end - start + 1) * sequences[order[end]].Length <= StepsTogether)
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

        return results;
    }
}
