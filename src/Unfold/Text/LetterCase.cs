namespace Unfold.Text;

/// <summary>What a tokenizer does to capital letters.</summary>
public enum LetterCase
{
    /// <summary>Letters stay as they are.</summary>
    Kept,

    /// <summary>Every scalar value is mapped to lower case by the invariant culture's simple mapping, one to one.</summary>
    Lowered,
}
