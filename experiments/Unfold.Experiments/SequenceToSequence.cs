using System.Diagnostics;
using Unfold.Experiments.Data;
using Unfold.Models;
using Unfold.Pictures;

namespace Unfold.Experiments;

/// <summary>What the experiments that turn one sequence into another have in common.</summary>
internal static class SequenceToSequence
{
    /// <summary>The models that are compared: alike but for the attention.</summary>
    public static IReadOnlyList<(string Name, AttentionKind Kind)> Attentions { get; } =
    [
        ("without attention", AttentionKind.None),
        ("additive attention", AttentionKind.Additive),
        ("multiplicative attention", AttentionKind.Multiplicative),
    ];

    /// <summary>An encoder that reads both ways and a decoder.</summary>
    public static EncoderDecoderSettings Settings(CellKind cell, int hidden, int embedding, AttentionKind attention, double dropout = 0, int minimumCount = 1)
    {
        var part = new SequenceEncoderSettings { Cell = cell, Hidden = hidden, Embedding = embedding, Dropout = dropout, MinimumCount = minimumCount };
        return new EncoderDecoderSettings
        {
            Encoder = part with { Reading = Reading.Bidirectional },
            Decoder = part with { Reading = Reading.Forward },
            Attention = attention,
        };
    }

    /// <summary>Two texts, character by character.</summary>
    public static SequencePair Characters(TextPair pair) => new(Characters(pair.Source), Characters(pair.Target));

    /// <summary>The characters of a text, each as a symbol.</summary>
    public static string[] Characters(string text) => [.. text.EnumerateRunes().Select(rune => rune.ToString())];

    /// <summary>Fits a model and takes the time.</summary>
    public static (EncoderDecoder Model, Stopwatch Watch) Fit(
        ExperimentContext context, string name, SequencePair[] train, SequencePair[] validation, EncoderDecoderSettings settings, FitOptions options)
    {
        var watch = Stopwatch.StartNew();
        EncoderDecoder model = EncoderDecoder.Fit(
            train,
            settings,
            options with { Schedule = ScheduleKind.Cosine, Seed = context.Random.NextUInt64(), Workers = context.Workers, Progress = context.EachEpoch(name) },
            validation);
        context.Progress(FormattableString.Invariant($"{name}: validation loss {model.Training!.Best.Validation:0.0000} after epoch {model.Training.BestEpoch}"));
        return (model, watch);
    }

    /// <summary>Where a decoder looked: a row for each symbol that it wrote, a column for each of the source.</summary>
    public static HeatMap Picture(string title, IReadOnlyList<string> source, Hypothesis written)
    {
        double[] weights = [.. written.Attention.SelectMany(row => row.ToArray()).Select(weight => (double)weight)];
        return new HeatMap(title, written.Symbols, [.. source.Select(symbol => symbol == " " ? "␣" : symbol)], weights) { RowLabel = "written", ColumnLabel = "read", Highest = 1 };
    }
}
