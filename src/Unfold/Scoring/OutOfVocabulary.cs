namespace Unfold.Scoring;

/// <summary>What the probabilities of unknown tokens do to the sum of a line.</summary>
public enum OutOfVocabulary
{
    /// <summary>They count, as the model gives them.</summary>
    Counted,

    /// <summary>They are left out; the others are foretold with the unknown tokens in their place all the same.</summary>
    LeftOut,
}
