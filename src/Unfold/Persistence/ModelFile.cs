using Unfold.Text;

namespace Unfold.Persistence;

/// <summary>Opens whatever a path holds that foretells the next token.</summary>
public static class ModelFile
{
    /// <summary>Loads the recurrent model of a folder.</summary>
    /// <exception cref="UnfoldException">There is no model, or it is damaged, or newer than this Unfold; the message names the file.</exception>
    public static NextTokenModel Open(string path) => new ModelFolder(path).Load();
}
