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
    private readonly SequenceInputLayer _input;

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
        settings = settings.ReadsUnlessChosen(Reading.Bidirectional);
        (Schema, Settings) = (schema, settings);
        MemoryBudget.RequireParameters(Measure(schema, settings).Parameters, $"An encoder of {settings.Layers} layers of {settings.Hidden}");
        _input = new SequenceInputLayer(schema, settings.EmbeddingOf, random, $"{name}.embeddings");
        int input = _input.OutputSize;
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
    public IReadOnlyList<Parameter> Parameters => [.. _input.Parameters, .. Stack.Parameters];

    /// <summary>Runs a batch.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="sequences">The batch, of any lengths.</param>
    /// <param name="random">Where dropout comes from in training; null where the model is used.</param>
    /// <returns>The outputs (T, B, F) for T the longest length, the final states, and the lengths; null where all are equal.</returns>
    /// <exception cref="UnfoldException">A sequence is not of the schema.</exception>
    public (Tensor Outputs, StackState Final, IReadOnlyList<int>? Lengths) Forward(Tape tape, IReadOnlyList<Sequence> sequences, SeededRandom? random)
    {
        (Tensor outputs, StackState final, IReadOnlyList<int>? lengths) = Run(tape, sequences, random);
        return (Drop(tape, outputs, random), final, lengths);
    }

    private (Tensor Outputs, StackState Final, IReadOnlyList<int>? Lengths) Run(Tape tape, IReadOnlyList<Sequence> sequences, SeededRandom? random)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(sequences);
        if (sequences.Count == 0)
        {
            throw new ArgumentException("SequenceEncoder: a batch holds at least one sequence; found none.", nameof(sequences));
        }

        foreach (Sequence sequence in sequences)
        {
            Schema.Require(sequence);
        }

        int time = sequences.Max(sequence => sequence.Length);
        int[]? lengths = sequences.All(sequence => sequence.Length == time) ? null : [.. sequences.Select(sequence => sequence.Length)];
        SequenceInput input = _input.Forward(tape, sequences, vectors => Drop(tape, vectors, random));
        SequenceOutput output = Stack.Forward(tape, input, initial: null, lengths, random);
        return (output.Outputs, (StackState)output.Final, lengths);
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

    /// <summary>Runs a batch and makes one vector of each sequence by <see cref="SequenceEncoderSettings.Pooling"/>: (B, F).</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="sequences">The batch, of any lengths.</param>
    /// <param name="random">Where dropout comes from in training; null where the model is used.</param>
    /// <exception cref="UnfoldException">A sequence is not of the schema.</exception>
    public Tensor Summarize(Tape tape, IReadOnlyList<Sequence> sequences, SeededRandom? random)
    {
        (Tensor outputs, StackState final, IReadOnlyList<int>? lengths) = Run(tape, sequences, random);
        return Pool(tape, outputs, final, lengths, random);
    }

    /// <summary>The same from sequences of one length whose variables are standardized already: (T, B, I) gives (B, F).</summary>
    internal Tensor Summarize(Tape tape, Tensor standardized, SeededRandom? random)
    {
        SequenceOutput output = Stack.Forward(tape, SequenceInput.Of(Drop(tape, standardized, random)), initial: null, lengths: null, random);
        return Pool(tape, output.Outputs, (StackState)output.Final, lengths: null, random);
    }

    private Tensor Pool(Tape tape, Tensor outputs, StackState final, IReadOnlyList<int>? lengths, SeededRandom? random)
    {
        return Settings.Pooling switch
        {
            Pooling.Mean => Drop(tape, tape.MeanSteps(outputs, lengths), random),
            Pooling.Max => Drop(tape, tape.MaxSteps(outputs, lengths), random),
            _ => Summary(tape, final, random),
        };
    }

    /// <summary>Runs a batch and leaves padding out: the outputs of all steps of all sequences, (N, F), where the N rows go step by step as those of a (T, B, F) do.</summary>
    internal Tensor ForwardRows(Tape tape, IReadOnlyList<Sequence> sequences, SeededRandom? random)
    {
        (Tensor outputs, _, IReadOnlyList<int>? lengths) = Run(tape, sequences, random);
        return Drop(tape, lengths is null ? outputs : tape.SelectRows(outputs, SequenceRows.Of(sequences).ToArray(row => (row.Step * sequences.Count) + row.Sequence)), random);
    }

    /// <summary>The number of learned values of an encoder and the width of its output, before memory is taken for it.</summary>
    internal static (Int128 Parameters, Int128 Output) Measure(SequenceSchema schema, SequenceEncoderSettings settings)
    {
        CellTable.Count count = CellTable.Of(settings.Cell).Count;
        LanguageModelSettings shape = settings.ToLanguageModelSettings();
        (Int128 tables, Int128 input) = SequenceInputLayer.Measure(schema, settings.EmbeddingOf);
        int directions = settings.ReadsForward ? 1 : 2;
        Int128 output = shape.OutputSize(0) * (Int128)(settings.Merge == Merge.Concatenate ? directions : 1);
        Int128 layers = count(shape, input, settings.Hidden) + ((settings.Layers - 1) * count(shape, output, settings.Hidden));
        return (tables + (directions * layers), output);
    }

    /// <summary>Writes the layers.</summary>
    public override string ToString() => string.Join("\n", _input.Tables.Select(table => table.ToString()).Append(Stack.ToString()));

    private static SequenceLayer CreateLayer(SequenceEncoderSettings settings, int input, SeededRandom? random, string name)
    {
        CellTable.Row row = CellTable.Of(settings.Cell);
        LanguageModelSettings shape = settings.ToLanguageModelSettings();
        return settings.ReadsForward
            ? new Recurrent(row.Create(shape, input, settings.Hidden, random, name))
            : new Bidirectional(row.Create(shape, input, settings.Hidden, random, $"{name}.forward"), row.Create(shape, input, settings.Hidden, random, $"{name}.backward"), settings.Merge);
    }

    private Tensor Drop(Tape tape, Tensor values, SeededRandom? random) =>
        random is null ? values : Dropout.Forward(tape, values, Settings.Dropout, random);
}
