namespace Unfold.Rescoring;

/// <summary>The edit distance of Levenshtein (1966).</summary>
public static class EditDistance
{
    // One number orders the ways: fewer edits first, and of as many the one with fewer substitutions.
    private const long Edit = 1L << 32, Substitution = Edit + 1;

    /// <summary>
    /// The fewest edits that turn one sequence into the other; of several ways with as few, one with the fewest substitutions, which leaves only
    /// one answer: deletions less insertions is the difference of the lengths.
    /// </summary>
    /// <param name="reference">What is right.</param>
    /// <param name="hypothesis">What is compared with it.</param>
    public static Edits Between<T>(ReadOnlySpan<T> reference, ReadOnlySpan<T> hypothesis)
        where T : IEquatable<T>
    {
        // costs[j] is the cost of turning the first i units of the reference into the first j of the hypothesis.
        var costs = new long[hypothesis.Length + 1];
        for (int j = 0; j < costs.Length; j++)
        {
            costs[j] = j * Edit;
        }

        for (int i = 0; i < reference.Length; i++)
        {
            long diagonal = costs[0];
            costs[0] = (i + 1) * Edit;
            for (int j = 0; j < hypothesis.Length; j++)
            {
                long replaced = diagonal + (reference[i].Equals(hypothesis[j]) ? 0 : Substitution);
                diagonal = costs[j + 1];
                costs[j + 1] = Math.Min(replaced, Math.Min(costs[j], diagonal) + Edit);
            }
        }

        int count = (int)(costs[^1] / Edit), substitutions = (int)(costs[^1] % Edit);
        int deletions = (count - substitutions + reference.Length - hypothesis.Length) / 2;
        return new Edits(substitutions, deletions, count - substitutions - deletions);
    }
}
