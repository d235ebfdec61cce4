using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>A text whose n-grams are counted.</summary>
internal static class NGramText
{
    /// <summary>Reads it with progress and says how many tokens it has.</summary>
    /// <exception cref="UnfoldException">It cannot be read, or holds no token that is known.</exception>
    public static Corpus Read(Terminal terminal, TextSource text, CorpusOptions options, Vocabulary? vocabulary, CancellationToken cancellation)
    {
        Corpus corpus;
        using (var progress = new ProgressLine(terminal, $"Reading {text.Name}"))
        {
            corpus = Corpus.Load(text, options, vocabulary: vocabulary, progress: progress.Show, cancellation: cancellation);
        }

        if (corpus.Vocabulary.SymbolCount == 0)
        {
            throw new UnfoldException($"The text {text.Name} holds no token that is frequent enough to be known, but at least one was wanted: give a text with words, or lower --min-token-count.");
        }

        long tokens = Tokens(corpus);
        terminal.Line(FormattableString.Invariant($"{tokens:N0} tokens; a vocabulary of {corpus.Vocabulary.SymbolCount:N0} {corpus.Vocabulary.Kind.Noun}{(corpus.Vocabulary.SymbolCount == 1 ? "" : "s")}"));
        if (corpus.UnknownTokens > 0)
        {
            terminal.Line(FormattableString.Invariant($"{corpus.UnknownTokens:N0} of the tokens are <unk>, because they are not in it or are written so ({100.0 * corpus.UnknownTokens / tokens:0.##}%)"));
        }

        return corpus;
    }

    /// <summary>How many tokens are counted: in sentence mode one end of a sentence stands before them.</summary>
    public static long Tokens(Corpus corpus) => corpus.Train.WithoutLeadingEnd(corpus.Vocabulary.Mode).Count;
}
