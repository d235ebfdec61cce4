using System.Text.Json;

namespace Unfold.Persistence;

/// <summary>Where the text of a run comes from, so that a resumed run reads the same one.</summary>
/// <param name="Text">The files, with full paths; none stands for the embedded corpus.</param>
/// <param name="Validation">The validation file, or null.</param>
/// <param name="ValidationFraction">The share of the text that is kept for validation, where there is no such file.</param>
/// <param name="Fingerprint">What the decoded text hashes to.</param>
public sealed record RunData(IReadOnlyList<string> Text, string? Validation, double ValidationFraction, string Fingerprint)
{
    /// <summary>The tokens of both parts together that are not in the vocabulary; 0 where all are.</summary>
    public long UnknownTokens { get; init; }

    internal static RunData Read(JsonFields fields)
    {
        var data = new RunData(
            fields.Strings("text"),
            fields.Has("valid") ? fields.String("valid") : null,
            fields.Double("valid_fraction", 0, 1),
            fields.String("fingerprint"))
        {
            UnknownTokens = fields.Has("unknown_tokens") ? fields.Int64("unknown_tokens", 0, long.MaxValue) : 0,
        };
        fields.Done();
        return data;
    }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("data");
        json.WriteStartArray("text");
        foreach (string file in Text)
        {
            json.WriteStringValue(file);
        }

        json.WriteEndArray();
        if (Validation is not null)
        {
            json.WriteString("valid", Validation);
        }

        json.WriteNumber("valid_fraction", ValidationFraction);
        json.WriteString("fingerprint", Fingerprint);
        if (UnknownTokens > 0)
        {
            json.WriteNumber("unknown_tokens", UnknownTokens);
        }

        json.WriteEndObject();
    }
}
