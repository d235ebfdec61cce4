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

    /// <summary>Writes a line for each, and says on stderr what tokens have that the model does not know, where that is more than one of these has.</summary>
    public static void Write(Terminal terminal, IReadOnlyList<(string Token, double Probability)> candidates, double unknown)
    {
        foreach ((string token, double probability) in candidates)
        {
            terminal.Output.WriteLine($"{Shown(probability)}  {token.Visible}");
        }

        if (candidates.Any(candidate => candidate.Probability < unknown))
        {
            terminal.Flush();
            terminal.Line($"{Shown(unknown)} is for all tokens together that the model does not know.");
        }
    }

    private static string Shown(double probability) => probability.ToString("0.000000", CultureInfo.InvariantCulture);
}
