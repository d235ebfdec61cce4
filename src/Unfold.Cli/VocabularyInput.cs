using System.CommandLine;
using Unfold.Text;

namespace Unfold.Cli;

/// <summary>Takes the vocabulary of a model whose perplexity another one's is to be compared with.</summary>
internal static class VocabularyInput
{
    /// <summary>The option that names the model.</summary>
    public static Option<string?> Option() => Options.Path(
        "--vocabulary-of", "MODEL", "Know the tokens of this model, a recurrent one or n-grams, cut as it cuts text, so that the perplexities of the two can be compared; in place of the options on how text is cut and which tokens are known.");

    /// <summary>Reads it with progress.</summary>
    /// <exception cref="UnfoldException">There is no such model, or it is damaged.</exception>
    public static Vocabulary Read(Terminal terminal, string path, CancellationToken cancellation) => ModelChoice.Open(terminal, path, cancellation).Vocabulary;
}
