using System.Text.Encodings.Web;
using System.Text.Json;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Persistence;

/// <summary>The parts of config.json that models of sequences share.</summary>
internal static class SequenceConfig
{
    private const int MostLayers = 1_000;
    public const int WidestLayer = 1_000_000;

    /// <summary>Readable: indented, and symbols of all scripts as they are.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the recurrent part as "encoder".</summary>
    public static void Write(Utf8JsonWriter json, SequenceEncoderSettings settings, string name = "encoder")
    {
        json.WriteStartObject(name);
        json.WriteString("cell", Word(settings.Cell));
        json.WriteString("activation", Word(settings.Activation));
        json.WriteNumber("layers", settings.Layers);
        json.WriteNumber("hidden", settings.Hidden);
        json.WriteString("reading", Word(settings.ReadsForward ? Reading.Forward : Reading.Bidirectional));
        json.WriteString("merge", Word(settings.Merge));
        json.WriteString("connection", Word(settings.Connection));
        json.WriteNumber("embedding", settings.Embedding);
        json.WriteNumber("further_embedding", settings.FurtherEmbedding);
        json.WriteNumber("minimum_count", settings.MinimumCount);
        json.WriteString("pooling", Word(settings.Pooling));
        json.WriteNumber("dropout", settings.Dropout);

        // What is not used is not written, so that an Unfold that does not know it can read the rest.
        if (settings.Lstm != new LstmOptions())
        {
            LstmFields.Write(json, settings.Lstm);
        }

        json.WriteEndObject();
    }

    /// <summary>Reads the recurrent part.</summary>
    /// <param name="config">The file.</param>
    /// <param name="customCell">Makes the cells of a model whose cell is the user's own.</param>
    /// <param name="name">The name of the part.</param>
    public static SequenceEncoderSettings ReadEncoder(JsonFields config, CellFactory? customCell, string name = "encoder")
    {
        JsonFields fields = config.Object(name);
        CellKind cell = fields.Enum<CellKind>("cell");
        var settings = new SequenceEncoderSettings
        {
            Cell = cell,
            CustomCell = CustomCells.For(cell, customCell, config.Path),
            Activation = fields.Enum<Activation>("activation"),
            Layers = fields.Int32("layers", 1, MostLayers),
            Hidden = fields.Int32("hidden", 1, WidestLayer),
            Lstm = fields.Has(LstmFields.Name) ? LstmFields.Read(fields.Object(LstmFields.Name)) : new LstmOptions(),
            Reading = fields.Enum<Reading>("reading"),
            Merge = fields.Enum<Merge>("merge"),
            Connection = fields.Enum<StackConnection>("connection"),
            Embedding = fields.Int32("embedding", 0, WidestLayer),
            FurtherEmbedding = fields.Int32("further_embedding", 1, WidestLayer),
            MinimumCount = fields.Int32("minimum_count", 1, int.MaxValue),
            Pooling = fields.Enum<Pooling>("pooling"),
            Dropout = fields.Double("dropout", 0, 1),
        };
        fields.Done();
        settings.Validate();
        return settings;
    }

    /// <summary>Writes the tables of symbols and the scale of the variables as "input".</summary>
    public static void Write(Utf8JsonWriter json, SequenceSchema schema, string name = "input")
    {
        json.WriteStartObject(name);
        json.WriteStartArray("columns");
        foreach (SymbolTable table in schema.Columns)
        {
            json.WriteStartObject();
            Write(json, "symbols", table.Symbols);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (schema.Values is { } values)
        {
            Write(json, values, "values");
        }

        json.WriteEndObject();
    }

    /// <summary>Reads the tables of symbols and the scale of the variables.</summary>
    public static SequenceSchema ReadSchema(JsonFields config, string name = "input")
    {
        JsonFields fields = config.Object(name);
        IReadOnlyList<SymbolTable> columns = [.. fields.Objects("columns").Select(ReadTable)];
        Standardization? values = fields.Has("values") ? ReadScale(fields, "values") : null;
        fields.Done();
        return columns.Count > 0 || values is not null
            ? new SequenceSchema(columns, values)
            : throw new UnfoldException($"The {name} of a model has columns of symbols or variables; config.json has neither.");
    }

    /// <summary>Writes a scale.</summary>
    public static void Write(Utf8JsonWriter json, Standardization scale, string name)
    {
        json.WriteStartObject(name);
        Write(json, "means", scale.Means);
        Write(json, "deviations", scale.Deviations);
        json.WriteEndObject();
    }

    /// <summary>Reads a scale of at least one variable.</summary>
    public static Standardization ReadScale(JsonFields config, string name)
    {
        JsonFields fields = config.Object(name);
        var scale = new Standardization(fields.Doubles("means"), fields.Doubles("deviations"));
        fields.Done();
        return scale.Width > 0 ? scale : throw new UnfoldException($"The scale '{name}' in config.json has no variable; it should have one or more.");
    }

    /// <summary>Writes a list of texts.</summary>
    public static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>An enumeration's member as config.json has it.</summary>
    public static string Word<T>(T choice)
        where T : struct, Enum => choice.ToString().ToLowerInvariant();

    private static SymbolTable ReadTable(JsonFields fields)
    {
        var table = new SymbolTable(fields.Strings("symbols"));
        fields.Done();
        return table;
    }

    /// <summary>Writes a list of numbers.</summary>
    public static void Write(Utf8JsonWriter json, string name, IReadOnlyList<double> numbers)
    {
        json.WriteStartArray(name);
        foreach (double number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
