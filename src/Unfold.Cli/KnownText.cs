using Unfold.Text;

namespace Unfold.Cli;

/// <summary>Reads a text as a model knows it.</summary>
internal static class KnownText
{
    /// <summary>All tokens of a text by the vocabulary of a model, with progress.</summary>
    /// <exception cref="UnfoldException">The text is empty, binary, not UTF-8 or unreadable.</exception>
    public static Corpus Read(Terminal terminal, TextSource text, Vocabulary vocabulary, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, $"Reading {text.Name}");
        return Corpus.Load(text, new CorpusOptions(), vocabulary: vocabulary, progress: progress.Show, cancellation: cancellation);
    }
}
