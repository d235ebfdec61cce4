using Unfold.Text;

namespace Unfold.Scoring;

/// <summary>What a model thinks of one line.</summary>
/// <param name="Tokens">The tokens, the end of the line included where the model knows one.</param>
/// <param name="LogProbabilities">ln p of each token given those before it; negative infinity where the model thinks it impossible.</param>
public sealed record SentenceScore(IReadOnlyList<int> Tokens, IReadOnlyList<double> LogProbabilities)
{
    /// <summary>ln p of each token given those before it.</summary>
    public IReadOnlyList<double> LogProbabilities { get; } = Tokens.Count == LogProbabilities.Count
        ? LogProbabilities
        : throw new ArgumentException($"There must be one value for each of the {Tokens.Count} tokens; found {LogProbabilities.Count}.", nameof(LogProbabilities));

    /// <summary>ln p of the whole line: the sum.</summary>
    public double Total => LogProbabilities.Sum();

    /// <summary>The tokens that the vocabulary does not hold.</summary>
    public int UnknownTokens => Tokens.Count(token => token == Vocabulary.UnknownId);

    /// <summary>The same line without its unknown tokens: the others were foretold with them in their place.</summary>
    public SentenceScore WithoutUnknown()
    {
        int[] kept = [.. Enumerable.Range(0, Tokens.Count).Where(place => Tokens[place] != Vocabulary.UnknownId)];
        return new SentenceScore([.. kept.Select(place => Tokens[place])], [.. kept.Select(place => LogProbabilities[place])]);
    }
}
