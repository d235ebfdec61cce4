namespace Unfold.Models;

/// <summary>
/// The order in which all steps of a batch stand, one row each and padding left out: the sequences from the longest to the shortest,
/// step by step, so the sequences that have a step are the first of those that have the one before.
/// </summary>
internal sealed class JordanRows
{
    private readonly int[] _first;

    public JordanRows(IReadOnlyList<int> lengths)
    {
        Order = [.. Enumerable.Range(0, lengths.Count).OrderByDescending(sequence => lengths[sequence])];
        Time = lengths[Order[0]];
        _first = new int[Time + 1];
        for (int t = 0; t < Time; t++)
        {
            _first[t + 1] = _first[t] + lengths.Count(length => length > t);
        }
    }

    /// <summary>For each place its sequence.</summary>
    public IReadOnlyList<int> Order { get; }

    /// <summary>T, the longest length.</summary>
    public int Time { get; }

    /// <summary>The number of rows.</summary>
    public int Count => _first[Time];

    /// <summary>The first row of a step, counted from 0.</summary>
    public int First(int step) => _first[step];

    /// <summary>The number of sequences that have a step: they have the first places.</summary>
    public int Active(int step) => _first[step + 1] - _first[step];

    /// <summary>The row of the same sequence at the step before; negative at the first step.</summary>
    public int Previous(int step, int place) => step == 0 ? -1 : _first[step - 1] + place;

    /// <summary>One value for each row, from its place and its step.</summary>
    public T[] Select<T>(Func<int, int, T> value)
    {
        var values = new T[Count];
        for (int t = 0; t < Time; t++)
        {
            for (int place = 0; place < Active(t); place++)
            {
                values[_first[t] + place] = value(place, t);
            }
        }

        return values;
    }
}
