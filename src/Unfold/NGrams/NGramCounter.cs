using Unfold.Text;

namespace Unfold.NGrams;

/// <summary>
/// Counts the windows of N tokens that end at each token of a text. Before a sentence, or a running text, stand begin symbols. A window
/// is packed with its last token first: sorted so, all counts of all orders can be told in one walk.
/// </summary>
internal sealed class NGramCounter(int order, NGramSorter sorter)
{
    private readonly NGramKey _beginning = NGramKey.Of([.. Enumerable.Repeat(Vocabulary.BeginId, order)]);
    private NGramKey? _window;

    /// <summary>Counts a whole text.</summary>
    /// <exception cref="ArgumentException">A token is none of the vocabulary.</exception>
    public void Add(TokenStore tokens, Vocabulary vocabulary, Action<double> progress, CancellationToken cancellation)
    {
        long place = 0;
        foreach (int token in tokens.Walk(progress, cancellation))
        {
            if ((uint)token >= (uint)vocabulary.Count)
            {
                throw new ArgumentException(FormattableString.Invariant($"The tokens must be those of the vocabulary, 0 to {vocabulary.Count - 1}; found {token} at place {place}."), nameof(tokens));
            }

            Add(token);
            place++;
        }
    }

    /// <summary>
    /// Counts the window that ends with the next token of the text; after <see cref="Vocabulary.EndId"/> the next sentence begins. An end
    /// before any token is that of a sentence before the text.
    /// </summary>
    private void Add(int token)
    {
        if (token == Vocabulary.EndId && _window is null)
        {
            return;
        }

        NGramKey window = (_window ?? _beginning).Pushed(token).Prefix(order);
        sorter.Add(window, 1);
        _window = token == Vocabulary.EndId ? null : window;
    }
}
