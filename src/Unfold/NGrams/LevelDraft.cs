namespace Unfold.NGrams;

/// <summary>
/// One order as its counts give it: the n-grams that stay, the share u = max(c - D, 0) / total that each has of its own, and for each
/// context the weight gamma of the lower order.
/// </summary>
internal sealed class LevelDraft
{
    private readonly List<int> _words = [];
    private readonly List<double> _own = [];
    private readonly List<int> _firstChild = [];
    private readonly List<double> _weights = [];
    private readonly List<bool> _cut = [];
    private readonly List<NGramKey> _contexts = [];
    private readonly List<int> _contextStarts = [];
    private readonly List<double> _contextWeights = [];
    private readonly List<bool> _contextCut = [];

    /// <summary>Whether any n-gram stays.</summary>
    public bool IsEmpty => _words.Count == 0;

    /// <summary>gamma of the empty context, of the draft of order 1.</summary>
    public double RootWeight => _contextWeights[0];

    /// <summary>Hands over the last token of each n-gram.</summary>
    public int[] TakeWords() => Take(_words);

    /// <summary>Hands over u of each n-gram.</summary>
    public double[] TakeOwn() => Take(_own);

    /// <summary>Hands over where the n-grams of the next order that go on from each begin, and where the last ones end.</summary>
    public int[] TakeFirstChild() => Take(_firstChild);

    /// <summary>Hands over gamma of each n-gram as a context of the next order; 1 where nothing goes on from it.</summary>
    public double[] TakeWeights() => Take(_weights);

    /// <summary>Hands over whether n-grams of the next order that go on from each were left out.</summary>
    public bool[] TakeCut() => Take(_cut);

    /// <summary>Goes once over the n-grams of an order.</summary>
    /// <param name="order">Their length n.</param>
    /// <param name="sorted">All of them with their counts, ascending.</param>
    /// <param name="next">The draft of order n + 1, or null where this is the highest: what it goes on from stays.</param>
    /// <param name="discount">What is taken from the counts.</param>
    /// <param name="minimumCount">Rarer ones are left out.</param>
    public static LevelDraft Of(int order, IEnumerable<CountedNGram> sorted, LevelDraft? next, Discount discount, long minimumCount)
    {
        var draft = new LevelDraft();
        var group = new List<CountedNGram>();
        int matched = 0;
        foreach (CountedNGram entry in sorted)
        {
            if (group.Count > 0 && group[0].Key.Prefix(order - 1) != entry.Key.Prefix(order - 1))
            {
                draft.Take(order, group, next, ref matched, discount, minimumCount);
                group.Clear();
            }

            group.Add(entry);
        }

        draft.Take(order, group, next, ref matched, discount, minimumCount);
        if (next is not null)
        {
            draft._firstChild.Add(next._words.Count);
            next.ForgetContexts();
        }

        return draft;
    }

    private void Take(int order, List<CountedNGram> group, LevelDraft? next, ref int matched, Discount discount, long minimumCount)
    {
        double total = discount.Added, left = discount.Added;
        foreach (CountedNGram entry in group)
        {
            total += entry.Count;
            left += Math.Min(discount.Of(entry.Count), entry.Count);
        }

        int before = _words.Count;
        foreach (CountedNGram entry in group)
        {
            bool goesOn = next is not null && matched < next._contexts.Count && next._contexts[matched] == entry.Key;
            if (entry.Count < minimumCount && !goesOn)
            {
                continue;
            }

            _words.Add(entry.Key[order - 1]);
            _own.Add(Math.Max(entry.Count - discount.Of(entry.Count), 0) / total);
            if (next is not null)
            {
                _firstChild.Add(matched < next._contexts.Count ? next._contextStarts[matched] : next._words.Count);
                _weights.Add(goesOn ? next._contextWeights[matched] : 1);
                _cut.Add(goesOn && next._contextCut[matched]);
                matched += goesOn ? 1 : 0;
            }
        }

        if (_words.Count > before)
        {
            _contexts.Add(group[0].Key.Prefix(order - 1));
            _contextStarts.Add(before);
            _contextWeights.Add(left / total);
            _contextCut.Add(_words.Count - before < group.Count);
        }
    }

    /// <summary>What is known of the contexts stands with the n-grams of the order below once that is drafted.</summary>
    private void ForgetContexts()
    {
        Free(_contexts);
        Free(_contextStarts);
        Free(_contextWeights);
        Free(_contextCut);
    }

    /// <summary>A list as an array; the list lets go of its memory, as there may be very many n-grams.</summary>
    private static T[] Take<T>(List<T> list)
    {
        T[] all = [.. list];
        Free(list);
        return all;
    }

    private static void Free<T>(List<T> list)
    {
        list.Clear();
        list.Capacity = 0;
    }
}
