using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Persistence;

/// <summary>The smallest run that has everything a checkpoint must keep: dropout, carried state, moments, validation, epochs.</summary>
internal static class TinyRun
{
    /// <summary>The updates of an epoch: so few that a run of <see cref="Steps"/> comes to its third one.</summary>
    public const int StepsPerEpoch = 5;

    /// <summary>The updates of a whole run.</summary>
    public const int Steps = 15;

    private const int Symbols = 4, Batch = 3, Time = 4;

    public static TrainingSettings Settings => new() { Steps = Steps, BatchSize = Batch, SequenceLength = Time, LearningRate = 0.02, CheckpointEvery = 1 };

    public static LanguageModelTrainer Create(TrainingSettings settings, CellKind cell = CellKind.Lstm, ulong weights = 1) => Create(settings, Shape(cell), weights);

    public static LanguageModelSettings Shape(CellKind cell) =>
        new() { Cell = cell, CustomCell = CellKinds.Factory(cell), Layers = 2, Hidden = 5, Embedding = 3, Dropout = 0.2 };

    public static LanguageModelTrainer Create(TrainingSettings settings, LanguageModelSettings shape, ulong weights = 1, TextMode mode = TextMode.Running)
    {
        var vocabulary = new Vocabulary(new Tokenization(TokenKind.Character) { Mode = mode }, ["a", "b", "c", "d"]);
        var model = new LanguageModel(shape, vocabulary, new SeededRandom(weights));

        // The last symbol is never trained, and all that validation knows: its loss rises from the first validation on.
        var random = new SeededRandom(7);
        int[] training = [.. Enumerable.Range(0, (Batch * Time * StepsPerEpoch) + 3).Select(_ => Vocabulary.SpecialCount + random.NextInt32(Symbols - 1))];
        int[] validation = [.. Enumerable.Repeat(vocabulary.Count - 1, 9)];
        return new LanguageModelTrainer(
            model, settings, TokenStore.FromTokens(training, vocabulary.Count), TokenStore.FromTokens(validation, vocabulary.Count), new Workers(1));
    }

    /// <summary>Makes updates, each with a validation.</summary>
    public static void Go(LanguageModelTrainer trainer, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            trainer.Step();
            trainer.Validate();
        }
    }

    /// <summary>All that a trainer is made of, read from the trainer itself and not from a file.</summary>
    public static IReadOnlyDictionary<string, byte[]> Snapshot(LanguageModelTrainer trainer)
    {
        var parts = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        void Singles(string name, ReadOnlySpan<float> values) => parts.Add(name, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).ToArray());
        void Doubles(string name, params IEnumerable<double> values) => parts.Add(name, [.. values.SelectMany(BitConverter.GetBytes)]);
        foreach (Parameter parameter in trainer.Model.Parameters)
        {
            Singles($"weights {parameter.Name}", parameter.Values);
        }

        foreach ((string name, Memory<float> values) in trainer.Optimizer.Moments)
        {
            Singles($"moment {name}", values.Span);
        }

        foreach ((int layer, SequenceState state) in trainer.Carried.Layers.Index())
        {
            foreach ((string name, Tensor values) in state.Parts)
            {
                Singles($"carried {name} of layer {layer}", values.Values);
            }
        }

        if (trainer.Average is { } average)
        {
            Singles("average", average.Values.Span);
            Doubles("averaged updates", average.Count);
        }

        byte[] random = new byte[SeededRandom.StateBytes];
        trainer.DropoutRandom.WriteState(random);
        parts.Add("dropout generator", random);
        byte[] cursor = new byte[trainer.Batcher.StateBytes];
        trainer.Batcher.WriteState(cursor);
        parts.Add("cursor", cursor);
        Doubles("schedule", trainer.Schedule.State);
        Doubles("recent losses", trainer.RecentLosses);
        Doubles("lowest loss", trainer.LowestLoss);
        Doubles("learning rate", trainer.LearningRate);
        Doubles("counters", trainer.StepsDone, trainer.Optimizer.Steps, trainer.ValidationsWithoutImprovement);
        return parts;
    }

    /// <summary>Fails unless all parts have the same bits.</summary>
    public static void RequireSame(IReadOnlyDictionary<string, byte[]> expected, IReadOnlyDictionary<string, byte[]> actual, string because)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        foreach ((string name, byte[] values) in expected)
        {
            Assert.True(values.AsSpan().SequenceEqual(actual[name]), $"{because}: the {name} differs.");
        }
    }
}
