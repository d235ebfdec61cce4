using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Unfold.Cli;

/// <summary>One JSON object on one line of stdout.</summary>
internal static class JsonOutput
{
    // Nothing of it goes into a web page, and 你 is easier to read than its escape.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the object whose fields are written by <paramref name="fields"/>.</summary>
    public static void Write(Terminal terminal, Action<Utf8JsonWriter> fields)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        terminal.Output.WriteLine(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
        terminal.Output.Flush();
    }

    /// <summary>Writes a number, or null for one that JSON does not know: not a number, infinite.</summary>
    public static void WriteFinite(this Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
