using Unfold.Cells;
using Unfold.Models;

namespace Unfold.Persistence;

/// <summary>Saves and loads an <see cref="EncoderDecoder"/>: a folder with config.json, model.safetensors and README.md.</summary>
public static class EncoderDecoderFiles
{
    private const string Decoder = "decoder";
    private const string Attention = "attention";
    private const string Targets = "targets";

    extension(EncoderDecoder model)
    {
        /// <summary>Writes the model into a folder, whole or not at all; an older model in it is replaced.</summary>
        /// <exception cref="UnfoldException">The folder or a file cannot be written.</exception>
        public void Save(string folder)
        {
            ArgumentNullException.ThrowIfNull(model);
            SequenceModelFolder.Save(folder, model, json =>
            {
                SequenceConfig.Write(json, model.Settings.Encoder);
                SequenceConfig.Write(json, model.Encoder.Schema);
                SequenceConfig.Write(json, model.Settings.Decoder, Decoder);
                json.WriteString(Attention, SequenceConfig.Word(model.Settings.Attention));
                SequenceConfig.Write(json, Targets, model.Decoder.Symbols.Symbols);
            });
        }

        /// <summary>Reads a model from a folder; it predicts with the same bits as the one that was saved.</summary>
        /// <param name="folder">The folder.</param>
        /// <param name="customCell">Makes the cells of a model whose cell is the user's own; not looked at for the others.</param>
        /// <exception cref="UnfoldException">The folder is no such model, or damaged, or newer than this Unfold; the message names the file.</exception>
        public static EncoderDecoder Load(string folder, CellFactory? customCell = null) => SequenceModelFolder.Load(folder, fields =>
        {
            var settings = new EncoderDecoderSettings
            {
                Encoder = SequenceConfig.ReadEncoder(fields, customCell),
                Decoder = SequenceConfig.ReadEncoder(fields, customCell, Decoder),
                Attention = fields.Enum<AttentionKind>(Attention),
            };
            settings.Validate();
            SequenceSchema schema = SequenceConfig.ReadSchema(fields);
            var symbols = new SymbolTable(fields.Strings(Targets));
            return new Blueprint<EncoderDecoder>(EncoderDecoder.CountParameters(schema, symbols, settings), () => new EncoderDecoder(schema, symbols, settings, random: null));
        });
    }
}
