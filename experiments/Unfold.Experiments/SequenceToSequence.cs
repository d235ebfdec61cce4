using System.Diagnostics;
using Unfold.Experiments.Data;
using Unfold.Experiments.Measures;
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

    /// <summary>
    /// Fits the same model with each attention to texts taken character by character, and reports how many of the last texts come out right from
    /// the first character to the last. Where the last model looks in the longest of them is drawn.
    /// </summary>
    /// <param name="context">The run of the experiment.</param>
    /// <param name="texts">The learned ones, then as many for validation as for the test.</param>
    /// <param name="tested">The number of the last ones.</param>
    /// <param name="settings">The model but for its attention; its encoder's cell and width name it.</param>
    /// <param name="options">How to fit.</param>
    /// <param name="title">The title of the picture.</param>
    public static void CompareAttentions(
        ExperimentContext context, IReadOnlyList<TextPair> texts, int tested, EncoderDecoderSettings settings, FitOptions options, string title)
    {
        SequencePair[] pairs = [.. texts.Select(Characters)];
        SequencePair[] train = pairs[..^(2 * tested)], validation = pairs[^(2 * tested)..^tested], test = pairs[^tested..];
        string[] wanted = [.. test.Select(pair => string.Concat(pair.Target))];
        foreach ((string name, AttentionKind kind) in Attentions)
        {
            (EncoderDecoder model, Stopwatch watch) = Fit(context, name, train, validation, settings with { Attention = kind }, options);
            string[] answered = [.. model.Predict([.. test.Select(pair => pair.Source)], workers: context.Workers).Select(symbols => string.Concat(symbols))];
            context.Report(
                $"{settings.Encoder.Cell.ToString().ToUpperInvariant()} {settings.Encoder.Hidden}, {name}",
                "exact %",
                100 * ExactMatch.Share(wanted, answered),
                parameters: model.Parameters.ValueCount,
                seconds: watch.Elapsed.TotalSeconds);
            if (kind == Attentions[^1].Kind)
            {
                SequencePair longest = test.MaxBy(pair => pair.Source.Length)!;
                context.Picture(Picture(title, longest.Source.Columns[0], model.Search(longest.Source)[0]).ToSvg());
            }
        }
    }

    /// <summary>Where a decoder looked: a row for each symbol that it wrote, a column for each of the source.</summary>
    public static HeatMap Picture(string title, IReadOnlyList<string> source, Hypothesis written)
    {
        double[] weights = [.. written.Attention.SelectMany(row => row.ToArray()).Select(weight => (double)weight)];
        return new HeatMap(title, written.Symbols, [.. source.Select(symbol => symbol == " " ? "␣" : symbol)], weights) { RowLabel = "written", ColumnLabel = "read", Highest = 1 };
    }
}
