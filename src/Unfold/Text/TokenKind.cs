namespace Unfold.Text;

/// <summary>What one token of a text is.</summary>
public enum TokenKind
{
    /// <summary>One Unicode scalar value: a letter, an ideograph, a line feed, an emoji code point.</summary>
    Character,

    /// <summary>One word, number, ideograph, punctuation mark or line feed, by Unicode rules.</summary>
    Word,

    /// <summary>Whatever stands between white space: for texts that are cut into words already. A line feed is a token.</summary>
    Space,

    /// <summary>One subword, learned from a text by merging what often stands together; what is in no subword is written in bytes.</summary>
    BytePair,

    /// <summary>As <see cref="Word"/>, but Chinese and Japanese are cut into words by the dictionary of the ICU library and the user's own.</summary>
    Segmented,
}
