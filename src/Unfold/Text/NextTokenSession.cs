using System.Numerics.Tensors;

namespace Unfold.Text;

/// <summary>A text in progress: what comes next, given the tokens fed so far.</summary>
/// <remarks>A session belongs to one thread at a time. <see cref="Fork"/> goes on from the same text in two directions.</remarks>
public abstract class NextTokenSession
{
    /// <summary>
    /// For each of the V tokens its log-probability to come next plus a constant: softmax(Logits) is the distribution. Valid until
    /// the next call of <see cref="Feed"/>.
    /// </summary>
    public abstract ReadOnlySpan<float> Logits { get; }

    /// <summary>ln p(token | the tokens fed so far), at most 0, and negative infinity where the model thinks it impossible.</summary>
    /// <param name="token">In [0, V).</param>
    /// <exception cref="ArgumentException">The token is not in the vocabulary.</exception>
    public abstract double LogProbability(int token);

    /// <summary>Adds one token to the text.</summary>
    /// <exception cref="ArgumentException">The token is not in the vocabulary.</exception>
    public abstract void Feed(int token);

    /// <summary>A second session that stands at the same place of the same text.</summary>
    public abstract NextTokenSession Fork();

    /// <summary>Throws unless a token is in a vocabulary of so many.</summary>
    private protected static void RequireToken(int token, int tokens)
    {
        if ((uint)token >= (uint)tokens)
        {
            throw new ArgumentException($"A token must be from 0 to {tokens - 1}; found {token}.", nameof(token));
        }
    }

    /// <summary>ln of the sum of e^logit; in double precision, in which the rarest token keeps a probability.</summary>
    internal static double LogSumExp(ReadOnlySpan<float> logits)
    {
        // The largest is taken off, so that no power overflows.
        double highest = TensorPrimitives.Max(logits), sum = 0;
        if (double.IsNegativeInfinity(highest))
        {
            return highest;
        }

        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - highest);
        }

        return highest + Math.Log(sum);
    }
}
