using Unfold.Text;

namespace Unfold.Models;

/// <summary>Measures any model of text on encoded text, token by token: counts and mixtures; a recurrent model is faster by <see cref="LanguageModelScorer"/>, with the same result.</summary>
public static class NextTokenScorer
{
    private const int Window = 4096;

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
        int[] window = new int[Window];
        double sum = 0;
        for (long start = 0; start < tokens.Count; start += Window)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<int> read = window.AsSpan(0, (int)Math.Min(Window, tokens.Count - start));
            tokens.Read(start, read);
            for (int i = 0; i < read.Length; i++)
            {
                bool first = start + i == 0;
                sum -= first ? 0 : session.LogProbability(read[i]);
                if (!first || !StandsAtStart(model.Vocabulary, read[i]))
                {
                    session.Feed(read[i]);
                }
            }

            progress?.Invoke((double)(start + read.Length) / tokens.Count);
        }

        return new Score(tokens.Count - 1, sum / (tokens.Count - 1));
    }

    /// <summary>Where lines are sentences, a session starts behind the end symbol already.</summary>
    private static bool StandsAtStart(Vocabulary vocabulary, int token) => vocabulary.Mode == TextMode.Sentences && token == Vocabulary.EndId;
}
