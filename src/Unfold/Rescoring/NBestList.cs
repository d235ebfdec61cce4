namespace Unfold.Rescoring;

/// <summary>The hypotheses for one utterance or line, in the order of whoever made them: the first is that one's choice.</summary>
/// <param name="Id">Its name, which no other list has.</param>
/// <param name="Hypotheses">At least one.</param>
/// <param name="Reference">What was said or written in truth; null where nobody knows.</param>
public sealed record NBestList(string Id, IReadOnlyList<NBestHypothesis> Hypotheses, string? Reference = null)
{
    /// <summary>The format in which it was read; null where it was not.</summary>
    public NBestFormat? Format { get; init; }
}
