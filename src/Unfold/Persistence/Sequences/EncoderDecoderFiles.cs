using System.Text.Json;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Models;

namespace Unfold.Persistence;

/// <summary>Saves and loads an <see cref="EncoderDecoder"/>: a folder with config.json, model.safetensors and README.md.</summary>
public static class EncoderDecoderFiles
{
    private const int MostLayers = 1_000;
    private const int WidestLayer = 1_000_000;

    extension(EncoderDecoder model)
    {
        /// <summary>Writes the model into a folder, whole or not at all; an older model in it is replaced.</summary>
        /// <exception cref="UnfoldException">The folder or a file cannot be written.</exception>
        public void Save(string folder)
        {
            ArgumentNullException.ThrowIfNull(model);
            SequenceModelFolder.Save(folder, model, json =>
            {
                SequenceConfig.Write(json, model.Encoder.Settings);
                SequenceConfig.Write(json, model.Encoder.Schema);
                Write(json, model.Settings);
                SequenceConfig.Write(json, "targets", model.Decoder.Symbols.Symbols);
            });
        }

        /// <summary>Reads a model from a folder; it predicts with the same bits as the one that was saved.</summary>
        /// <param name="folder">The folder.</param>
        /// <param name="customCell">Makes the cells of a model whose cell is the user's own; not looked at for the others.</param>
        /// <exception cref="UnfoldException">The folder is no such model, or damaged, or newer than this Unfold; the message names the file.</exception>
        public static EncoderDecoder Load(string folder, CellFactory? customCell = null) => SequenceModelFolder.Load(folder, fields =>
        {
            EncoderDecoderSettings settings = Read(fields.Object("decoder")) with { Encoder = SequenceConfig.ReadEncoder(fields, customCell) };
            settings.Validate();
            SequenceSchema schema = SequenceConfig.ReadSchema(fields);
            var symbols = new SymbolTable(fields.Strings("targets"));
            return new Blueprint<EncoderDecoder>(EncoderDecoder.CountParameters(schema, symbols, settings), () => new EncoderDecoder(schema, symbols, settings, random: null));
        });
    }

    private static void Write(Utf8JsonWriter json, EncoderDecoderSettings settings)
    {
        json.WriteStartObject("decoder");
        json.WriteString("cell", SequenceConfig.Word(settings.Cell));
        json.WriteNumber("layers", settings.Layers);
        json.WriteNumber("hidden", settings.Hidden);
        json.WriteString("connection", SequenceConfig.Word(settings.Connection));
        json.WriteNumber("embedding", settings.Embedding);
        json.WriteString("attention", SequenceConfig.Word(settings.Attention));
        json.WriteNumber("minimum_count", settings.MinimumCount);
        json.WriteNumber("dropout", settings.Dropout);
        json.WriteEndObject();
    }

    private static EncoderDecoderSettings Read(JsonFields fields)
    {
        var settings = new EncoderDecoderSettings
        {
            Cell = fields.Enum<CellKind>("cell"),
            Layers = fields.Int32("layers", 1, MostLayers),
            Hidden = fields.Int32("hidden", 1, WidestLayer),
            Connection = fields.Enum<StackConnection>("connection"),
            Embedding = fields.Int32("embedding", 0, WidestLayer),
            Attention = fields.Enum<AttentionKind>("attention"),
            MinimumCount = fields.Int32("minimum_count", 1, int.MaxValue),
            Dropout = fields.Double("dropout", 0, 1),
        };
        fields.Done();
        return settings;
    }
}
