using Unfold.Text;

namespace Unfold.NGrams;

/// <summary>Tells how often each n-gram stands in a text.</summary>
public static class NGramCounts
{
    /// <summary>
    /// Counts all n-grams of 1 to N tokens, N the order: first the single tokens, then the pairs and so on, those of one length in the order of their tokens' numbers.
    /// Before each sentence, or a running text, stands one <see cref="Vocabulary.BeginId"/>, which is part of n-grams of two and more tokens; after a sentence
    /// stands <see cref="Vocabulary.EndId"/>. The text is counted anew each time that the result is walked over.
    /// </summary>
    /// <param name="tokens">The text; in sentence mode <see cref="Vocabulary.EndId"/> stands after each sentence.</param>
    /// <param name="vocabulary">Its tokens, at most 2,097,152.</param>
    /// <param name="options">The order, and how much memory is taken; the rest is for models.</param>
    /// <param name="progress">Called now and then with the share of the counting done, in [0, 1]; at 1 the first n-gram comes.</param>
    /// <param name="cancellation">Stops the counting and the walk.</param>
    /// <exception cref="UnfoldException">The vocabulary is too large, or there is no temporary space.</exception>
    /// <exception cref="ArgumentException">An option is outside of its range, or a token is none of the vocabulary.</exception>
    public static IEnumerable<NGramCount> Of(
        TokenStore tokens, Vocabulary vocabulary, NGramOptions options, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(options);
        options.Require();
        return Walk();

        IEnumerable<NGramCount> Walk()
        {
            OrderCounts counts = OrderCounts.Of(tokens, vocabulary, options, LowerCounts.Occurrences, share => progress?.Invoke(share), cancellation);
            for (int length = 1; length <= options.Order; length++)
            {
                foreach (CountedNGram counted in counts.Sorted(length))
                {
                    cancellation.ThrowIfCancellationRequested();
                    yield return new NGramCount(counted.Key.Tokens(length), counted.Count);
                }
            }
        }
    }
}
