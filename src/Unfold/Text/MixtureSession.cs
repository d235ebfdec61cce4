namespace Unfold.Text;

/// <summary>A text in progress, of which both models of a mixture have seen the same tokens, under the ids of the mixture.</summary>
public sealed class MixtureSession : DistributionSession
{
    private readonly MixtureModel _model;
    private readonly NextTokenSession _first;
    private readonly NextTokenSession _second;

    internal MixtureSession(MixtureModel model, NextTokenSession first, NextTokenSession second)
        : base(model.Vocabulary.Count)
    {
        _model = model;
        _first = first;
        _second = second;
    }

    private protected override double LogProbabilityOf(int token)
    {
        (double first, double second) = LogProbabilities(token);
        return Mixed(_model.Weight, first, second);
    }

    private protected override void Take(int token)
    {
        _first.Feed(token);
        _second.Feed(token);
    }

    /// <inheritdoc/>
    public override MixtureSession Fork() => new(_model, _first.Fork(), _second.Fork());

    /// <summary>ln p1 and ln p2 of a token.</summary>
    internal (double First, double Second) LogProbabilities(int token) => (_first.LogProbability(token), _second.LogProbability(token));

    /// <summary>ln(lambda e^first + (1 - lambda) e^second).</summary>
    internal static double Mixed(double weight, double first, double second)
    {
        double highest = Math.Max(first, second);
        return double.IsNegativeInfinity(highest)
            ? highest
            : Math.Min(0, highest + Math.Log((weight * Math.Exp(first - highest)) + ((1 - weight) * Math.Exp(second - highest))));
    }

    private protected override void Fill(Span<float> logits)
    {
        ReadOnlySpan<float> first = _first.Logits, second = _second.Logits;
        double ofFirst = Sum(first), ofSecond = Sum(second);
        for (int token = 0; token < logits.Length; token++)
        {
            logits[token] = (float)Mixed(_model.Weight, first[token] - ofFirst, second[token] - ofSecond);
        }

        // A model that holds all tokens for impossible keeps them so.
        static double Sum(ReadOnlySpan<float> logits) => LogSumExp(logits) is var sum && double.IsNegativeInfinity(sum) ? 0 : sum;
    }
}
