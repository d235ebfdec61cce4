using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Generation;

/// <summary>Writes on where a prompt ends, one model step a token; the text comes out as it is made.</summary>
public static class TextGenerator
{
    /// <summary>Writes on; where each line is a sentence, to the end of the sentence at most. Each piece is whole characters; a piece that may be the start of a stop string is held back.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">The text before; it is not part of what is returned. How it begins is told by <see cref="Prompt"/>.</param>
    /// <param name="options">How.</param>
    /// <param name="random">Where the choice comes from.</param>
    /// <param name="ended">Told how the text came to its end, after the last piece.</param>
    /// <param name="cancellation">Ends the text; what was made so far has been returned.</param>
    /// <exception cref="UnfoldException">The prompt holds something that the model never saw, or an option is out of range.</exception>
    public static IEnumerable<string> Generate(
        NextTokenModel model, string prompt, GenerationOptions options, SeededRandom random, Action<GenerationEnd>? ended = null, CancellationToken cancellation = default) =>
        Generate(new Prompt(model, prompt), options, random, ended, cancellation);

    /// <summary>Writes on from a prompt that was read before.</summary>
    /// <inheritdoc cref="Generate(NextTokenModel, string, GenerationOptions, SeededRandom, Action{GenerationEnd}, CancellationToken)"/>
    public static IEnumerable<string> Generate(
        Prompt prompt, GenerationOptions options, SeededRandom random, Action<GenerationEnd>? ended = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        options.Validate();
        return Write(prompt, options, random, ended, cancellation);
    }

    /// <summary>The likeliest tokens after a prompt, with their probabilities, likeliest first.</summary>
    /// <exception cref="UnfoldException">The prompt holds something that the model never saw.</exception>
    public static IReadOnlyList<(string Token, double Probability)> Next(NextTokenModel model, string prompt, int count) => new Prompt(model, prompt).Next(count);

    private static IEnumerable<string> Write(Prompt prompt, GenerationOptions options, SeededRandom random, Action<GenerationEnd>? ended, CancellationToken cancellation)
    {
        Vocabulary vocabulary = prompt.Model.Vocabulary;
        NextTokenSession session = prompt.Start();
        TokenJoiner joiner = prompt.CreateJoiner();
        var sampler = new Sampler(options.Sampling, vocabulary.Count, random, prompt.NeverWritten);
        var filter = new StopStringFilter(options.Stops);
        var written = new HashSet<int>();
        WholeCharacters? characters = WholeCharacters.Of(vocabulary);
        Utf8Progress progress = default;
        float[] penalized = new float[options.RepetitionPenalty > 1 ? vocabulary.Count : 0];
        int tokens = 0;
        double logProbability = 0;
        GenerationEndReason? reason;
        while ((reason = Reason(Possible(session.Logits))) is null)
        {
            int token = Choose(session.Logits);
            progress = characters?.After(progress, token) ?? default;
            logProbability += session.LogProbability(token);
            tokens++;
            if (token == Vocabulary.EndId)
            {
                reason = GenerationEndReason.SentenceEnd;
                break;
            }

            string piece = filter.Push(joiner.Next(vocabulary[token]));
            if (piece.Length > 0)
            {
                yield return piece;
            }

            if (filter.Found is null && tokens < options.Length)
            {
                written.Add(token);
                session.Feed(token);
            }
        }

        string rest = filter.Push(joiner.Flush()) + filter.Flush();
        if (rest.Length > 0)
        {
            yield return rest;
        }

        ended?.Invoke(new GenerationEnd(tokens, filter.Found is null ? reason.Value : GenerationEndReason.Stop, filter.Found, logProbability));

        GenerationEndReason? Reason(ReadOnlySpan<float> logits) =>
            filter.Found is not null ? GenerationEndReason.Stop
            : tokens == options.Length ? GenerationEndReason.Length
            : cancellation.IsCancellationRequested ? GenerationEndReason.Cancelled
            : !sampler.CanChoose(logits) ? GenerationEndReason.DeadEnd
            : null;

        ReadOnlySpan<float> Possible(ReadOnlySpan<float> logits) => characters is null ? logits : characters.Mask(logits, progress, options.Length - tokens);

        int Choose(ReadOnlySpan<float> logits)
        {
            if (penalized.Length == 0)
            {
                return sampler.Choose(Possible(logits));
            }

            RepetitionPenalty.Apply(logits, written, options.RepetitionPenalty, penalized);
            return sampler.Choose(Possible(penalized));
        }
    }
}
