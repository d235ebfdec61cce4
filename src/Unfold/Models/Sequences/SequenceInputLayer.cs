using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Models;

/// <summary>
/// Makes numbers of a batch of sequences: x_t = [z_t ; E_1[s_(1,t)] ; E_2[s_(2,t)] ; ..], the standardized variables and beside them a
/// vector for the symbol of each column; or one-hot vectors of a single column. The vector of an unknown symbol begins as zeros.
/// </summary>
internal sealed class SequenceInputLayer
{
    private readonly bool _oneHot;

    /// <summary>Creates a layer.</summary>
    /// <param name="schema">What the sequences look like.</param>
    /// <param name="widthOf">The width of a symbol's vector in a column; 0 in the first is one-hot.</param>
    /// <param name="random">Where the vectors come from; null leaves them for a file to fill.</param>
    /// <param name="name">The name that its parameters' names begin with.</param>
    /// <exception cref="UnfoldException">There is no one-hot input for this schema.</exception>
    public SequenceInputLayer(SequenceSchema schema, Func<int, int> widthOf, SeededRandom? random, string name)
    {
        Schema = schema;
        _oneHot = IsOneHot(schema, widthOf);
        if (_oneHot && (schema.Columns.Count > 1 || schema.Width > 0))
        {
            throw new UnfoldException($"One-hot input (an embedding of 0) is for a single column of symbols; these sequences have {schema.Columns.Count} columns and {schema.Width} variables: choose the width of an embedding.");
        }

        Tables = _oneHot ? [] : [.. schema.Columns.Select((table, column) => new Embedding(table.Count, widthOf(column), random!, $"{name}.{column}"))];
        foreach (Embedding table in random is null ? [] : Tables)
        {
            // An unknown symbol says nothing, until rare ones have taught it something.
            table.Weights.Edit()[..table.Weights.Shape[1]].Clear();
        }

        OutputSize = _oneHot ? schema.Columns[0].Count : schema.Width + Tables.Sum(table => table.Weights.Shape[1]);
    }

    /// <summary>What the sequences look like.</summary>
    public SequenceSchema Schema { get; }

    /// <summary>A table of vectors for each column; none where symbols are one-hot.</summary>
    public IReadOnlyList<Embedding> Tables { get; }

    /// <summary>I, the width of x.</summary>
    public int OutputSize { get; }

    /// <summary>The tables' vectors.</summary>
    public IEnumerable<Parameter> Parameters => Tables.Select(table => table.Weights);

    /// <summary>The number of learned values, and I, before memory is taken.</summary>
    public static (Int128 Parameters, Int128 Output) Measure(SequenceSchema schema, Func<int, int> widthOf)
    {
        bool oneHot = IsOneHot(schema, widthOf);
        Int128 parameters = 0, output = schema.Width;
        for (int column = 0; column < schema.Columns.Count; column++)
        {
            parameters += oneHot ? 0 : schema.Columns[column].Count * (Int128)widthOf(column);
            output += oneHot ? schema.Columns[column].Count : widthOf(column);
        }

        return (parameters, output);
    }

    /// <summary>x of a batch, (T, B, I) for T the longest length; zeros past the end of a sequence.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="sequences">The batch, of any lengths, of the schema.</param>
    /// <param name="dropout">What becomes of x before it is used; one-hot vectors stay as they are.</param>
    public SequenceInput Forward(Tape tape, IReadOnlyList<Sequence> sequences, Func<Tensor, Tensor> dropout)
    {
        int time = sequences.Max(sequence => sequence.Length);
        if (_oneHot)
        {
            return SequenceInput.Of(Tokens(sequences, time, column: 0), sequences.Count);
        }

        Tensor? together = Schema.Width == 0 ? null : Standardized(sequences, time);
        int[] tokens = [];
        for (int column = 0; column < Tables.Count; column++)
        {
            tokens = Tokens(sequences, time, column);
            Tensor vectors = Tables[column].Forward(tape, tokens, sequences.Count);
            together = together is null ? vectors : tape.Concatenate(together, vectors);
        }

        Tensor input = dropout(together!);
        return Tables.Count == 1 && Schema.Width == 0 && ReferenceEquals(input, together)
            ? SequenceInput.Of(input, Tables[0], tokens)
            : SequenceInput.Of(input);
    }

    private static bool IsOneHot(SequenceSchema schema, Func<int, int> widthOf) => schema.Columns.Count > 0 && widthOf(0) == 0;

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

        int bad = OptimizerKernels.FirstNonFinite(rows);
        if (bad >= 0)
        {
            (int row, int variable) = (bad / width, bad % width);
            (int b, int t) = (row % sequences.Count, row / sequences.Count);
            throw new UnfoldException(FormattableString.Invariant($"Variable {variable} at step {t} of a sequence is {sequences[b].Values.Span[(t * width) + variable]}, too far from the training examples, whose mean was {Schema.Values!.Means[variable]}, to be computed with."));
        }

        return values;
    }
}
