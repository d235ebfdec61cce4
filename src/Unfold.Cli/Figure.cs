using System.Globalization;
using System.Text.Json;

namespace Unfold.Cli;

/// <summary>One figure of an evaluation, told in the same way by a table and by a JSON object.</summary>
/// <param name="Label">What the table calls it.</param>
/// <param name="Field">What the object calls it.</param>
/// <param name="Value">The figure; the table leaves it out where it is null.</param>
/// <param name="Format">How the table shows it.</param>
internal sealed record Figure(string Label, string Field, double? Value, string Format = "{0:0.000000}")
{
    /// <summary>The format of a count.</summary>
    public const string Count = "{0:0}";

    /// <summary>The format of a loss.</summary>
    public const string Nats = "{0:0.000000} nats per token";

    /// <summary>Writes figures to stdout: one JSON object, to which more fields may come, or a table.</summary>
    public static void Write(Terminal terminal, bool asJson, IReadOnlyList<Figure> figures, Action<Utf8JsonWriter>? more = null)
    {
        if (asJson)
        {
            JsonOutput.Write(terminal, json =>
            {
                foreach (Figure figure in figures)
                {
                    json.WriteFinite(figure.Field, figure.Value ?? double.NaN);
                }

                more?.Invoke(json);
            });
            return;
        }

        int width = figures.Max(figure => figure.Label.Length) + 2;
        foreach (Figure figure in figures.Where(figure => figure.Value is not null))
        {
            terminal.Output.WriteLine(figure.Label.PadRight(width) + string.Format(CultureInfo.InvariantCulture, figure.Format, figure.Value));
        }
    }
}
