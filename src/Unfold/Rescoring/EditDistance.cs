namespace Unfold.Rescoring;

/// <summary>The edit distance of Levenshtein (1966).</summary>
public static class EditDistance
{
    /// <summary>The fewest units to put in, take out or replace that turn one sequence into the other.</summary>
    public static int Between<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> hypothesis)
        where T : IEquatable<T>
    {
        var costs = new int[hypothesis.Length + 1];
        for (int j = 0; j < costs.Length; j++)
        {
            costs[j] = j;
        }

        for (int i = 0; i < reference.Length; i++)
        {
            int diagonal = costs[0];
            costs[0] = i + 1;
            for (int j = 0; j < hypothesis.Length; j++)
            {
                int replaced = diagonal + (reference[i].Equals(hypothesis[j]) ? 0 : 1);
                diagonal = costs[j + 1];
                costs[j + 1] = Math.Min(replaced, Math.Min(costs[j], diagonal) + 1);
            }
        }

        return costs[^1];
    }
}
