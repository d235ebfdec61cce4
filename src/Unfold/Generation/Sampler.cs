using Unfold.Numerics;

namespace Unfold.Generation;

/// <summary>
/// Chooses tokens from logits by <see cref="SamplingOptions"/>. The same options, generator state and logits give
/// the same token. Typical sampling alone allocates after the construction; not thread-safe.
/// </summary>
public sealed class Sampler
{
    private readonly SamplingOptions _options;
    private readonly SeededRandom _random;
    private readonly int _vocabulary;
    private readonly int[] _allowed;
    private readonly double[] _weights;
    private readonly ulong[] _keys;

    /// <summary>Creates a sampler.</summary>
    /// <param name="options">How to choose.</param>
    /// <param name="vocabulary">V, the number of logits in every call.</param>
    /// <param name="random">The source of chance; one number is drawn per token, none when greedy.</param>
    /// <param name="excluded">Tokens that are never chosen, such as the unknown token, in any order.</param>
    /// <exception cref="ArgumentException">The vocabulary is empty, an excluded token lies outside of it, or none is left.</exception>
    public Sampler(SamplingOptions options, int vocabulary, SeededRandom random, params ReadOnlySpan<int> excluded)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabulary);
        _options = options;
        _random = random;
        _vocabulary = vocabulary;
        _allowed = Allowed(vocabulary, excluded);
        _weights = new double[_allowed.Length];
        _keys = new ulong[_allowed.Length];
    }

    /// <summary>Whether a token is left to choose: not where the logits of all that are not excluded are negative infinity.</summary>
    internal bool CanChoose(ReadOnlySpan<float> logits)
    {
        foreach (int token in _allowed)
        {
            if (!float.IsNegativeInfinity(logits[token]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">V unnormalised log-probabilities; negative infinity rules a token out.</param>
    /// <exception cref="ArgumentException">The number of logits is not V.</exception>
    /// <exception cref="UnfoldException">A logit is NaN or positive infinity, or every token is ruled out.</exception>
    public int Choose(ReadOnlySpan<float> logits)
    {
        if (logits.Length != _vocabulary)
        {
            throw new ArgumentException($"The sampler was made for {_vocabulary} logits; found {logits.Length}.", nameof(logits));
        }

        int best = NextToken.Best(logits, _allowed);
        if (_options.Temperature == 0)
        {
            return best;
        }

        return _options.IsWhole
            ? DrawFromAll(logits, logits[best])
            : DrawFromLikeliest(logits, logits[best]);
    }

    private int DrawFromAll(ReadOnlySpan<float> logits, float highest)
    {
        double sum = 0;
        for (int i = 0; i < _allowed.Length; i++)
        {
            sum += _weights[i] = Weight(logits[_allowed[i]], highest);
        }

        return _allowed[Draw(_weights, sum)];
    }

    private int DrawFromLikeliest(ReadOnlySpan<float> logits, float highest)
    {
        double sum = 0;
        for (int i = 0; i < _allowed.Length; i++)
        {
            float logit = logits[_allowed[i]];
            _keys[i] = LogitOrder.Key(logit, _allowed[i]);
            sum += Weight(logit, highest);
        }

        LogitOrder.Build(_keys);
        int limit = Math.Min(_options.TopK ?? _allowed.Length, _allowed.Length);
        double share = _options.TopP ?? 1, least = _options.MinP ?? 0;
        if (limit < _allowed.Length)
        {
            // The share is one of the k likeliest tokens' own sum, which is known only when all k are taken.
            (limit, sum) = Take(logits, highest, limit, double.PositiveInfinity, 0);
            (limit, sum) = Cut(limit, share * sum, least);
        }
        else
        {
            // Summed in another order, the whole can come out a hair smaller than it did above.
            (limit, sum) = Take(logits, highest, limit, share < 1 ? share * sum : double.PositiveInfinity, least);
        }

        if (_options.Typical is double typical and < 1)
        {
            (limit, sum) = KeepTypical(limit, sum, typical);
        }

        return LogitOrder.Token(_keys[^(1 + Draw(_weights.AsSpan(0, limit), sum))]);
    }

    /// <summary>Takes tokens off the heap until there are <paramref name="limit"/>, their weights reach <paramref name="enough"/>, or the next is below <paramref name="least"/> of the first, which weighs 1.</summary>
    private (int Count, double Sum) Take(ReadOnlySpan<float> logits, float highest, int limit, double enough, double least)
    {
        int count = 0;
        double sum = 0;
        while (count < limit && sum < enough)
        {
            ulong key = LogitOrder.Take(_keys.AsSpan(0, _keys.Length - count));
            double weight = Weight(logits[LogitOrder.Token(key)], highest);
            if (weight < least)
            {
                break;
            }

            sum += _weights[count++] = weight;
        }

        return (count, sum);
    }

    private (int Count, double Sum) Cut(int limit, double enough, double least)
    {
        int count = 0;
        double sum = 0;
        while (count < limit && sum < enough && _weights[count] >= least)
        {
            sum += _weights[count++];
        }

        return (count, sum);
    }

    /// <summary>Of the first tokens in falling order, brings the fewest most typical that hold the share to the front; among equals the likelier first.</summary>
    private (int Count, double Sum) KeepTypical(int limit, double sum, double share)
    {
        double entropy = 0;
        for (int i = 0; i < limit; i++)
        {
            double p = _weights[i] / sum;
            entropy -= p > 0 ? p * Math.Log(p) : 0;
        }

        var order = new (double Distance, int Place, double Weight, ulong Key)[limit];
        for (int i = 0; i < limit; i++)
        {
            order[i] = (Math.Abs(Math.Log(_weights[i] / sum) + entropy), i, _weights[i], _keys[^(1 + i)]);
        }

        Array.Sort(order);
        int count = 0;
        double kept = 0;
        while (count < limit && kept < share * sum)
        {
            (_, _, _weights[count], _keys[^(1 + count)]) = order[count];
            kept += _weights[count++];
        }

        return (count, kept);
    }

    private double Weight(float logit, float highest) => Math.Exp(((double)logit - highest) / _options.Temperature);

    private int Draw(ReadOnlySpan<double> weights, double sum)
    {
        double target = _random.NextDouble() * sum;
        double reached = 0;
        int last = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] == 0)
            {
                continue;
            }

            reached += weights[i];
            if (target < reached)
            {
                return i;
            }

            last = i;
        }

        // Rounding can leave the target a hair above the last sum.
        return last;
    }

    private static int[] Allowed(int vocabulary, ReadOnlySpan<int> excluded)
    {
        bool[] isExcluded = new bool[vocabulary];
        foreach (int token in excluded)
        {
            if ((uint)token >= (uint)vocabulary)
            {
                throw new ArgumentException($"The excluded token {token} is not one of the {vocabulary} tokens, which count from 0.", nameof(excluded));
            }

            isExcluded[token] = true;
        }

        int[] allowed = [.. Enumerable.Range(0, vocabulary).Where(token => !isExcluded[token])];
        return allowed.Length > 0 ? allowed : throw new ArgumentException($"All {vocabulary} tokens are excluded; at least one must be left to choose.", nameof(excluded));
    }
}
