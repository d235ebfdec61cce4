using Unfold.Text;

namespace Unfold.NGrams;

/// <summary>A text in progress: the last N - 1 tokens. After <see cref="Vocabulary.EndId"/> the next sentence begins.</summary>
public sealed class NGramSession : DistributionSession
{
    private static readonly double NatsPerDigit = Math.Log(10);

    private readonly NGramModel _model;
    private readonly NGramContext _context;

    internal NGramSession(NGramModel model)
        : base(model.Vocabulary.Count)
    {
        _model = model;
        _context = new NGramContext(model.Order - 1);
        _context.Push(model.Trie, Vocabulary.BeginId);
    }

    private protected override double LogProbabilityOf(int token)
    {
        double weight = 0;
        for (int level = _context.Longest; level > 0; level--)
        {
            if (_context[level] is >= 0 and int node)
            {
                int found = _model.Trie.Find(level, node, token);
                if (found >= 0)
                {
                    return Nats(weight, _model.LogProbabilities(level + 1)[found]);
                }

                weight += BackoffAt(level);
            }
        }

        return Nats(weight, _model.LogProbabilities(1)[token]);
    }

    private protected override void Take(int token)
    {
        if (token is Vocabulary.EndId or Vocabulary.BeginId)
        {
            _context.Clear();
            token = Vocabulary.BeginId;
        }

        _context.Push(_model.Trie, token);
    }

    /// <inheritdoc/>
    public override NGramSession Fork()
    {
        var fork = new NGramSession(_model);
        fork._context.CopyFrom(_context);
        return fork;
    }

    /// <summary>Writes the whole distribution: the lower orders first, each longer n-gram over what they say.</summary>
    private protected override void Fill(Span<float> logits)
    {
        // Of an n-gram as long as the place tells: the weights of all longer contexts, summed as for a single token.
        Span<double> weights = stackalloc double[_context.Longest + 1];
        weights[^1] = 0;
        for (int level = _context.Longest; level > 0; level--)
        {
            weights[level - 1] = weights[level] + BackoffAt(level);
        }

        ReadOnlySpan<float> first = _model.LogProbabilities(1);
        for (int token = 0; token < logits.Length; token++)
        {
            logits[token] = (float)Nats(weights[0], first[token]);
        }

        for (int level = 1; level <= _context.Longest; level++)
        {
            if (_context[level] is >= 0 and int node)
            {
                (int start, int end) = _model.Trie.Children(level, node);
                ReadOnlySpan<int> words = _model.Trie.Words(level + 1);
                ReadOnlySpan<float> own = _model.LogProbabilities(level + 1);
                for (int child = start; child < end; child++)
                {
                    logits[words[child]] = (float)Nats(weights[level], own[child]);
                }
            }
        }
    }

    /// <summary>log10 b of the context of a level; an impossible one leaves nothing to back off to.</summary>
    private double BackoffAt(int level)
    {
        float weight = _context[level] is >= 0 and int node ? _model.Backoffs(level)[node] : 0;
        return weight <= NGramModel.Impossible ? double.NegativeInfinity : weight;
    }

    /// <summary>Weights are rounded to single precision: a sum above 0 is that much of an error, and 0.</summary>
    private static double Nats(double weight, float logProbability) =>
        logProbability <= NGramModel.Impossible ? double.NegativeInfinity : Math.Min(0, (weight + logProbability) * NatsPerDigit);
}
