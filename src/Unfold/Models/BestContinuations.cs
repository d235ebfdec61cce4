namespace Unfold.Models;

/// <summary>The best of all continuations that a beam search is offered, as many as it has places.</summary>
/// <remarks>Of equals the one of the earlier parent, then of the lower symbol, is better: the order in which they are offered does not matter.</remarks>
internal sealed class BestContinuations(int places)
{
    private readonly PriorityQueue<(int Parent, int Symbol), (double Rank, int Parent, int Symbol)> _kept = new(Worst);

    /// <summary>The worse one first.</summary>
    private static Comparer<(double Rank, int Parent, int Symbol)> Worst { get; } = Comparer<(double Rank, int Parent, int Symbol)>.Create((left, right) =>
    {
        int order = left.Rank.CompareTo(right.Rank);
        order = order != 0 ? order : right.Parent.CompareTo(left.Parent);
        return order != 0 ? order : right.Symbol.CompareTo(left.Symbol);
    });

    /// <summary>Offers the continuation of a parent by a symbol.</summary>
    /// <returns>Whether it has a place for now; where it has none, no later symbol of the parent with this rank or a lower one will get one.</returns>
    public bool Offer(int parent, int symbol, double rank)
    {
        (double, int, int) priority = (rank, parent, symbol);
        if (_kept.Count < places)
        {
            _kept.Enqueue((parent, symbol), priority);
            return true;
        }

        if (!_kept.TryPeek(out _, out (double, int, int) worst) || Worst.Compare(priority, worst) <= 0)
        {
            return false;
        }

        _kept.DequeueEnqueue((parent, symbol), priority);
        return true;
    }

    /// <summary>Takes those that have a place, the best first.</summary>
    public IReadOnlyList<(int Parent, int Symbol, double Rank)> Take()
    {
        var best = new List<(int, int, double)>(_kept.Count);
        while (_kept.TryDequeue(out (int Parent, int Symbol) entry, out (double Rank, int, int) priority))
        {
            best.Add((entry.Parent, entry.Symbol, priority.Rank));
        }

        best.Reverse();
        return best;
    }
}
