using Unfold.NGrams;
using Unfold.Persistence;

namespace Unfold.Cli;

/// <summary>Reads a file of n-grams with progress.</summary>
internal static class NGramInput
{
    /// <summary>Reads it; the progress is gone when this returns.</summary>
    /// <exception cref="UnfoldException">There is no such file, or it is damaged.</exception>
    public static NGramModel Read(Terminal terminal, string path, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, $"Reading {path}");
        return NGramFile.Read(path, progress.Show, cancellation);
    }
}
