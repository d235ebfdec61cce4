using System.Numerics.Tensors;

namespace Unfold.Text;

/// <summary>A text in progress, of which both models of a mixture have seen the same tokens.</summary>
public sealed class MixtureSession : NextTokenSession
{
    private readonly MixtureModel _model;
    private readonly NextTokenSession _first;
    private readonly NextTokenSession _second;
    private float[]? _logits;
    private bool _logitsStand;

    internal MixtureSession(MixtureModel model, NextTokenSession first, NextTokenSession second)
    {
        _model = model;
        _first = first;
        _second = second;
    }

    /// <summary>ln p of each token to come next: they are log-probabilities, the constant is 0.</summary>
    public override ReadOnlySpan<float> Logits
    {
        get
        {
            _logits ??= new float[_model.Vocabulary.Count];
            if (!_logitsStand)
            {
                Fill(_logits);
                _logitsStand = true;
            }

            return _logits;
        }
    }

    /// <inheritdoc/>
    public override double LogProbability(int token)
    {
        RequireToken(token);
        (double first, double second) = LogProbabilities(token);
        return Mixed(_model.Weight, first, second);
    }

    /// <inheritdoc/>
    public override void Feed(int token)
    {
        RequireToken(token);
        _logitsStand = false;
        _first.Feed(token);
        _second.Feed(_model.IdsInSecond[token]);
    }

    /// <inheritdoc/>
    public override MixtureSession Fork() => new(_model, _first.Fork(), _second.Fork());

    /// <summary>ln p1 and ln p2 of a token.</summary>
    internal (double First, double Second) LogProbabilities(int token) => (_first.LogProbability(token), _second.LogProbability(_model.IdsInSecond[token]));

    /// <summary>ln(lambda e^first + (1 - lambda) e^second).</summary>
    internal static double Mixed(double weight, double first, double second)
    {
        double highest = Math.Max(first, second);
        return double.IsNegativeInfinity(highest)
            ? highest
            : Math.Min(0, highest + Math.Log((weight * Math.Exp(first - highest)) + ((1 - weight) * Math.Exp(second - highest))));
    }

    private void Fill(float[] logits)
    {
        ReadOnlySpan<float> first = _first.Logits, second = _second.Logits;
        double ofFirst = LogSumExp(first), ofSecond = LogSumExp(second);
        for (int token = 0; token < logits.Length; token++)
        {
            logits[token] = (float)Mixed(_model.Weight, first[token] - ofFirst, second[_model.IdsInSecond[token]] - ofSecond);
        }
    }

    /// <summary>ln of the sum of e^logit; in double precision, in which the rarest token keeps a probability.</summary>
    private static double LogSumExp(ReadOnlySpan<float> logits)
    {
        // The largest is taken off, so that no power overflows.
        double highest = TensorPrimitives.Max(logits), sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - highest);
        }

        return highest + Math.Log(sum);
    }

    private void RequireToken(int token)
    {
        if ((uint)token >= (uint)_model.Vocabulary.Count)
        {
            throw new ArgumentException($"A token must be from 0 to {_model.Vocabulary.Count - 1}; found {token}.", nameof(token));
        }
    }
}
