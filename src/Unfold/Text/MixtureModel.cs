using Unfold.Numerics;

namespace Unfold.Text;

/// <summary>Two models that speak in turn, by chance: p(token | before) = lambda p1(token | before) + (1 - lambda) p2(token | before).</summary>
/// <remarks>
/// A token that one of the models does not know has the probability 0 there, and that model reads it as unknown where a text has it: the mixture is a
/// distribution over the tokens of both.
/// </remarks>
public sealed class MixtureModel : NextTokenModel
{
    private readonly NextTokenModel _first;
    private readonly NextTokenModel _second;

    /// <summary>Mixes two models, whose tokens and ids may differ.</summary>
    /// <param name="first">The model whose ids and way of cutting a text the mixture has.</param>
    /// <param name="second">The other model.</param>
    /// <param name="weight">lambda, the share of the first: in (0, 1).</param>
    /// <exception cref="UnfoldException">The models know different tokens and cut a text in different ways, or one has sentences and the other running text.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not in (0, 1).</exception>
    public MixtureModel(NextTokenModel first, NextTokenModel second, double weight)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (!(weight > 0 && weight < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(weight), FormattableString.Invariant($"The weight of the first model must be above 0 and below 1; found {weight}."));
        }

        First = first;
        Second = second;
        Weight = weight;
        Vocabulary = Both(first.Vocabulary, second.Vocabulary);
        (_first, _second) = (RenumberedModel.Of(first, Vocabulary), RenumberedModel.Of(second, Vocabulary));
    }

    /// <summary>The first model.</summary>
    public NextTokenModel First { get; }

    /// <summary>The second model.</summary>
    public NextTokenModel Second { get; }

    /// <summary>lambda, the share of the first model.</summary>
    public double Weight { get; }

    /// <summary>That of the first model, and behind its tokens those that only the second knows.</summary>
    public override Vocabulary Vocabulary { get; }

    /// <summary>How many tokens only the first model knows.</summary>
    public int OnlyFirst => Vocabulary.Count - Second.Vocabulary.Count;

    /// <summary>How many tokens only the second model knows.</summary>
    public int OnlySecond => Vocabulary.Count - First.Vocabulary.Count;

    /// <inheritdoc/>
    public override MixtureSession Start() => new(this, _first.Start(), _second.Start());

    /// <inheritdoc/>
    public override MixtureSession StartLine() => new(this, _first.StartLine(), _second.StartLine());

    /// <inheritdoc/>
    public override MixtureSession StartPrompt() => new(this, _first.StartPrompt(), _second.StartPrompt());

    /// <inheritdoc/>
    public override double[] LogProbabilities(TokenTree tree, Workers workers, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        double[] first = _first.LogProbabilities(tree, workers, share => progress?.Invoke(share / 2), cancellation);
        double[] second = _second.LogProbabilities(tree, workers, share => progress?.Invoke((1 + share) / 2), cancellation);
        return [.. first.Zip(second, (one, other) => MixtureSession.Mixed(Weight, one, other))];
    }

    /// <summary>The same mixture with another weight.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not in (0, 1).</exception>
    public MixtureModel WithWeight(double weight) => new(First, Second, weight);

    private static Vocabulary Both(Vocabulary first, Vocabulary second)
    {
        if (first.Mode != second.Mode)
        {
            throw new UnfoldException($"The first model reads {first.Mode.Noun} and the second {second.Mode.Noun}, but models that are mixed must read the same: train one of them anew.");
        }

        // Models that know the same tokens are mixed however each of them was made to cut a text: a file of n-grams from elsewhere need not tell.
        HashSet<string> known = [.. Enumerable.Range(Vocabulary.SpecialCount, first.SymbolCount).Select(id => first[id])];
        bool same = first.Count == second.Count && Enumerable.Range(Vocabulary.SpecialCount, second.SymbolCount).All(id => known.Contains(second[id]));
        return same ? first
            : first.Tokenization.DifferenceFrom(second.Tokenization) is string difference
            ? throw new UnfoldException($"The models know different tokens, and such are mixed where they cut a text alike, but {difference}: train one of them anew, as the other; of n-grams from another program an ARPA file can say how they are cut.")
            : first.Union(second);
    }
}
