namespace Unfold.Text;

/// <summary>
/// Whatever foretells the next token of a text from the tokens before it: p(token_t | token_1 .. token_(t-1)). Recurrent models, counts of
/// n-grams and mixtures of them are scored, rescored and written on with in the same way.
/// </summary>
/// <remarks>A model does not change while it is used: any number of sessions on any threads share it.</remarks>
public abstract class NextTokenModel
{
    /// <summary>The tokens, and how a text becomes tokens.</summary>
    public abstract Vocabulary Vocabulary { get; }

    /// <summary>Starts a text: nothing stands before the first token.</summary>
    public abstract NextTokenSession Start();
}
