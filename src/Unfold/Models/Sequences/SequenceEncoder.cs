using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Layers;
using Unfold.Numerics;

namespace Unfold.Models;

/// <summary>
/// Reads batches of sequences: symbols become vectors, variables are standardized, all lie side by side, and recurrent layers
/// run over them. Every model of sequences begins with one.
/// </summary>
public sealed class SequenceEncoder
{
    private readonly Embedding[] _embeddings;

    /// <summary>Creates an encoder with random weights.</summary>
    /// <param name="schema">What the sequences look like.</param>
    /// <param name="settings">The recurrent part.</param>
    /// <param name="random">Where the weights come from; null leaves them for a file to fill.</param>
    /// <param name="name">The name that its parameters' names begin with.</param>
    /// <exception cref="UnfoldException">A setting is out of range, or does not go with the schema.</exception>
    public SequenceEncoder(SequenceSchema schema, SequenceEncoderSettings settings, SeededRandom? random, string name = "encoder")
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        (Schema, Settings) = (schema, settings);
        bool oneHot = settings.Embedding == 0 && schema.Columns.Count > 0;
        if (oneHot && (schema.Columns.Count > 1 || schema.Width > 0))
        {
            throw new UnfoldException($"One-hot input (an embedding of 0) is for a single column of symbols; these sequences have {schema.Columns.Count} columns and {schema.Width} variables: choose the width of an embedding.");
        }

        _embeddings = oneHot ? [] : [.. schema.Columns.Select((table, column) => new Embedding(table.Count, column == 0 ? settings.Embedding : settings.FurtherEmbedding, random!, $"{name}.embeddings.{column}"))];
        int input = oneHot ? schema.Columns[0].Count : schema.Width + _embeddings.Sum(embedding => embedding.Weights.Shape[1]);
        var layers = new SequenceLayer[settings.Layers];
        for (int layer = 0; layer < layers.Length; layer++)
        {
            layers[layer] = CreateLayer(settings, input, random, $"{name}.layers.{layer}");
            input = layers[layer].OutputSize;
        }

        Stack = new StackedLayers(layers, settings.Dropout, settings.Connection);
    }

    /// <summary>What the sequences look like.</summary>
    public SequenceSchema Schema { get; }

    /// <summary>The recurrent part.</summary>
    public SequenceEncoderSettings Settings { get; }

    /// <summary>The recurrent layers.</summary>
    public StackedLayers Stack { get; }

    /// <summary>F, the width of the output.</summary>
    public int OutputSize => Stack.OutputSize;

    /// <summary>Everything that is learned.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. _embeddings.Select(embedding => embedding.Weights), .. Stack.Parameters];

    /// <summary>Runs a batch.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="sequences">The batch, of any lengths.</param>
    /// <param name="random">Where dropout comes from in training; null where the model is used.</param>
    /// <returns>The outputs (T, B, F) for T the longest length, the final states, and the lengths; null where all are equal.</returns>
    /// <exception cref="UnfoldException">A sequence is not of the schema.</exception>
    public (Tensor Outputs, StackState Final, IReadOnlyList<int>? Lengths) Forward(Tape tape, IReadOnlyList<Sequence> sequences, SeededRandom? random)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(sequences);
        foreach (Sequence sequence in sequences)
        {
            Schema.Require(sequence);
        }

        int time = sequences.Max(sequence => sequence.Length);
        int[]? lengths = sequences.All(sequence => sequence.Length == time) ? null : [.. sequences.Select(sequence => sequence.Length)];
        SequenceInput input = Input(tape, sequences, time, random);
        SequenceOutput output = Stack.Forward(tape, input, initial: null, lengths, random);
        return (Drop(tape, output.Outputs, random), (StackState)output.Final, lengths);
    }

    /// <summary>What each whole sequence comes to, (B, F): the output after its last step, and of the backward direction after its first.</summary>
    public Tensor Summary(Tape tape, StackState final, SeededRandom? random)
    {
        ArgumentNullException.ThrowIfNull(final);
        Tensor summary = Stack.Layers[^1] is Bidirectional top
            ? top.Summary(tape, (BidirectionalState)final.Layers[^1])
            : ((Cells.RecurrentState)final.Layers[^1]).Hidden;
        return Drop(tape, summary, random);
    }

    /// <summary>Writes the layers.</summary>
    public override string ToString() => string.Join("\n", _embeddings.Select(embedding => embedding.ToString()).Append(Stack.ToString()));

    private static SequenceLayer CreateLayer(SequenceEncoderSettings settings, int input, SeededRandom? random, string name)
    {
        CellTable.Row row = CellTable.Of(settings.Cell);
        LanguageModelSettings shape = settings.ToLanguageModelSettings();
        return settings.Reading == Reading.Forward
            ? new Recurrent(row.Create(shape, input, settings.Hidden, random!, name))
            : new Bidirectional(row.Create(shape, input, settings.Hidden, random!, $"{name}.forward"), row.Create(shape, input, settings.Hidden, random!, $"{name}.backward"), settings.Merge);
    }

    private SequenceInput Input(Tape tape, IReadOnlyList<Sequence> sequences, int time, SeededRandom? random)
    {
        if (Settings.Embedding == 0 && Schema.Columns.Count > 0)
        {
            return SequenceInput.Of(Tokens(sequences, time, column: 0), sequences.Count);
        }

        Tensor? together = Schema.Width == 0 ? null : Standardized(sequences, time);
        for (int column = 0; column < _embeddings.Length; column++)
        {
            Tensor vectors = _embeddings[column].Forward(tape, Tokens(sequences, time, column), sequences.Count);
            together = together is null ? vectors : tape.Concatenate(together, vectors);
        }

        return SequenceInput.Of(Drop(tape, together!, random));
    }

    /// <summary>The numbers of symbols in order of time; -1 past the end of a sequence.</summary>
    private int[] Tokens(IReadOnlyList<Sequence> sequences, int time, int column)
    {
        int[] tokens = new int[time * sequences.Count];
        Array.Fill(tokens, -1);
        for (int b = 0; b < sequences.Count; b++)
        {
            for (int t = 0; t < sequences[b].Length; t++)
            {
                tokens[(t * sequences.Count) + b] = Schema.Columns[column][sequences[b].Columns[column][t]];
            }
        }

        return tokens;
    }

    private Tensor Standardized(IReadOnlyList<Sequence> sequences, int time)
    {
        int width = Schema.Width;
        var values = new Tensor(new Shape(time, sequences.Count, width));
        Span<float> rows = values.Edit();
        for (int b = 0; b < sequences.Count; b++)
        {
            for (int t = 0; t < sequences[b].Length; t++)
            {
                Schema.Values!.Apply(sequences[b].Values.Span.Slice(t * width, width), rows.Slice(((t * sequences.Count) + b) * width, width));
            }
        }

        return values;
    }

    private Tensor Drop(Tape tape, Tensor values, SeededRandom? random) =>
        random is null ? values : Dropout.Forward(tape, values, Settings.Dropout, random);
}
