using System.Globalization;
using System.Text.Json;

namespace Unfold.Cli;

/// <summary>Shows tokens that may stand somewhere, with their probabilities.</summary>
internal static class Candidates
{
    /// <summary>Writes a list of objects, each with token and probability.</summary>
    public static void Write(Utf8JsonWriter writer, string name, IEnumerable<(string Token, double Probability)> candidates)
    {
        writer.WriteStartArray(name);
        foreach ((string token, double probability) in candidates)
        {
            writer.WriteStartObject();
            writer.WriteString("token", token);
            writer.WriteNumber("probability", probability);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes a line for each.</summary>
    public static void Write(Terminal terminal, IEnumerable<(string Token, double Probability)> candidates)
    {
        foreach ((string token, double probability) in candidates)
        {
            terminal.Output.WriteLine($"{probability.ToString("0.000000", CultureInfo.InvariantCulture)}  {token.Visible}");
        }
    }
}
