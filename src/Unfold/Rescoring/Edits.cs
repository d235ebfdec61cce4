namespace Unfold.Rescoring;

/// <summary>What turns one sequence into another.</summary>
/// <param name="Substitutions">Units that are replaced by others.</param>
/// <param name="Deletions">Units of the reference that the hypothesis lacks.</param>
/// <param name="Insertions">Units that the hypothesis has and the reference lacks.</param>
public readonly record struct Edits(int Substitutions, int Deletions, int Insertions)
{
    /// <summary>All of them together: the edit distance where they are as few as can be.</summary>
    public int Count => Substitutions + Deletions + Insertions;
}
