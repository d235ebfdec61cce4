namespace Unfold.Text;

/// <summary>What the lines of a text are.</summary>
public enum TextMode
{
    /// <summary>Running text: a line feed is a token like others, and the text has no inner ends.</summary>
    Running,

    /// <summary>
    /// Each line is a sentence, encoded as its tokens and <see cref="Vocabulary.EndId"/>; the line feed is no token. White space at the
    /// beginning of a line is no part of the sentence, and a line of nothing else is none.
    /// </summary>
    Sentences,
}
