using System.Text.Json;
using Unfold.Cells;
using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Persistence;

/// <summary>The fields of config.json that only some models have: options of the LSTM, and widths of their own for the layers.</summary>
internal static class LstmFields
{
    /// <summary>The object that holds the options.</summary>
    public const string Name = "lstm";

    /// <summary>Reads the options.</summary>
    /// <exception cref="UnfoldException">A field is missing, unknown, or of another type.</exception>
    public static LstmOptions Read(JsonFields fields)
    {
        var options = new LstmOptions
        {
            Peepholes = fields.Boolean("peepholes"),
            Projection = fields.Int32("projection", 0, 1_000_000),
            CellClip = fields.Double("cell_clip", 0, double.MaxValue),
            ProjectionClip = fields.Double("projection_clip", 0, double.MaxValue),
            ForgetBias = fields.Double("forget_bias", double.MinValue, double.MaxValue),
            CoupledInputForget = fields.Boolean("coupled"),
            GateActivation = fields.Enum<Activation>("gate_activation"),
            CellActivation = fields.Enum<Activation>("cell_activation"),
            OutputActivation = fields.Enum<Activation>("output_activation"),
            LayerNormalization = fields.Boolean("layer_norm"),
            RecurrentDropout = fields.Double("recurrent_dropout", 0, 1),
            ZoneoutHidden = fields.Double("zoneout_hidden", 0, 1),
            ZoneoutCell = fields.Double("zoneout_cell", 0, 1),
        };
        fields.Done();
        return options;
    }

    /// <summary>Writes the options as an object of that name.</summary>
    public static void Write(Utf8JsonWriter json, LstmOptions options)
    {
        json.WriteStartObject(Name);
        json.WriteBoolean("peepholes", options.Peepholes);
        json.WriteNumber("projection", options.Projection);
        json.WriteNumber("cell_clip", options.CellClip);
        json.WriteNumber("projection_clip", options.ProjectionClip);
        json.WriteNumber("forget_bias", options.ForgetBias);
        json.WriteBoolean("coupled", options.CoupledInputForget);
        json.WriteString("gate_activation", Word(options.GateActivation));
        json.WriteString("cell_activation", Word(options.CellActivation));
        json.WriteString("output_activation", Word(options.OutputActivation));
        json.WriteBoolean("layer_norm", options.LayerNormalization);
        json.WriteNumber("recurrent_dropout", options.RecurrentDropout);
        json.WriteNumber("zoneout_hidden", options.ZoneoutHidden);
        json.WriteNumber("zoneout_cell", options.ZoneoutCell);
        json.WriteEndObject();
    }

    /// <summary>Writes one width for all layers as a number, and own widths as a list.</summary>
    public static void WriteWidths(this Utf8JsonWriter json, string name, LayerWidths widths)
    {
        if (widths.IsOneForAll)
        {
            json.WriteNumber(name, widths[0]);
            return;
        }

        json.WriteStartArray(name);
        foreach (int width in widths.Values)
        {
            json.WriteNumberValue(width);
        }

        json.WriteEndArray();
    }

    private static string Word(Activation activation) => activation.ToString().ToLowerInvariant();
}
