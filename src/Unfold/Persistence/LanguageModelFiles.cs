using Unfold.Cells;
using Unfold.Models;

namespace Unfold.Persistence;

/// <summary>Saves and loads a <see cref="LanguageModel"/>: a folder with config.json, vocabulary.json and model.safetensors.</summary>
public static class LanguageModelFiles
{
    extension(LanguageModel model)
    {
        /// <inheritdoc cref="ModelFolder.Save"/>
        public void Save(string folder) => new ModelFolder(folder).Save(model);

        /// <summary>Reads a model, or the best weights of a training run.</summary>
        /// <param name="folder">The folder.</param>
        /// <param name="customCell">Makes the cells of a model whose cell is the user's own; not looked at for the others.</param>
        /// <exception cref="UnfoldException">The folder is no such model, or damaged, or newer than this Unfold; the message names the file.</exception>
        public static LanguageModel Load(string folder, CellFactory? customCell = null) => new ModelFolder(folder).Load(customCell);
    }
}
