using Unfold.Models;
using Unfold.Text;

namespace Unfold.Generation;

/// <summary>One group of a beam search: the texts that are followed, and those that have ended.</summary>
/// <remarks>
/// With forced texts the beam is a grid (Hokamp &amp; Liu, 2017): texts compete only with those that hold as many forced tokens, so that a word that
/// the model finds unlikely has places of its own.
/// </remarks>
internal sealed class TextBeam
{
    private readonly Prompt _prompt;
    private readonly BeamOptions _options;
    private readonly ForcedTexts _forced;
    private readonly WholeCharacters? _characters;
    private readonly int _places;
    private readonly bool[] _isWritten;
    private readonly double[] _ranks;
    private readonly float[] _penalized;
    private readonly List<GeneratedText> _ended = [];
    private List<Node> _live;
    private int _length;

    /// <summary>Starts with the empty text.</summary>
    public TextBeam(Prompt prompt, BeamOptions options, ForcedTexts forced)
    {
        (_prompt, _options, _forced, _places) = (prompt, options, forced, options.Beam / options.Groups);
        int count = prompt.Model.Vocabulary.Count;
        _isWritten = new bool[count];
        Array.Fill(_isWritten, true);
        foreach (int token in prompt.NeverWritten)
        {
            _isWritten[token] = false;
        }

        _characters = WholeCharacters.Of(prompt.Model.Vocabulary);
        _ranks = new double[count];
        _penalized = new float[options.RepetitionPenalty > 1 ? count : 0];
        _live = [new Node(null, 0, 0, prompt.Start(), forced.None, default)];
    }

    /// <summary>Whether all texts have ended.</summary>
    public bool IsDone => _live.Count == 0;

    /// <summary>The texts that have ended.</summary>
    public IReadOnlyList<GeneratedText> Ended => _ended;

    /// <summary>Goes one token further.</summary>
    /// <param name="chosen">For each token the texts of the groups before that have chosen it at this place; those of this group are added.</param>
    public void Advance(int[] chosen)
    {
        _length++;
        BestContinuations[] grid = [.. Enumerable.Range(0, _forced.Total + 1).Select(reached => new BestContinuations(reached == _forced.Total ? _places - _ended.Count : _places))];
        for (int k = 0; k < _live.Count; k++)
        {
            Offer(k, chosen, grid);
        }

        var live = new List<Node>();
        var taken = new List<int>();
        for (int reached = 0; reached < grid.Length; reached++)
        {
            foreach ((int k, int token, double score) in grid[reached].Take())
            {
                taken.Add(token);
                if (Follow(_live[k], token, score, reached == _forced.Total) is { } node)
                {
                    live.Add(node);
                }
            }
        }

        taken.ForEach(token => chosen[token]++);
        _live = _ended.Count == _places ? [] : live;
    }

    /// <summary>Offers all continuations of a text to those places of the grid where they would stand.</summary>
    private void Offer(int k, int[] chosen, BestContinuations[] grid)
    {
        Node node = _live[k];
        ReadOnlySpan<float> logits = node.Session.Logits;
        if (!NextToken.Exists(logits))
        {
            return;
        }

        if (_penalized.Length > 0)
        {
            RepetitionPenalty.Apply(logits, Tokens(node.Last).ToHashSet(), _options.RepetitionPenalty, _penalized);
            logits = _penalized;
        }

        NextToken.LogProbabilities(logits, _ranks);
        int whole = _forced.Whole(node.Counts);
        for (int token = 0; token < _ranks.Length; token++)
        {
            // A sentence that ends without its forced texts is none of those that are looked for.
            if (_isWritten[token] && double.IsFinite(_ranks[token]) && IsPossible(node, token) && (token != Vocabulary.EndId || whole == _forced.Total))
            {
                int reached = _forced.Mentions(token) ? _forced.After(node.Counts, token).Sum() : whole;
                grid[reached].Offer(k, token, node.Score + _ranks[token], handicap: _options.Diversity * chosen[token]);
            }
        }
    }

    /// <summary>Whether a token leaves the text one of whole characters, or lets it become that.</summary>
    private bool IsPossible(Node node, int token) => _characters is null || _characters.Allows(node.Progress, token, _options.Length - _length + 1);

    /// <summary>Adds a token to a text.</summary>
    /// <returns>The longer text; null where it has ended.</returns>
    private Node? Follow(Node parent, int token, double score, bool holdsForced)
    {
        double logProbability = parent.LogProbability + parent.Session.LogProbability(token);
        if (token == Vocabulary.EndId)
        {
            End(Written(parent.Last, isWhole: true, out _), new GenerationEnd(_length, GenerationEndReason.SentenceEnd, null, logProbability), score);
            return null;
        }

        var last = new Link(parent.Last, token);
        bool isLongest = _length == _options.Length;
        string? stop = null;
        string text = _options.Stops.Count > 0 || isLongest ? Written(last, isLongest, out stop) : "";
        if (stop is not null || isLongest)
        {
            // What a stop string has cut off is not written, even if it was forced.
            if (holdsForced && (stop is null || HoldsForced(last, text.Length)))
            {
                End(text, new GenerationEnd(_length, stop is null ? GenerationEndReason.Length : GenerationEndReason.Stop, stop, logProbability), score);
            }

            return null;
        }

        NextTokenSession session = parent.Session.Fork();
        session.Feed(token);
        return new Node(last, score, logProbability, session, _forced.After(parent.Counts, token), _characters?.After(parent.Progress, token) ?? default);
    }

    private void End(string text, GenerationEnd end, double score) => _ended.Add(new GeneratedText(text, end, _options.Score(score, _length)));

    /// <summary>The text after the prompt, up to the first stop string.</summary>
    /// <param name="last">Its tokens.</param>
    /// <param name="isWhole">Whether nothing follows: a character of which only some bytes are there is then broken.</param>
    /// <param name="stop">The stop string, or null.</param>
    private string Written(Link? last, bool isWhole, out string? stop)
    {
        TokenJoiner joiner = _prompt.CreateJoiner();
        var filter = new StopStringFilter(_options.Stops);
        string text = string.Concat(Tokens(last).Reverse().Select(token => filter.Push(joiner.Next(_prompt.Model.Vocabulary[token]))));
        text += isWhole ? filter.Push(joiner.Flush()) + filter.Flush() : "";
        stop = filter.Found;
        return text;
    }

    /// <summary>Whether all forced texts are among the tokens that lie in the first part of a text.</summary>
    private bool HoldsForced(Link? last, int length)
    {
        TokenJoiner joiner = _prompt.CreateJoiner();
        int[] counts = _forced.None;
        foreach (int token in Tokens(last).Reverse())
        {
            length -= joiner.Next(_prompt.Model.Vocabulary[token]).Length;
            if (length < 0)
            {
                break;
            }

            counts = _forced.After(counts, token);
        }

        return _forced.Whole(counts) == _forced.Total;
    }

    /// <summary>The tokens of a text, the last one first.</summary>
    private static IEnumerable<int> Tokens(Link? last)
    {
        for (Link? link = last; link is not null; link = link.Before)
        {
            yield return link.Token;
        }
    }

    /// <summary>The tokens of a text: the last one, and those before.</summary>
    private sealed record Link(Link? Before, int Token);

    /// <summary>A text that is followed.</summary>
    /// <param name="Last">Its tokens; null for the empty one.</param>
    /// <param name="Score">ln of what texts are ranked by, before it is normalized by length.</param>
    /// <param name="LogProbability">ln p of all tokens.</param>
    /// <param name="Session">Stands after the last token.</param>
    /// <param name="Counts">How far it has come with the forced texts.</param>
    /// <param name="Progress">Where it stands in a character that is written in bytes.</param>
    private sealed record Node(Link? Last, double Score, double LogProbability, NextTokenSession Session, int[] Counts, Utf8Progress Progress);
}
