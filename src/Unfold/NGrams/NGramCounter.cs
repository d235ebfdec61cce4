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

    /// <summary>
    /// Counts the window that ends with the next token of the text; after <see cref="Vocabulary.EndId"/> the next sentence begins. An end
    /// before any token is that of a sentence before the text.
    /// </summary>
    public void Add(int token)
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
