using Unfold.Cells;
using Unfold.Models;

namespace Unfold.Persistence;

/// <summary>Saves and loads a <see cref="SequenceClassifier"/>: a folder with config.json, model.safetensors and README.md.</summary>
public static class SequenceClassifierFiles
{
    extension(SequenceClassifier model)
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
                SequenceConfig.Write(json, "labels", model.Labels.Labels);
            });
        }

        /// <summary>Reads a model from a folder; it predicts with the same bits as the one that was saved.</summary>
        /// <param name="folder">The folder.</param>
        /// <param name="customCell">Makes the cells of a model whose cell is the user's own; not looked at for the others.</param>
        /// <exception cref="UnfoldException">The folder is no such model, or damaged, or newer than this Unfold; the message names the file.</exception>
        public static SequenceClassifier Load(string folder, CellFactory? customCell = null) => SequenceModelFolder.Load(folder, fields =>
        {
            SequenceEncoderSettings settings = SequenceConfig.ReadEncoder(fields, customCell);
            SequenceSchema schema = SequenceConfig.ReadSchema(fields);
            var labels = new LabelTable(fields.Strings("labels"));
            return new Blueprint<SequenceClassifier>(SequenceClassifier.CountParameters(schema, labels.Count, settings), () => new SequenceClassifier(schema, labels, settings, random: null));
        });
    }
}
