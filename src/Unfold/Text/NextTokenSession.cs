namespace Unfold.Text;

/// <summary>A text in progress: what comes next, given the tokens fed so far.</summary>
/// <remarks>A session belongs to one thread. <see cref="Fork"/> goes on from the same text in two directions.</remarks>
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
}
