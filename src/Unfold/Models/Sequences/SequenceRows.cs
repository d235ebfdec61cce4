namespace Unfold.Models;

/// <summary>The order in which the steps of a batch of unequal lengths stand when padding is left out: step by step, and within a step by sequence.</summary>
internal static class SequenceRows
{
    /// <summary>For each row its sequence and its step.</summary>
    public static List<(int Sequence, int Step)> Of(IReadOnlyList<Sequence> sequences) => Of([.. sequences.Select(sequence => sequence.Length)]);

    /// <summary>For each row its sequence and its step.</summary>
    public static List<(int Sequence, int Step)> Of(int[] lengths)
    {
        var rows = new List<(int Sequence, int Step)>(lengths.Sum());
        int time = lengths.Max();
        for (int t = 0; t < time; t++)
        {
            for (int b = 0; b < lengths.Length; b++)
            {
                if (t < lengths[b])
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
