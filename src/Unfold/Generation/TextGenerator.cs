using System.Text;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Generation;

/// <summary>Writes on where a prompt ends, one model step a token; the text comes out as it is made.</summary>
public static class TextGenerator
{
    /// <summary>Writes on; where each line is a sentence, to the end of the sentence at most. Each piece is whole characters; a piece that may be the start of a stop string is held back.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">The text before; it is not part of what is returned. Empty starts at the beginning of a line.</param>
    /// <param name="options">How.</param>
    /// <param name="random">Where the choice comes from.</param>
    /// <param name="ended">Told how the text came to its end, after the last piece.</param>
    /// <param name="cancellation">Ends the text; what was made so far has been returned.</param>
    /// <exception cref="UnfoldException">The prompt holds something that the model never saw.</exception>
    public static IEnumerable<string> Generate(
        LanguageModel model, string prompt, GenerationOptions options, SeededRandom random, Action<GenerationEnd>? ended = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Length);
        LanguageModelSession session = model.Start();
        TokenJoiner joiner = model.Vocabulary.CreateTokenizer().CreateJoiner();
        Read(session, prompt, joiner);
        bool spaced = prompt.Length > 0 && char.IsWhiteSpace(prompt[^1]) && model.Vocabulary.Kind.DividedBySpaces;
        return Write(session, spaced ? new AfterSpaceJoiner(joiner) : joiner, options, random, ended, cancellation);
    }

    /// <summary>The likeliest tokens after a prompt, with their probabilities, likeliest first.</summary>
    /// <exception cref="UnfoldException">The prompt holds something that the model never saw.</exception>
    public static IReadOnlyList<(string Token, double Probability)> Next(LanguageModel model, string prompt, int count)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        LanguageModelSession session = model.Start();
        Read(session, prompt, joiner: null);
        return [.. NextToken.Likeliest(session.Logits, Math.Min(count, model.Vocabulary.Count), NeverWritten(model.Vocabulary))
            .Select(next => (model.Vocabulary[next.Token], next.Probability))];
    }

    private static IEnumerable<string> Write(LanguageModelSession session, TokenJoiner joiner, GenerationOptions options, SeededRandom random, Action<GenerationEnd>? ended, CancellationToken cancellation)
    {
        Vocabulary vocabulary = session.Model.Vocabulary;
        var sampler = new Sampler(options.Sampling, vocabulary.Count, random, NeverWritten(vocabulary));
        var filter = new StopStringFilter(options.Stops);
        int written = 0;
        bool sentenceEnded = false;
        for (; written < options.Length && filter.Found is null && !sentenceEnded && !cancellation.IsCancellationRequested; written++)
        {
            int token = sampler.Choose(session.Logits);
            if (token == Vocabulary.EndId)
            {
                sentenceEnded = true;
                continue;
            }

            string piece = filter.Push(joiner.Next(vocabulary[token]));
            if (piece.Length > 0)
            {
                yield return piece;
            }

            if (filter.Found is null)
            {
                session.Feed(token);
            }
        }

        string rest = filter.Push(joiner.Flush()) + filter.Flush();
        if (rest.Length > 0)
        {
            yield return rest;
        }

        ended?.Invoke(new GenerationEnd(written, filter.Found) { SentenceEnded = sentenceEnded });
    }

    // No text holds these; a model gives them next to nothing, and they cannot be shown. An end is a choice where sentences have ends.
    private static int[] NeverWritten(Vocabulary vocabulary) =>
        vocabulary.Mode == TextMode.Sentences ? [Vocabulary.UnknownId, Vocabulary.BeginId] : [Vocabulary.UnknownId, Vocabulary.BeginId, Vocabulary.EndId];

    private static void Read(LanguageModelSession session, string prompt, TokenJoiner? joiner)
    {
        Vocabulary vocabulary = session.Model.Vocabulary;
        int[] tokens = vocabulary.EncodePrefix(prompt);
        RequireKnown(vocabulary, prompt, tokens);
        if (tokens.Length == 0 && vocabulary.Mode == TextMode.Running)
        {
            // A line break is the place where texts begin; a model that never saw one starts from its commonest token.
            int lineBreak = vocabulary.IdOf("\n");
            session.Feed(lineBreak == Vocabulary.UnknownId ? Math.Min(Vocabulary.SpecialCount, vocabulary.Count - 1) : lineBreak);
        }

        foreach (int token in tokens)
        {
            session.Feed(token);
            joiner?.Next(vocabulary[token]);
        }
    }

    private static void RequireKnown(Vocabulary vocabulary, string prompt, int[] tokens)
    {
        int unknown = Array.IndexOf(tokens, Vocabulary.UnknownId);
        if (unknown < 0)
        {
            return;
        }

        string token = vocabulary.CreateTokenizer().Split(prompt)[unknown];
        string kind = vocabulary.Kind.Noun;
        string code = vocabulary.Kind == TokenKind.Character ? $" (U+{Rune.GetRuneAt(token, 0).Value:X4})" : "";
        throw new UnfoldException($"The prompt holds the {kind} '{token}'{code}, which the model never saw; it knows {vocabulary.SymbolCount} {kind}s. Leave it out of the prompt, or train on a text that has it.");
    }

    /// <summary>Leaves out the space before the first token, because the prompt ends in one.</summary>
    private sealed class AfterSpaceJoiner(TokenJoiner joiner) : TokenJoiner
    {
        private bool _begun;

        public override string Flush() => joiner.Flush();

        public override string Next(string token)
        {
            string text = joiner.Next(token);
            bool first = !_begun;
            _begun = true;
            return first ? text.TrimStart(' ') : text;
        }
    }
}
