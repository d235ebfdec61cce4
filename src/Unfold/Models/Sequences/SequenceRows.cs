namespace Unfold.Models;

/// <summary>The order in which the steps of a batch of unequal lengths stand when padding is left out: step by step, and within a step by sequence.</summary>
internal static class SequenceRows
{
    /// <summary>For each row its sequence and its step.</summary>
    public static List<(int Sequence, int Step)> Of(IReadOnlyList<Sequence> sequences)
    {
        var rows = new List<(int Sequence, int Step)>(sequences.Sum(sequence => sequence.Length));
        int time = sequences.Max(sequence => sequence.Length);
        for (int t = 0; t < time; t++)
        {
            for (int b = 0; b < sequences.Count; b++)
            {
                if (t < sequences[b].Length)
                {
                    rows.Add((b, t));
                }
            }
        }

        return rows;
    }

    /// <summary>One value for each row.</summary>
    public static T[] ToArray<T>(this List<(int Sequence, int Step)> rows, Func<(int Sequence, int Step), T> value)
    {
        var values = new T[rows.Count];
        for (int row = 0; row < values.Length; row++)
        {
            values[row] = value(rows[row]);
        }

        return values;
    }
}
