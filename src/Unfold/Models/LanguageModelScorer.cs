using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Models;

/// <summary>The loss of a model on a text.</summary>
/// <param name="Tokens">The tokens that were predicted: all but the first of each stream.</param>
/// <param name="Loss">The mean of -log p in nats per token.</param>
public readonly record struct Score(long Tokens, double Loss)
{
    /// <summary>e^loss.</summary>
    public double Perplexity => Math.Exp(Loss);

    /// <summary>The loss in bits.</summary>
    public double BitsPerToken => Loss / Math.Log(2);

    /// <summary>
    /// The loss of all tokens in bits, over the characters that they stand for (<see cref="Corpus.ForetoldCharacters"/>). By it models compare that cut a text in different ways; where a
    /// token is unknown they do not, as its characters are not foretold.
    /// </summary>
    public double BitsPerCharacter(long characters) => Tokens * BitsPerToken / characters;
}

/// <summary>Measures any model of text on encoded text: a recurrent one in windows with the state carried through, counts and mixtures token by token.</summary>
public static class LanguageModelScorer
{
    private const int LongestWindow = 64;

    // The logits of a window of a large vocabulary, 128 MB, shall not be what decides how much memory a run takes.
    private const long MostLogits = 1L << 25;

    /// <summary>
    /// Scores the text as one stream: every token but the first is predicted from all that stands before it. An unknown token counts with the probability of the symbol for unknown.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">At least two tokens. In lines as sentences the first is the end symbol that stands before the first sentence.</param>
    /// <param name="workers">The threads; counts and mixtures take one.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops the scoring.</param>
    /// <exception cref="UnfoldException">There are fewer than two tokens.</exception>
    public static Score Score(NextTokenModel model, TokenStore tokens, Workers workers, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokens);
        RequireTwo(tokens);
        return model is LanguageModel recurrent
            ? Streams(recurrent, tokens, batch: 1, tokens.Count - 1, workers, progress, cancellation)
            : Steps(model, tokens, progress, cancellation);
    }

    /// <exception cref="UnfoldException">There are fewer than two tokens.</exception>
    internal static void RequireTwo(TokenStore tokens)
    {
        if (tokens.Count < 2)
        {
            throw new UnfoldException($"A text needs at least 2 tokens to be scored: the first is only read. It has {tokens.Count}.");
        }
    }

    /// <summary>Scores the text as one stream, token by token, as any model can.</summary>
    internal static Score Steps(NextTokenModel model, TokenStore tokens, Action<double>? progress, CancellationToken cancellation)
    {
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

    /// <summary>Scores the text as several streams side by side, which is faster and leaves out the tail.</summary>
    internal static Score Streams(LanguageModel model, TokenStore tokens, int batch, long stepsEach, Workers workers, Action<double>? progress, CancellationToken cancellation)
    {
        var tape = new Tape(workers) { Recording = false };
        StackState state = model.ZeroState(batch);
        long distance = (tokens.Count - 1) / batch;
        int longest = (int)Math.Clamp(MostLogits / ((long)batch * model.Vocabulary.Count), 1, LongestWindow);
        int[] window = new int[longest + 1];
        double sum = 0;
        for (long start = 0; start < stepsEach; start += longest)
        {
            cancellation.ThrowIfCancellationRequested();
            int length = (int)Math.Min(longest, stepsEach - start);
            int[] inputs = new int[length * batch];
            int[] targets = new int[length * batch];
            for (int b = 0; b < batch; b++)
            {
                tokens.Read((b * distance) + start, window.AsSpan(0, length + 1));
                for (int t = 0; t < length; t++)
                {
                    inputs[(t * batch) + b] = window[t];
                    targets[(t * batch) + b] = window[t + 1];
                }
            }

            (Tensor loss, StackState final) = model.Loss(tape, inputs, targets, batch, state);
            sum += loss.Values[0] * (double)length * batch;
            state.CopyFrom(final);
            tape.Reset();
            progress?.Invoke((double)(start + length) / stepsEach);
        }

        long count = stepsEach * batch;
        return new Score(count, sum / count);
    }
}
