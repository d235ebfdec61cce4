namespace Unfold.Models;

/// <summary>The best of all continuations that a beam search is offered, as many as it has places.</summary>
/// <remarks>Of equals the one of the earlier parent, then of the lower symbol, is better: the order in which they are offered does not matter.</remarks>
internal sealed class BestContinuations(int places)
{
    private readonly PriorityQueue<double, (double Rank, int Parent, int Symbol)> _kept = new(Worst);

    /// <summary>The worse one first.</summary>
    private static Comparer<(double Rank, int Parent, int Symbol)> Worst { get; } = Comparer<(double Rank, int Parent, int Symbol)>.Create((left, right) =>
    {
        int order = left.Rank.CompareTo(right.Rank);
        order = order != 0 ? order : right.Parent.CompareTo(left.Parent);
        return order != 0 ? order : right.Symbol.CompareTo(left.Symbol);
    });

    /// <summary>Offers the continuation of a parent by a symbol, which is ranked by its score less a handicap.</summary>
    /// <returns>Whether it has a place for now; where it has none, no later symbol of the parent with this rank or a lower one will get one.</returns>
    public bool Offer(int parent, int symbol, double score, double handicap)
    {
        (double, int, int) priority = (score - handicap, parent, symbol);
        if (_kept.Count < places)
        {
            _kept.Enqueue(score, priority);
            return true;
        }

        if (!_kept.TryPeek(out _, out (double, int, int) worst) || Worst.Compare(priority, worst) <= 0)
        {
            return false;
        }

        _kept.DequeueEnqueue(score, priority);
        return true;
    }

    /// <summary>Takes those that have a place with their scores, the best first.</summary>
    public IReadOnlyList<(int Parent, int Symbol, double Score)> Take()
    {
        var best = new List<(int, int, double)>(_kept.Count);
        while (_kept.TryDequeue(out double score, out (double Rank, int Parent, int Symbol) entry))
        {
            best.Add((entry.Parent, entry.Symbol, score));
        }

        best.Reverse();
        return best;
    }
}
