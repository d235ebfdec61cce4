using System.Text;
using Unfold.Text;

namespace Unfold.Generation;

/// <summary>
/// Spells the likeliest words, a character or a subword at a time, the likeliest beginning first. The probability of a word is that of its tokens, times
/// that of any token after it that ends it. No word is likelier than its beginning, so the search is over, and has missed none, when no beginning that is left is
/// likelier than the words that were found; after a number of steps it ends with what it has.
/// </summary>
/// <remarks>
/// Subwords of a whole word are others than those of its beginning, so what is typed of it is not read as it stands: the model is asked before it,
/// and only tokens that agree with it are followed. Probabilities are then shares among all that was followed and agrees; rows of tokens that were not followed
/// are missing in both, and they are shares to that degree only.
/// </remarks>
internal sealed class SpellingCompletion : WordCompletion
{
    // Between two keystrokes fit more steps of few probabilities than of many.
    private const int FewestSteps = 40, MostSteps = 100, Probabilities = 320_000, StepsOfWord = 8, MostWords = 1_000;

    // Rows of tokens that do not yet agree with all that is typed count no more when they hold so small a share of what does.
    private const double Negligible = 1e-3;

    // What stands before the last subwords of a long beginning is read as it stands.
    private const int MostAgreed = 8;

    private readonly Vocabulary _vocabulary;
    private readonly Role[] _roles;

    private enum Role
    {
        /// <summary>Special symbols that no text holds, and bytes of characters.</summary>
        None,

        /// <summary>White space, line feed and the end of a text: they end a word.</summary>
        Gap,

        /// <summary>Ends a word and is one by itself: an ideograph, a punctuation mark.</summary>
        Single,

        /// <summary>A part of a word.</summary>
        Part,

        /// <summary>Ends a word, and begins another after a space.</summary>
        Next,

        /// <summary>Ends a word, and is one by itself after a space.</summary>
        NextSingle,
    }

    public SpellingCompletion(NextTokenModel model)
        : base(model)
    {
        _vocabulary = model.Vocabulary;
        _roles = [.. Enumerable.Range(0, _vocabulary.Count).Select(id => id switch
        {
            Vocabulary.UnknownId or Vocabulary.BeginId => Role.None,
            Vocabulary.EndId => Role.Gap,
            _ => RoleOf(_vocabulary[id]),
        })];
    }

    public override IReadOnlyList<Completion> Complete(string line, int count)
    {
        (string begun, string agreed) = Divide(line);
        NextTokenSession session = After(line[..^agreed.Length]);
        int steps = Math.Max(Math.Clamp(Probabilities / _vocabulary.Count, FewestSteps, MostSteps), StepsOfWord * Math.Min(count, MostWords));
        bool mayBeginWithSpace = line.Length > 0 && begun.Length == 0 && !char.IsWhiteSpace(line[^1]);
        var probabilities = new double[_vocabulary.Count];
        var finished = new Dictionary<string, (string Word, double LogProbability)>(StringComparer.Ordinal);
        double agreeing = agreed.Length == 0 ? 0 : double.NegativeInfinity;

        // Sorted, the likeliest first; of equals the one that came first. No more are kept than there are steps left.
        var waiting = new List<(Spelling From, int Token, double LogProbability)>();
        Spelling? next = new(agreed, begun, "", agreed.Length == 0 && begun.Length > 0, mayBeginWithSpace, 0, session);
        while (true)
        {
            if (next is not null && NextToken.Exists(next.Session.Logits))
            {
                NextToken.Probabilities(next.Session.Logits, 1, probabilities);
                (double end, double agrees) = Extend(waiting, steps, next, probabilities);
                agreeing = agrees > 0 ? LogSum(agreeing, next.LogProbability + Math.Log(agrees)) : agreeing;
                if (next.Begun && end > 0)
                {
                    Finish(finished, next.Prefix, next.Rest, next.LogProbability + Math.Log(end));
                }
            }

            if (steps-- == 0 || waiting.Count == 0 || IsDecided(finished, waiting, agreeing, count))
            {
                break;
            }

            next = Follow(waiting[0], finished);
            waiting.RemoveAt(0);
        }

        return [.. finished.Where(word => word.Value.Word.Length > 0)
            .OrderByDescending(word => word.Value.LogProbability).ThenBy(word => word.Key, StringComparer.Ordinal)
            .Take(count)
            .Select(word => new Completion(word.Value.Word, word.Key, Math.Exp(word.Value.LogProbability - agreeing)))];
    }

    /// <summary>The word at the end of a line, and the end of the line that the first tokens must agree with.</summary>
    private (string Begun, string Agreed) Divide(string line)
    {
        int begin = BeginOfWord(line);
        if (_vocabulary.Kind != TokenKind.BytePair)
        {
            return (line[begin..], "");
        }

        // A subword may begin with the space before a word.
        int after = begin > 0 && line[begin - 1] == ' ' ? begin - 1 : begin;
        string begun = line[begin..], agreed = line[after..];
        if (agreed.Length == 0 && EndsInIdeograph(line) && Encode(line) is [.., int last] && _roles[last] != Role.None)
        {
            agreed = _vocabulary[last];
            begun = agreed.TrimStart(' ');
        }

        // What has no tokens but bytes, or is not written as it is read, is no text to agree with.
        int[] tokens = Encode(agreed);
        bool isText = Array.TrueForAll(tokens, token => _roles[token] != Role.None);
        agreed = isText && tokens.Length > MostAgreed ? string.Concat(tokens[^MostAgreed..].Select(token => _vocabulary[token])) : agreed;
        string lowered = _vocabulary.LetterCase == LetterCase.Lowered ? agreed.ToLowerInvariant() : agreed;
        string read = _vocabulary.LetterCase == LetterCase.Lowered ? line.ToLowerInvariant() : line;
        return isText && read.EndsWith(lowered, StringComparison.Ordinal) ? (begun, lowered) : (line[begin..], "");
    }

    /// <summary>Tries all tokens after a spelling, and keeps the likeliest of those that go on with it.</summary>
    /// <returns>The probability that the word ends here, and that all that is typed is agreed with.</returns>
    private (double End, double Agrees) Extend(List<(Spelling From, int Token, double LogProbability)> waiting, int most, Spelling spelling, double[] probabilities)
    {
        double end = 0, agrees = 0, least = Least(waiting, most, spelling);
        for (int token = 0; token < probabilities.Length; token++)
        {
            double probability = probabilities[token];
            end += _roles[token] is not (Role.None or Role.Part) ? probability : 0;
            if (probability == 0 || !GoesOn(spelling, token))
            {
                continue;
            }

            agrees += spelling.Agreed.Length > 0 && _vocabulary[token].Length >= spelling.Agreed.Length ? probability : 0;
            if (probability >= least)
            {
                Keep(waiting, most, (spelling, token, spelling.LogProbability + Math.Log(probability)));
                least = Least(waiting, most, spelling);
            }
        }

        return (end, agrees);
    }

    /// <summary>Whether a token goes on with a spelling.</summary>
    private bool GoesOn(Spelling from, int token)
    {
        Role role = _roles[token];
        if (role == Role.None || token == Vocabulary.EndId)
        {
            return false;
        }

        if (from.Agreed.Length > 0)
        {
            string text = _vocabulary[token];
            return from.Agreed.StartsWith(text, StringComparison.Ordinal) || (role != Role.Gap && text.StartsWith(from.Agreed, StringComparison.Ordinal));
        }

        bool mayBeSpaced = from.Rest.Length == 0 && from.MayBeginWithSpace;
        return role switch
        {
            Role.Part => true,
            Role.Single => !from.Begun,
            Role.Gap => mayBeSpaced && _vocabulary[token] == " ",
            _ => mayBeSpaced,
        };
    }

    /// <summary>The probability below which a token of a spelling is not among the likeliest.</summary>
    private static double Least(List<(Spelling From, int Token, double LogProbability)> waiting, int most, Spelling spelling) =>
        most == 0 ? double.PositiveInfinity : waiting.Count < most ? 0 : Math.Exp(waiting[^1].LogProbability - spelling.LogProbability) * (1 - 1e-12);

    private static void Keep(List<(Spelling From, int Token, double LogProbability)> waiting, int most, (Spelling From, int Token, double LogProbability) one)
    {
        int place = waiting.Count;
        while (place > 0 && waiting[place - 1].LogProbability < one.LogProbability)
        {
            place--;
        }

        waiting.Insert(place, one);
        if (waiting.Count > most)
        {
            waiting.RemoveRange(most, waiting.Count - most);
        }
    }

    /// <summary>The longer beginning, or null where the token ends the word before it.</summary>
    private Spelling? Follow((Spelling From, int Token, double LogProbability) one, Dictionary<string, (string Word, double LogProbability)> finished)
    {
        (Spelling from, int token, double logProbability) = one;
        string text = _vocabulary[token];
        int agreed = Math.Min(from.Agreed.Length, text.Length);
        string rest = from.Rest + text[agreed..];
        bool single = _roles[token] is Role.Single or Role.NextSingle;
        if (single && rest.Length > 0)
        {
            Finish(finished, from.Prefix, rest, logProbability);
            return null;
        }

        NextTokenSession session = from.Session.Fork();
        session.Feed(token);
        bool whole = agreed == from.Agreed.Length;

        // An ideograph that stands is a word of its own, and what follows is another.
        return single && whole
            ? new Spelling("", "", "", Begun: false, MayBeginWithSpace: true, logProbability, session)
            : new Spelling(from.Agreed[agreed..], from.Prefix, rest, whole && _roles[token] is (Role.Part or Role.Next), from.MayBeginWithSpace, logProbability, session);
    }

    /// <summary>Several rows of subwords spell one word: their probabilities add up.</summary>
    private static void Finish(Dictionary<string, (string Word, double LogProbability)> finished, string prefix, string rest, double logProbability)
    {
        string word = prefix + rest.TrimStart(' ');
        finished[rest] = finished.TryGetValue(rest, out (string Word, double LogProbability) other)
            ? (other.LogProbability >= logProbability ? other.Word : word, LogSum(other.LogProbability, logProbability))
            : (word, logProbability);
    }

    /// <summary>ln(e^a + e^b).</summary>
    private static double LogSum(double a, double b) => Math.Max(a, b) + Math.Log(1 + Math.Exp(-Math.Abs(a - b)));

    /// <summary>Whether no row that waits can still come among the likeliest by itself, nor change the shares.</summary>
    private bool IsDecided(
        Dictionary<string, (string Word, double LogProbability)> finished, List<(Spelling From, int Token, double LogProbability)> waiting, double agreeing, int count) =>
        finished.Count >= count
        && finished.Values.Select(word => word.LogProbability).OrderDescending().ElementAt(count - 1) >= waiting[0].LogProbability
        && waiting.Where(one => _vocabulary[one.Token].Length < one.From.Agreed.Length).Sum(one => Math.Exp(one.LogProbability)) <= Negligible * Math.Exp(agreeing);

    /// <summary>Where the word at the end of a line begins.</summary>
    private static int BeginOfWord(string line)
    {
        int begin = line.Length;
        while (begin > 0 && Rune.DecodeLastFromUtf16(line.AsSpan(0, begin), out Rune rune, out int units) == System.Buffers.OperationStatus.Done && RoleOf(rune) == Role.Part)
        {
            begin -= units;
        }

        return begin;
    }

    private static bool EndsInIdeograph(string line) =>
        Rune.DecodeLastFromUtf16(line, out Rune rune, out _) == System.Buffers.OperationStatus.Done && RuneClasses.Of(rune) == RuneClass.Ideograph;

    private Role RoleOf(string symbol)
    {
        if (_vocabulary.Kind == TokenKind.BytePair && BytePairEncoding.ByteOf(symbol) >= 0)
        {
            return Role.None;
        }

        // A subword of several marks may begin with an apostrophe, and is no part of a word.
        bool spaced = symbol.Length > 1 && symbol[0] == ' ';
        Role[] roles = [.. symbol[(spaced ? 1 : 0)..].EnumerateRunes().Select(RoleOf)];
        return roles[0] switch
        {
            Role.Gap => Role.Gap,
            Role.Part when Array.TrueForAll(roles, role => role == Role.Part) => spaced ? Role.Next : Role.Part,
            _ => spaced ? Role.NextSingle : Role.Single,
        };
    }

    private static Role RoleOf(Rune rune) => RuneClasses.Of(rune) switch
    {
        RuneClass.Letter or RuneClass.Digit or RuneClass.Extend => Role.Part,
        RuneClass.Space or RuneClass.NewLine => Role.Gap,
        _ => rune.Value is '\'' or 0x2019 ? Role.Part : Role.Single,
    };

    /// <summary>The beginning of a word, or of the space before it.</summary>
    /// <param name="Agreed">What its next tokens must agree with first.</param>
    /// <param name="Prefix">What is typed of the word.</param>
    /// <param name="Rest">What it holds behind that.</param>
    /// <param name="Begun">Whether a part of a word stands at its end.</param>
    /// <param name="MayBeginWithSpace">Whether a space may stand before the word.</param>
    /// <param name="LogProbability">Of its tokens.</param>
    /// <param name="Session">Stands after the tokens.</param>
    private sealed record Spelling(string Agreed, string Prefix, string Rest, bool Begun, bool MayBeginWithSpace, double LogProbability, NextTokenSession Session);
}
