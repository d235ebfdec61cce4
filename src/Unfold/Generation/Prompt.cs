using System.Text;
using Unfold.Text;

namespace Unfold.Generation;

/// <summary>A text that a model has read: any number of texts go on from it, each from the state after its last token.</summary>
/// <remarks>It belongs to one thread, like the sessions that go on from it.</remarks>
public sealed class Prompt
{
    private readonly int[] _tokens;
    private readonly NextTokenSession _session;

    /// <summary>Reads a text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="text">The text before. Empty, or with a line feed at its beginning, it begins a line (<see cref="NextTokenModel.StartLine"/>); any other begins as <see cref="NextTokenModel.StartPrompt"/> says.</param>
    /// <param name="progress">Called after each token with the share that is read, in [0, 1].</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    /// <exception cref="UnfoldException">The text holds something that the model never saw.</exception>
    public Prompt(NextTokenModel model, string text, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        Model = model;
        Text = text;
        _tokens = Ids(model.Vocabulary, model.Vocabulary.SplitPrefix(text), "prompt");
        bool hasEnds = model.Vocabulary.Mode == TextMode.Sentences;
        NeverWritten = hasEnds ? [Vocabulary.UnknownId, Vocabulary.BeginId] : [Vocabulary.UnknownId, Vocabulary.BeginId, Vocabulary.EndId];
        int lineFeed = model.Vocabulary.LineFeedId;
        bool hasLineFeed = lineFeed != Vocabulary.UnknownId && _tokens is [var first, ..] && first == lineFeed;
        _session = hasLineFeed || _tokens.Length == 0 ? model.StartLine() : model.StartPrompt();
        if (_tokens.Length == 0 && lineFeed == Vocabulary.UnknownId)
        {
            // The commonest token stands for the beginning of a line.
            _session.Feed(Math.Min(Vocabulary.SpecialCount, model.Vocabulary.Count - 1));
        }

        foreach ((int place, int token) in _tokens.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            if (place > 0 || !hasLineFeed)
            {
                _session.Feed(token);
            }

            progress?.Invoke((place + 1.0) / _tokens.Length);
        }
    }

    /// <summary>The model.</summary>
    public NextTokenModel Model { get; }

    /// <summary>What was read.</summary>
    public string Text { get; }

    /// <summary>The tokens that are never written: no text holds these, and they cannot be shown. An end is a choice where sentences have ends.</summary>
    internal int[] NeverWritten { get; }

    /// <summary>The likeliest tokens after the text, with their probabilities, likeliest first.</summary>
    /// <param name="count">How many are wanted, at least 1.</param>
    public IReadOnlyList<(string Token, double Probability)> Next(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return [.. NextToken.Likeliest(_session.Logits, Math.Min(count, Model.Vocabulary.Count), NeverWritten)
            .Select(next => (Model.Vocabulary[next.Token], next.Probability))];
    }

    /// <summary>The probability that a token follows which is not in the vocabulary; such a one is not among <see cref="Next"/>.</summary>
    public double UnknownProbability => Math.Exp(_session.LogProbability(Vocabulary.UnknownId));

    /// <summary>A session that stands at the end of the text.</summary>
    internal NextTokenSession Start() => _session.Fork();

    /// <summary>Writes tokens after the text.</summary>
    internal TokenJoiner CreateJoiner()
    {
        TokenJoiner joiner = Model.Vocabulary.Tokenization.CreateJoiner();
        foreach (int token in _tokens)
        {
            joiner.Next(Model.Vocabulary.TextOf(token));
        }

        bool spaced = Text.Length > 0 && char.IsWhiteSpace(Text[^1]) && Model.Vocabulary.Kind.DividedBySpaces;
        return spaced ? new AfterSpaceJoiner(joiner) : joiner;
    }

    /// <summary>The ids of the tokens of a text that holds nothing unknown, but for the token &lt;unk&gt; itself.</summary>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="cut">The text.</param>
    /// <param name="what">What the text is, for the sentence.</param>
    /// <exception cref="UnfoldException">It does hold something unknown.</exception>
    internal static int[] Ids(Vocabulary vocabulary, IReadOnlyList<string> cut, string what)
    {
        int[] ids = [.. cut.Select(one => vocabulary.IdOf(one))];
        if (cut.FirstOrDefault(one => vocabulary.IdOf(one) == Vocabulary.UnknownId && one != Vocabulary.Specials[Vocabulary.UnknownId]) is not { } token)
        {
            return ids;
        }

        string kind = vocabulary.Kind.Noun;
        string code = vocabulary.Kind == TokenKind.Character ? $" (U+{Rune.GetRuneAt(token, 0).Value:X4})" : "";
        throw new UnfoldException($"The {what} holds the {kind} '{token}'{code}, which is not in the model's vocabulary of {vocabulary.SymbolCount} {kind}s. Leave it out of the {what}, or train with a vocabulary that holds it.");
    }

    /// <summary>Leaves out the space before the first token, because the text ends in one.</summary>
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
