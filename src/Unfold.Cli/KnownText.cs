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
        if (vocabulary.Mode == TextMode.Sentences)
        {
            RequireTwo(corpus.Train, text.Name, vocabulary.Mode);
        }

        return corpus;
    }

    /// <summary>Throws where a text has not two tokens: the first is only read. An encoded text of sentences begins with the end of one before it.</summary>
    /// <param name="tokens">The encoded text.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="mode">What its lines are.</param>
    /// <exception cref="UnfoldException">It has fewer.</exception>
    public static void RequireTwo(TokenStore tokens, string name, TextMode mode)
    {
        if (tokens.Count < 2)
        {
            throw new UnfoldException(mode == TextMode.Sentences
                ? $"The text {name} has no line that is not blank, but at least one was wanted."
                : $"The text {name} has {tokens.Count} token{(tokens.Count == 1 ? "" : "s")}, but at least 2 were wanted: the first is only read.");
        }
    }
}
