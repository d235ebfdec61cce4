using Unfold.Text;

namespace Unfold.Generation;

/// <summary>What a model's logits say about the next token.</summary>
public static class NextToken
{
    /// <summary>Whether any token can come next: a model of counts that was read from a file may know no continuation of a text.</summary>
    internal static bool Exists(ReadOnlySpan<float> logits) => logits.ContainsAnyExcept(float.NegativeInfinity);

    /// <summary>p_i = exp(logit_i / temperature) / sum_j exp(logit_j / temperature), computed in double precision.</summary>
    /// <param name="logits">V unnormalised log-probabilities; negative infinity gives probability 0.</param>
    /// <param name="temperature">Finite and above 0; 1 for the model's own distribution.</param>
    /// <param name="probabilities">Receives V probabilities that sum to 1.</param>
    /// <exception cref="ArgumentException">The lengths differ or the temperature is out of range.</exception>
    /// <exception cref="UnfoldException">A logit is NaN or positive infinity, or all are negative infinity.</exception>
    public static void Probabilities(ReadOnlySpan<float> logits, double temperature, Span<double> probabilities)
    {
        if (!(temperature > 0 && double.IsFinite(temperature)))
        {
            throw new ArgumentOutOfRangeException(nameof(temperature), FormattableString.Invariant($"The temperature must be finite and above 0; found {temperature}."));
        }

        if (logits.Length != probabilities.Length)
        {
            throw new ArgumentException($"There are {logits.Length} logits and room for {probabilities.Length} probabilities; they must be equal.", nameof(probabilities));
        }

        double highest = logits[Best(logits, [])];
        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            sum += probabilities[i] = Math.Exp((logits[i] - highest) / temperature);
        }

        for (int i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] /= sum;
        }
    }

    /// <summary>ln p_i = logit_i - ln sum_j exp(logit_j), in double precision; negative infinity for a logit of negative infinity.</summary>
    /// <param name="logits">V unnormalised log-probabilities.</param>
    /// <param name="logProbabilities">Receives V values.</param>
    /// <exception cref="UnfoldException">A logit is NaN or positive infinity, or all are negative infinity.</exception>
    internal static void LogProbabilities(ReadOnlySpan<float> logits, Span<double> logProbabilities)
    {
        // Throws where the logits are no distribution.
        Best(logits, []);
        double total = NextTokenSession.LogSumExp(logits);
        for (int i = 0; i < logits.Length; i++)
        {
            logProbabilities[i] = logits[i] - total;
        }
    }

    /// <summary>The likeliest next tokens with the model's probabilities (temperature 1), likeliest first; of equals the lower number first.</summary>
    /// <param name="logits">V unnormalised log-probabilities.</param>
    /// <param name="count">How many are wanted, at least 1; fewer come back when the vocabulary has fewer.</param>
    /// <param name="excluded">Tokens to leave out of the list. The others keep the probabilities that the model gives them.</param>
    /// <exception cref="UnfoldException">A logit is NaN or positive infinity, or all are negative infinity.</exception>
    public static IReadOnlyList<(int Token, double Probability)> Likeliest(ReadOnlySpan<float> logits, int count, params ReadOnlySpan<int> excluded)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        double[] probabilities = new double[logits.Length];
        Probabilities(logits, 1, probabilities);
        ulong[] keys = new ulong[logits.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = LogitOrder.Key(logits[i], i);
        }

        LogitOrder.Build(keys);
        var likeliest = new List<(int Token, double Probability)>(Math.Min(count, keys.Length));
        for (int left = keys.Length; left > 0 && likeliest.Count < count; left--)
        {
            int token = LogitOrder.Token(LogitOrder.Take(keys.AsSpan(0, left)));
            if (!excluded.Contains(token))
            {
                likeliest.Add((token, probabilities[token]));
            }
        }

        return likeliest;
    }

    /// <summary>The token with the highest logit, the lowest number among equals; among all tokens when none are named.</summary>
    internal static int Best(ReadOnlySpan<float> logits, ReadOnlySpan<int> among)
    {
        int candidates = among.IsEmpty ? logits.Length : among.Length;
        int best = -1;
        float highest = float.NegativeInfinity;
        for (int i = 0; i < candidates; i++)
        {
            int token = among.IsEmpty ? i : among[i];
            float logit = logits[token];
            if (float.IsNaN(logit) || float.IsPositiveInfinity(logit))
            {
                throw new UnfoldException($"The model's logit for token {token} should be a number and is {(float.IsNaN(logit) ? "NaN" : "infinity")}: its weights are damaged or its training diverged.");
            }

            if (logit > highest)
            {
                (best, highest) = (token, logit);
            }
        }

        return best >= 0 ? best : throw new UnfoldException($"None of the {candidates} tokens can come next: the model's logits are all negative infinity.");
    }
}
