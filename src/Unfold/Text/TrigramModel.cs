namespace Unfold.Text;

/// <summary>
/// An interpolated trigram model of counts, the baseline that sees two tokens back (Jelinek and Mercer, 1980):
/// P3(w | u v) = a c(u v w) / c(u v) + (1 - a) P2(w | v), and so on down to the uniform distribution.
/// </summary>
/// <remarks>The weights a depend on how often the context was seen, in powers of two, and are fitted by maximum
/// likelihood on the last tenth of the training tokens, which then join the counts.</remarks>
public sealed class TrigramModel
{
    private const int Orders = 3;
    private const int Buckets = 40;
    private const int TokenBits = 21;
    private const int BlockTokens = 4096;
    private const int Halvings = 30;

    private readonly int _vocabularySize;
    private readonly Dictionary<ulong, long>[] _counts = [[], [], []];
    private readonly Dictionary<ulong, long>[] _contexts = [[], [], []];
    private readonly double[,] _weights = new double[Orders, Buckets];

    private TrigramModel(int vocabularySize) => _vocabularySize = vocabularySize;

    /// <summary>Counts and fits the model.</summary>
    /// <param name="train">At least 30 tokens; memory grows with the number of different trigrams.</param>
    /// <param name="vocabularySize">At most 2,097,152.</param>
    /// <exception cref="UnfoldException">The text is shorter than that.</exception>
    public static TrigramModel Train(TokenStore train, int vocabularySize)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vocabularySize, 1 << TokenBits);
        if (train.Count < 30)
        {
            throw new UnfoldException($"The training part has {train.Count} tokens, but a trigram model wants at least 30.");
        }

        TrigramModel model = new(vocabularySize);
        TokenStore heldOut = train.Slice(train.Count - (train.Count / 10), train.Count / 10);
        ForEachTrigram(train.Slice(0, train.Count - heldOut.Count), model.Count);
        for (int order = 0; order < Orders; order++)
        {
            model.FitWeights(order, heldOut);
        }

        ForEachTrigram(heldOut, model.Count);
        return model;
    }

    /// <summary>The probability of <paramref name="token"/> after <paramref name="second"/> and <paramref name="first"/>, the one just before it; above zero, and 1 when summed over the vocabulary.</summary>
    public double Probability(int second, int first, int token) => Interpolate(Orders, second, first, token);

    /// <summary>The mean of -ln P over a store, in nats per token; its first two tokens are context only.</summary>
    /// <exception cref="UnfoldException">The store has fewer than three tokens.</exception>
    public double NatsPerToken(TokenStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (store.Count < 3)
        {
            throw new UnfoldException($"The text to score has {store.Count} tokens, but a trigram model wants at least 3.");
        }

        double nats = 0;
        ForEachTrigram(store, (u, v, w) => nats -= Math.Log(Probability(u, v, w)));
        return nats / (store.Count - 2);
    }

    private static void ForEachTrigram(TokenStore store, Action<int, int, int> visit)
    {
        int[] block = new int[BlockTokens];
        for (long start = 0; start + 2 < store.Count; start += BlockTokens - 2)
        {
            int length = (int)Math.Min(BlockTokens, store.Count - start);
            store.Read(start, block.AsSpan(0, length));
            for (int i = 2; i < length; i++)
            {
                visit(block[i - 2], block[i - 1], block[i]);
            }
        }
    }

    private void Count(int second, int first, int token)
    {
        for (int order = 0; order < Orders; order++)
        {
            ulong context = Context(order, second, first);
            _contexts[order][context] = _contexts[order].GetValueOrDefault(context) + 1;
            ulong whole = (context << TokenBits) | (uint)token;
            _counts[order][whole] = _counts[order].GetValueOrDefault(whole) + 1;
        }
    }

    /// <summary>Order 0 has no context, order 1 the token before, order 2 two tokens.</summary>
    private static ulong Context(int order, int second, int first) => order switch
    {
        0 => 0,
        1 => (uint)first,
        _ => ((ulong)(uint)second << TokenBits) | (uint)first,
    };

    /// <summary>The probability by the first so many orders.</summary>
    private double Interpolate(int orders, int second, int first, int token)
    {
        double probability = 1.0 / _vocabularySize;
        for (int order = 0; order < orders; order++)
        {
            (double relative, int bucket) = Relative(order, second, first, token);
            if (bucket >= 0)
            {
                double weight = _weights[order, bucket];
                probability = (weight * relative) + ((1 - weight) * probability);
            }
        }

        return probability;
    }

    /// <summary>The relative frequency and the bucket of the context's count; bucket -1 for a context never seen.</summary>
    private (double Relative, int Bucket) Relative(int order, int second, int first, int token)
    {
        ulong context = Context(order, second, first);
        if (!_contexts[order].TryGetValue(context, out long seen))
        {
            return (0, -1);
        }

        long count = _counts[order].GetValueOrDefault((context << TokenBits) | (uint)token);
        return ((double)count / seen, Math.Min(Buckets - 1, (int)long.Log2(seen)));
    }

    private void FitWeights(int order, TokenStore heldOut)
    {
        List<(double Relative, double Lower)>[] samples = [.. Enumerable.Range(0, Buckets).Select(_ => new List<(double, double)>())];
        ForEachTrigram(heldOut, (u, v, w) =>
        {
            (double relative, int bucket) = Relative(order, u, v, w);
            if (bucket >= 0)
            {
                samples[bucket].Add((relative, Interpolate(order, u, v, w)));
            }
        });
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            // A bucket without samples takes its lower neighbour's weight: the held-out tokens, once counted, lift some
            // contexts into it.
            _weights[order, bucket] = samples[bucket].Count == 0 && bucket > 0 ? _weights[order, bucket - 1] : BestWeight(samples[bucket]);
        }
    }

    /// <summary>
    /// The weight a that maximises the sum of ln(a r + (1 - a) l). Its slope falls as a grows, so halving the interval finds
    /// where the slope is zero. The terms 1/a and 1/(1 - a) are a faint prior that keeps the weight inside (0, 1), so that no
    /// probability is ever zero.
    /// </summary>
    private static double BestWeight(List<(double Relative, double Lower)> samples)
    {
        double low = 0, high = 1;
        for (int halving = 0; halving < Halvings; halving++)
        {
            double weight = (low + high) / 2;
            double slope = (1 / weight) - (1 / (1 - weight));
            foreach ((double relative, double lower) in samples)
            {
                slope += (relative - lower) / ((weight * relative) + ((1 - weight) * lower));
            }

            (low, high) = slope > 0 ? (weight, high) : (low, weight);
        }

        return (low + high) / 2;
    }
}
