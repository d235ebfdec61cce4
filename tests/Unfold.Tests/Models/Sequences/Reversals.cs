using Unfold.Autograd;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Models.Sequences;

/// <summary>Sequences and the same backwards, and small models for them.</summary>
internal static class Reversals
{
    public static SequencePair[] Pairs(SeededRandom random, int count, int shortest, int longest, int kinds)
    {
        var pairs = new SequencePair[count];
        for (int i = 0; i < count; i++)
        {
            string[] symbols = [.. Enumerable.Range(0, shortest + random.NextInt32(longest - shortest + 1)).Select(_ => $"{(char)('a' + random.NextInt32(kinds))}")];
            pairs[i] = new SequencePair(symbols, [.. symbols.Reverse()]);
        }

        return pairs;
    }

    public static EncoderDecoderSettings Settings(AttentionKind attention, CellKind cell = CellKind.Gru, int hidden = 6, int embedding = 4) => new()
    {
        Encoder = new SequenceEncoderSettings { Cell = cell, Hidden = hidden, Embedding = embedding },
        Decoder = new SequenceEncoderSettings { Cell = cell, Hidden = hidden + 1, Embedding = embedding, Reading = Reading.Forward },
        Attention = attention,
    };

    /// <summary>A model of random weights, large enough to have opinions.</summary>
    public static EncoderDecoder Random(EncoderDecoderSettings settings, int kinds = 3, double largest = 1.2)
    {
        var symbols = new SymbolTable(Enumerable.Range(0, kinds).Select(kind => $"{(char)('a' + kind)}"));
        var model = new EncoderDecoder(new SequenceSchema([symbols], null), symbols, settings, random: null);
        var random = new SeededRandom(11);
        foreach (Parameter parameter in model.Parameters)
        {
            Draw.Uniform(random, parameter.Shape.Length, -largest, largest).CopyTo(parameter.Edit());
        }

        // The end is to be a choice among others, neither the first nor the last.
        model.Decoder.Output.Projection.Bias.Edit().Clear();
        return model;
    }
}
