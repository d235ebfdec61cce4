using Unfold.Cells;
using Unfold.Models;
using Unfold.Text;

namespace Unfold.Persistence;

/// <summary>Saves and loads a <see cref="ClozeModel"/>: a folder with config.json, vocabulary.json, model.safetensors and README.md.</summary>
public static class ClozeModelFiles
{
    extension(ClozeModel model)
    {
        /// <summary>Writes the model into a folder, whole or not at all; an older model in it is replaced.</summary>
        /// <exception cref="UnfoldException">The folder or a file cannot be written.</exception>
        public void Save(string folder)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentException.ThrowIfNullOrWhiteSpace(folder);
            SequenceModelFolder.Save(
                folder,
                model,
                json =>
                {
                    SequenceConfig.Write(json, model.Settings);
                    json.WriteString(VocabularyHash.Field, VocabularyHash.Of(model.Vocabulary));
                },
                (new ModelFolder(folder).VocabularyFile, model.Vocabulary.Write));
        }

        /// <summary>Whether a folder says that it holds such a model; <see cref="Load"/> sees whether it is whole.</summary>
        /// <exception cref="UnfoldException">Its config.json cannot be read.</exception>
        public static bool IsIn(string folder)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(folder);
            string config = new ModelFolder(folder).ConfigFile;
            return File.Exists(config) && JsonFields.Read(config) is var fields && fields.Has(SequenceModelFolder.TypeField) && fields.String(SequenceModelFolder.TypeField) == nameof(ClozeModel);
        }

        /// <summary>Reads a model from a folder; it foretells with the same bits as the one that was saved.</summary>
        /// <param name="folder">The folder.</param>
        /// <param name="customCell">Makes the cells of a model whose cell is the user's own; not looked at for the others.</param>
        /// <exception cref="UnfoldException">The folder is no such model, or damaged, or newer than this Unfold; the message names the file.</exception>
        public static ClozeModel Load(string folder, CellFactory? customCell = null)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(folder);
            if (ClozeRun.IsIn(folder) && !File.Exists(new ModelFolder(folder).ConfigFile))
            {
                throw new UnfoldException($"{folder} holds no model yet: its training was interrupted before one was saved. Go on with: unfold cloze train --resume {folder}");
            }

            var place = new ModelFolder(folder);
            place.Require($"Train one with: unfold cloze train --out {folder}");
            if (!JsonFields.Read(place.ConfigFile).Has(SequenceModelFolder.TypeField))
            {
                throw new UnfoldException($"{folder} holds a language model, which does not see what stands after a gap: train a {nameof(ClozeModel)}, which does, with unfold cloze train.");
            }

            try
            {
                return SequenceModelFolder.Load(folder, fields => Read(folder, fields, customCell));
            }
            catch (UnfoldException damage) when (ClozeRun.IsIn(folder))
            {
                throw new UnfoldException($"{damage.Message} Its training has not ended, and going on saves the model anew: unfold cloze train --resume {folder}", damage);
            }
        }
    }

    private static Blueprint<ClozeModel> Read(string folder, JsonFields fields, CellFactory? customCell)
    {
        SequenceEncoderSettings settings = SequenceConfig.ReadEncoder(fields, customCell);
        string hash = fields.String(VocabularyHash.Field), path = new ModelFolder(folder).VocabularyFile;
        var vocabulary = Vocabulary.Load(path);
        return VocabularyHash.Of(vocabulary) == hash
            ? new Blueprint<ClozeModel>(ClozeModel.CountParameters(vocabulary.Count, settings), () => new ClozeModel(vocabulary, settings, random: null))
            : throw new UnfoldException($"{path} is another vocabulary than the one that the model was saved with. Copy the folder again, or fit the model again.");
    }
}
