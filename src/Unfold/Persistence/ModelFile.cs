using Unfold.Cells;
using Unfold.Text;

namespace Unfold.Persistence;

/// <summary>Opens whatever a path holds that foretells the next token.</summary>
public static class ModelFile
{
    /// <summary>Loads the recurrent model of a folder, or the n-grams of a file.</summary>
    /// <param name="path">The folder of a model, or a file of n-grams, whatever its name is.</param>
    /// <param name="customCell">Makes the cells of a model whose cell is the user's own; not looked at for the others.</param>
    /// <param name="progress">Called now and then with the share of a file that is read, in [0, 1].</param>
    /// <param name="cancellation">Stops the reading of a file.</param>
    /// <exception cref="UnfoldException">There is no model, or it is damaged, or newer than this Unfold; the message names the file.</exception>
    public static NextTokenModel Open(string path, CellFactory? customCell = null, Action<double>? progress = null, CancellationToken cancellation = default) =>
        NGramFile.IsMeant(path) ? NGramFile.Read(path, progress, cancellation) : new ModelFolder(path).Load(customCell);
}
