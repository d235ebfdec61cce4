namespace Unfold.Text;

/// <summary>A session that computes the whole distribution only where it is asked for: it knows single probabilities without it.</summary>
public abstract class DistributionSession : NextTokenSession
{
    private readonly int _tokens;
    private float[]? _logits;
    private bool _stands;

    /// <summary>Creates a session over a vocabulary of so many tokens.</summary>
    private protected DistributionSession(int tokens) => _tokens = tokens;

    /// <summary>ln p of each token to come next: they are log-probabilities, the constant is 0.</summary>
    public sealed override ReadOnlySpan<float> Logits
    {
        get
        {
            _logits ??= new float[_tokens];
            if (!_stands)
            {
                Fill(_logits);
                _stands = true;

                // What is read of a mapped file does not hold the file, which the session does.
                GC.KeepAlive(this);
            }

            return _logits;
        }
    }

    /// <inheritdoc/>
    public sealed override double LogProbability(int token)
    {
        RequireToken(token, _tokens);
        double found = LogProbabilityOf(token);
        GC.KeepAlive(this);
        return found;
    }

    /// <inheritdoc/>
    public sealed override void Feed(int token)
    {
        RequireToken(token, _tokens);
        _stands = false;
        Take(token);
        GC.KeepAlive(this);
    }

    /// <summary>ln p of a token of the vocabulary.</summary>
    private protected abstract double LogProbabilityOf(int token);

    /// <summary>Adds a token of the vocabulary to the text.</summary>
    private protected abstract void Take(int token);

    /// <summary>Writes ln p of all tokens.</summary>
    private protected abstract void Fill(Span<float> logits);
}
