using Unfold.Text;

namespace Unfold.Cli;

/// <summary>Reads a text as a model knows it.</summary>
internal static class KnownText
{
    /// <summary>All tokens of a text by the vocabulary of a model, with progress.</summary>
    /// <exception cref="UnfoldException">The text is empty, binary, not UTF-8 or unreadable, or has no sentence where lines are sentences.</exception>
    public static Corpus Read(Terminal terminal, TextSource text, Vocabulary vocabulary, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, $"Reading {text.Name}");
        Corpus corpus = Corpus.Load(text, new CorpusOptions(), vocabulary: vocabulary, progress: progress.Show, cancellation: cancellation);

        // An encoded text of sentences begins with the end of one before it.
        return vocabulary.Mode != TextMode.Sentences || corpus.Train.Count > 1
            ? corpus
            : throw new UnfoldException($"The text {text.Name} has no line that is not blank, but at least one was wanted.");
    }
}
