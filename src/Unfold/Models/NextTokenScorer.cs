using Unfold.Text;

namespace Unfold.Models;

/// <summary>Measures any model of text on encoded text, token by token: counts and mixtures; a recurrent model is faster by <see cref="LanguageModelScorer"/>, with the same result.</summary>
public static class NextTokenScorer
{
    /// <summary>Scores the text as one stream: every token but the first is predicted from all that stands before it. An unknown token counts with the probability of the symbol for unknown.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">At least two tokens. In lines as sentences the first is the end symbol that stands before the first sentence.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops the scoring.</param>
    /// <exception cref="UnfoldException">There are fewer than two tokens.</exception>
    public static Score Score(NextTokenModel model, TokenStore tokens, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Count < 2)
        {
            throw new UnfoldException($"A text needs at least 2 tokens to be scored: the first is only read. It has {tokens.Count}.");
        }

        NextTokenSession session = model.Start();

        // The first token of all is only read, and the session stands behind an end before the first sentence already.
        TokenStore text = tokens.WithoutLeadingEnd(model.Vocabulary.Mode);
        bool foretold = text.Count < tokens.Count;
        double sum = 0;
        foreach (int token in text.Walk(progress, cancellation))
        {
            sum -= foretold ? session.LogProbability(token) : 0;
            session.Feed(token);
            foretold = true;
        }

        return new Score(tokens.Count - 1, sum / (tokens.Count - 1));
    }
}
