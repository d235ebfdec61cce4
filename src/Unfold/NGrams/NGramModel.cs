using Unfold.Text;

namespace Unfold.NGrams;

/// <summary>
/// A backoff model of n-grams: p(w | h) stands in a table where h w is an n-gram of the model, and is else b(h) p(w | h'), where h' is h
/// without its first token and b(h) the backoff weight of h, 1 where h is no n-gram. All are kept as log10 in single precision.
/// </summary>
public sealed class NGramModel : NextTokenModel
{
    /// <summary>What an impossible token has in a file for its log10 probability, and a context that leaves nothing to back off to for its weight; what is at most this means log 0.</summary>
    internal const float Impossible = -99;

    /// <summary>How some programs write the unknown word; in a file that has &lt;unk&gt; too it is a word like others.</summary>
    internal const string CapitalUnknown = "<UNK>";

    private readonly ReadOnlyMemory<float>[] _logProbabilities;
    private readonly ReadOnlyMemory<float>[] _backoffs;

    internal NGramModel(Vocabulary vocabulary, NGramTrie trie, ReadOnlyMemory<float>[] logProbabilities, ReadOnlyMemory<float>[] backoffs)
    {
        Vocabulary = vocabulary;
        Trie = trie;
        _logProbabilities = logProbabilities;
        _backoffs = backoffs;
    }

    /// <inheritdoc/>
    public override Vocabulary Vocabulary { get; }

    /// <summary>N, the length of the longest n-grams, 1 to 7.</summary>
    public int Order => Trie.Order;

    internal NGramTrie Trie { get; }

    /// <summary>How many n-grams of a length from 1 to <see cref="Order"/> the model has; of length 1 what a file lists: every token, the two marks of a sentence among them; an unknown word that is impossible and begins no n-gram only beside a word &lt;UNK&gt;, which would be read as it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such length.</exception>
    public int Count(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Order);
        return length == 1 ? Enumerable.Range(0, Vocabulary.Count).Count(IsListed) : Trie.Count(length);
    }

    /// <summary>Starts a text: a sentence, or running text, of which only the beginning is known.</summary>
    public override NGramSession Start() => new(this);

    /// <summary>
    /// A model without the n-grams by whose absence the perplexity, measured by this model itself, grows by less than a share (Stolcke, 1998). An n-gram that a longer one which
    /// stays goes on from stays too. As the numbers are those of single precision, a few n-grams at the very threshold may fare otherwise than by
    /// <see cref="NGramOptions.PruningThreshold"/>.
    /// </summary>
    /// <param name="threshold">The share, at least 0: 1e-8 is little, 1e-6 much.</param>
    /// <param name="progress">Called now and then with the share of the work done, in [0, 1].</param>
    /// <param name="cancellation">Stops the pruning.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is negative or no number.</exception>
    public NGramModel Prune(double threshold, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        if (!(threshold >= 0 && double.IsFinite(threshold)))
        {
            throw new ArgumentOutOfRangeException(nameof(threshold), FormattableString.Invariant($"The threshold must be a number of at least 0; found {threshold}."));
        }

        return Of(Vocabulary, EntropyPruning.Prune(ToTable(), threshold, share => progress?.Invoke(share), cancellation));
    }

    /// <summary>The same model over a vocabulary that has all its tokens, with other ids perhaps; tokens that it has not are impossible for it.</summary>
    /// <param name="vocabulary">The vocabulary, such as <see cref="Vocabulary.Union"/> of its own with another.</param>
    /// <param name="progress">Called now and then with the share of the work done, in [0, 1].</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="UnfoldException">It lacks a token of the model, cuts a text otherwise, or has more than 2,097,152 tokens.</exception>
    public NGramModel Over(Vocabulary vocabulary, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return ReferenceEquals(vocabulary, Vocabulary) ? this : NGramRenumbering.Of(this, vocabulary, share => progress?.Invoke(share), cancellation);
    }

    /// <summary>
    /// One model for two: it has the n-grams of both, each with p(w | h) = s p1(w | h) + (1 - s) p2(w | h), where each model backs off as it does, and backoff weights with
    /// which every context sums to 1 (Stolcke, 2002). For what is no n-gram of either the result is near that sum; a <see cref="MixtureModel"/> is exact everywhere, and after a word that one model lacks
    /// it goes on in that model as after an unknown one, where here that model's part of the context is lost.
    /// </summary>
    /// <param name="other">The second model, of any order. Tokens that only one model knows are impossible for the other, and the result knows all.</param>
    /// <param name="share">s, the share of this model: in (0, 1).</param>
    /// <param name="progress">Called now and then with the share of the work done, in [0, 1].</param>
    /// <param name="cancellation">Stops the mixing.</param>
    /// <exception cref="UnfoldException">The models cut a text otherwise, or have more than 2,097,152 tokens together.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The share is not in (0, 1).</exception>
    public NGramModel Mix(NGramModel other, double share, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!(share > 0 && share < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), FormattableString.Invariant($"The share of the first model must be above 0 and below 1; found {share}."));
        }

        Vocabulary all = Vocabulary.Union(other.Vocabulary);
        NGramTable first = Over(all, cancellation: cancellation).ToTable(), second = other.Over(all, cancellation: cancellation).ToTable();
        return Of(all, NGramMixing.Mix(first, second, share, done => progress?.Invoke(done), cancellation));
    }

    /// <summary>log10 p(w_n | w_1 .. w_(n-1)) of the n-grams of a level.</summary>
    internal ReadOnlySpan<float> LogProbabilities(int level) => _logProbabilities[level - 1].Span;

    /// <summary>log10 b of the n-grams of a level, from 1 to N - 1.</summary>
    internal ReadOnlySpan<float> Backoffs(int level) => _backoffs[level - 1].Span;

    /// <summary>Whether a token stands in a file: all but an unknown word without probability, which tells a word &lt;UNK&gt; that it is none.</summary>
    internal bool IsListed(int token) =>
        token != Vocabulary.UnknownId || LogProbabilities(1)[token] > Impossible || (Order > 1 && Trie.Children(1, token) is var (start, end) && end > start) || Vocabulary.IdOf(CapitalUnknown) != Vocabulary.UnknownId;

    /// <summary>The model of a table.</summary>
    internal static NGramModel Of(Vocabulary vocabulary, NGramTable table)
    {
        NGramTrie trie = table.Trie;
        return new NGramModel(
            vocabulary,
            trie,
            [.. Enumerable.Range(1, trie.Order).Select(level => Logarithms(table.Probabilities(level), most: 1))],
            [.. Enumerable.Range(1, trie.Order - 1).Select(level => Logarithms(table.Backoffs(level), most: double.PositiveInfinity))]);
    }

    private NGramTable ToTable()
    {
        var table = new NGramTable(Trie, Array.ConvertAll(_logProbabilities, Numbers), Array.ConvertAll(_backoffs, Numbers));

        // The last numbers may be read from a mapped file, which nothing else holds.
        GC.KeepAlive(this);
        return table;
    }

    private static double[] Numbers(ReadOnlyMemory<float> logarithms)
    {
        double[] numbers = new double[logarithms.Length];
        ReadOnlySpan<float> values = logarithms.Span;
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = values[i] > Impossible ? Math.Pow(10, values[i]) : 0;
        }

        return numbers;
    }

    /// <param name="values">Probabilities or backoff weights.</param>
    /// <param name="most">What none is above but by rounding.</param>
    private static ReadOnlyMemory<float> Logarithms(double[] values, double most) =>
        Array.ConvertAll(values, value => value > 0 ? (float)Math.Max(Math.Log10(Math.Min(value, most)), Impossible) + 0f : Impossible);
}
