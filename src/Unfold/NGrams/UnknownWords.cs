namespace Unfold.NGrams;

/// <summary>What becomes of words that are not in the vocabulary.</summary>
public enum UnknownWords
{
    /// <summary>The unknown word is a word like others: it has a probability, also where it was never counted.</summary>
    Open,

    /// <summary>Where the unknown word was never counted, it has no probability: all of it goes to the words of the vocabulary.</summary>
    Closed,
}
