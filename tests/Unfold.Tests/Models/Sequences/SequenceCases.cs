using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Tests.Models.Sequences;

/// <summary>Random sequences, and the settings that are worth a try.</summary>
internal static class SequenceCases
{
    /// <summary>Settings of every kind, small and of unequal sizes.</summary>
    public static SequenceEncoderSettings[] Settings { get; } =
    [
        new() { Cell = CellKind.Lstm, Hidden = 5, Embedding = 4, FurtherEmbedding = 3 },
        new() { Cell = CellKind.Gru, Hidden = 4, Embedding = 3, FurtherEmbedding = 2, Reading = Reading.Forward, Layers = 2, Pooling = Pooling.Mean },
        new() { Cell = CellKind.Rnn, Hidden = 4, Embedding = 5, FurtherEmbedding = 1, Merge = Merge.Sum, Layers = 2, Connection = StackConnection.Residual, Pooling = Pooling.Max },
        new() { Cell = CellKind.Gru, Hidden = 6, Embedding = 2, FurtherEmbedding = 2, Merge = Merge.Multiply },
        new() { Cell = CellKind.Gru, Hidden = 5, Embedding = 2, FurtherEmbedding = 4, Merge = Merge.Average, Layers = 2, Pooling = Pooling.Mean },
        new() { Cell = CellKind.Lstm, Hidden = 7, Embedding = 5, FurtherEmbedding = 3, Lstm = new() { Projection = 5, Peepholes = true, OutputActivation = Activation.Identity } },
        new() { Cell = CellKind.MinGru, Hidden = 4, Layers = 3, Embedding = 4, FurtherEmbedding = 2, Connection = StackConnection.Residual },
        new() { Cell = CellKind.MinLstm, Hidden = 5, Embedding = 3, FurtherEmbedding = 2, Pooling = Pooling.Max },
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Settings.Length)];

    /// <summary>Options of a fit that takes no time.</summary>
    public static FitOptions Short => new() { Epochs = 2, BatchSize = 4, LearningRate = 0.01, Seed = 5, Workers = new Workers(1) };

    /// <summary>Sequences of two columns and three variables, of lengths from 1 to 6.</summary>
    public static Sequence[] Mixed(int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Mixed(random, 1 + random.NextInt32(6)))];
    }

    public static string[] Words(SeededRandom random, int length, int kinds) => [.. Enumerable.Range(0, length).Select(_ => $"w{random.NextInt32(kinds)}")];

    /// <summary>Gives all weights random values, larger than those of a fresh model, so that nothing is all but linear.</summary>
    public static T Loud<T>(T model, ulong seed = 3)
        where T : SequenceModel
    {
        var random = new SeededRandom(seed);
        foreach (Unfold.Autograd.Parameter parameter in model.Parameters)
        {
            Support.Draw.Uniform(random, parameter.Shape.Length, -0.7, 0.7).CopyTo(parameter.Edit());
        }

        return model;
    }

    private static Sequence Mixed(SeededRandom random, int length)
    {
        float[] values = Support.Draw.Normal(random, length * 3, 2);
        for (int t = 0; t < length; t++)
        {
            values[(3 * t) + 1] += 50;
        }

        return Sequence.OfSymbols(Words(random, length, 5), Words(random, length, 3)).With(Sequence.OfValues(values, 3));
    }
}
