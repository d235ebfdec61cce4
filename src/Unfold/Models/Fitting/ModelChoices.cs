using System.Globalization;

namespace Unfold.Models;

/// <summary>
/// What was chosen of a model, in words without a space: a fit that was kept goes on with the same ones only. Dropout is left out, as it may change on the
/// way; each model has as many words whatever was chosen, so that the one that differs can be named.
/// </summary>
internal static class ModelChoices
{
    /// <summary>The words of a recurrent part.</summary>
    public static IEnumerable<string> Of(SequenceEncoderSettings settings, string part = "encoder") => Words(
        part,
        ("cell", settings.Cell),
        ("activation", settings.Activation),
        ("layers", settings.Layers),
        ("hidden", settings.Hidden),
        ("lstm", Listed((settings.Lstm with { RecurrentDropout = 0 }).Words(), "plain")),
        ("reading", settings.ReadsForward ? Reading.Forward : Reading.Bidirectional),
        ("merge", settings.Merge),
        ("connection", settings.Connection),
        ("embedding", settings.Embedding),
        ("further_embedding", settings.FurtherEmbedding),
        ("minimum_count", settings.MinimumCount),
        ("pooling", settings.Pooling));

    /// <summary>The words of both parts of an encoder-decoder.</summary>
    public static IEnumerable<string> Of(EncoderDecoderSettings settings) =>
        [.. Of(settings.Encoder), .. Of(settings.Decoder, "decoder"), $"attention={settings.Attention}"];

    /// <summary>The words of a network whose output comes back.</summary>
    public static IEnumerable<string> Of(JordanNetworkSettings settings) => Words(
        "network",
        ("hidden", settings.Hidden),
        ("activation", settings.Activation),
        ("embedding", settings.Embedding),
        ("minimum_count", settings.MinimumCount),
        ("sampling", settings.Sampling is { } sampling ? string.Create(CultureInfo.InvariantCulture, $"{sampling.Rise},{sampling.Final}") : "none"),
        ("measured", settings.Measured));

    /// <summary>The words of a forecaster, with the names of its variables.</summary>
    public static IEnumerable<string> Of(ForecastFrame frame) =>
    [
        .. Of(frame.Settings.Encoder),
        .. Words(
            "forecast",
            ("variables", Names(frame.Names)),
            ("known", Names(frame.KnownNames)),
            ("targets", Names(frame.Targets)),
            ("season", frame.Season),
            ("input_length", frame.Settings.InputLength),
            ("horizon", frame.Settings.Horizon),
            ("output", frame.Settings.Output),
            ("levels", Listed(frame.Settings.Levels.Select(level => level.ToString(CultureInfo.InvariantCulture)), "none")),
            ("scaling", frame.Settings.Scaling),
            ("transform", frame.Settings.Transform),
            ("validation_fraction", frame.Settings.ValidationFraction),
            ("stride", frame.Settings.Stride)),
    ];

    private static IEnumerable<string> Words(string part, params IEnumerable<(string Name, object Value)> choices) =>
        choices.Select(choice => string.Create(CultureInfo.InvariantCulture, $"{part}.{choice.Name}={choice.Value}"));

    /// <summary>Names that may hold spaces and commas, as words that hold neither.</summary>
    private static string Names(IEnumerable<string> names) => Listed(names.Select(Uri.EscapeDataString), "none");

    private static string Listed(IEnumerable<string> words, string none) => string.Join(',', words) is { Length: > 0 } list ? list : none;
}
