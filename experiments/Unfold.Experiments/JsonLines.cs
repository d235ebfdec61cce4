using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Unfold.Experiments;

/// <summary>Results as one JSON object a line, always with the same eight fields.</summary>
internal static class JsonLines
{
    // Nothing of it goes into a web page, and a letter is easier to read than its escape.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one line and sends it on its way; a number that is missing or not finite is null.</summary>
    public static void Write(TextWriter output, Result result)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartObject();
            json.WriteString("experiment", result.Experiment);
            json.WriteString("model", result.Model);
            json.WriteString("metric", result.Metric);
            Number(json, "value", result.Value);
            Number(json, "baseline", result.Baseline);
            Number(json, "published", result.Published);
            Number(json, "parameters", result.Parameters);
            Number(json, "seconds", result.Seconds);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
        output.Flush();
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
