using Unfold.Numerics;

namespace Unfold.Text;

/// <summary>Two models that speak in turn, by chance: p(token | before) = lambda p1(token | before) + (1 - lambda) p2(token | before).</summary>
public sealed class MixtureModel : NextTokenModel
{
    private const int ShownTokens = 3;

    /// <summary>Mixes two models of the same tokens, whose ids may differ.</summary>
    /// <param name="first">The model whose ids and way of cutting a text the mixture has.</param>
    /// <param name="second">The other model.</param>
    /// <param name="weight">lambda, the share of the first: in (0, 1).</param>
    /// <exception cref="UnfoldException">One model knows tokens that the other does not, or one has sentences and the other running text.</exception>
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
        IdsInSecond = Map(first.Vocabulary, second.Vocabulary);
    }

    /// <summary>The first model.</summary>
    public NextTokenModel First { get; }

    /// <summary>The second model.</summary>
    public NextTokenModel Second { get; }

    /// <summary>lambda, the share of the first model.</summary>
    public double Weight { get; }

    /// <summary>That of the first model.</summary>
    public override Vocabulary Vocabulary => First.Vocabulary;

    /// <summary>The id that each token of the first model has in the second.</summary>
    internal int[] IdsInSecond { get; }

    /// <inheritdoc/>
    public override MixtureSession Start() => new(this, First.Start(), Second.Start());

    /// <inheritdoc/>
    public override MixtureSession StartLine() => new(this, First.StartLine(), Second.StartLine());

    /// <inheritdoc/>
    public override MixtureSession StartPrompt() => new(this, First.StartPrompt(), Second.StartPrompt());

    /// <inheritdoc/>
    public override double[] LogProbabilities(TokenTree tree, Workers workers, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        double[] first = First.LogProbabilities(tree, workers, share => progress?.Invoke(share / 2), cancellation);
        double[] second = Second.LogProbabilities(tree.Map(IdsInSecond), workers, share => progress?.Invoke((1 + share) / 2), cancellation);
        return [.. first.Zip(second, (one, other) => MixtureSession.Mixed(Weight, one, other))];
    }

    /// <summary>The same mixture with another weight.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not in (0, 1).</exception>
    public MixtureModel WithWeight(double weight) => new(First, Second, weight);

    private static int[] Map(Vocabulary first, Vocabulary second)
    {
        if (first.Mode != second.Mode)
        {
            throw new UnfoldException($"The first model reads {first.Mode.Noun} and the second {second.Mode.Noun}, but models that are mixed must read the same: train one of them anew.");
        }

        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        for (int id = 0; id < second.Count; id++)
        {
            ids.Add(second[id], id);
        }

        string[] onlyFirst = [.. Enumerable.Range(0, first.Count).Select(id => first[id]).Where(token => !ids.ContainsKey(token))];
        if (onlyFirst.Length > 0 || first.Count != second.Count)
        {
            HashSet<string> known = [.. Enumerable.Range(0, first.Count).Select(id => first[id])];
            string[] onlySecond = [.. ids.Keys.Where(token => !known.Contains(token))];
            throw new UnfoldException(
                $"The models know different tokens, but models that are mixed must know the same: {onlyFirst.Length} only the first{Examples(onlyFirst)}, {onlySecond.Length} only the second{Examples(onlySecond)}. Train one of them with the vocabulary of the other.");
        }

        int[] map = new int[first.Count];
        for (int id = 0; id < map.Length; id++)
        {
            map[id] = ids[first[id]];
        }

        return map;
    }

    private static string Examples(string[] tokens) =>
        tokens.Length == 0 ? "" : $" ({string.Join(", ", tokens.Take(ShownTokens).Select(Vocabulary.Quoted))}{(tokens.Length > ShownTokens ? ", ..." : "")})";
}
