using System.Text;
using Unfold.Text;

namespace Unfold.Generation;

/// <summary>
/// Spells the likeliest words, a character at a time: of all beginnings of one length only the likeliest live on. The probability of a
/// word is that of its characters, times that of any character after it that ends it.
/// </summary>
internal sealed class CharacterCompletion
{
    private const int NarrowestBeam = 8, LongestRest = 32;

    private readonly Vocabulary _vocabulary;
    private readonly Role[] _roles;

    private enum Role
    {
        /// <summary>Special symbols that no text holds.</summary>
        None,

        /// <summary>White space, line feed and the end of a text: they end a word.</summary>
        Gap,

        /// <summary>Ends a word and is one by itself: an ideograph, a punctuation mark.</summary>
        Single,

        /// <summary>A part of a word.</summary>
        Part,
    }

    public CharacterCompletion(Vocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _roles = [.. Enumerable.Range(0, vocabulary.Count).Select(id => id switch
        {
            Vocabulary.UnknownId or Vocabulary.BeginId => Role.None,
            Vocabulary.EndId => Role.Gap,
            _ => RoleOf(Rune.GetRuneAt(vocabulary[id], 0)),
        })];
    }

    /// <summary>Where the word at the end of a line begins.</summary>
    public static int BeginOfWord(string line)
    {
        int begin = line.Length;
        while (begin > 0 && Rune.DecodeLastFromUtf16(line.AsSpan(0, begin), out Rune rune, out int units) == System.Buffers.OperationStatus.Done && RoleOf(rune) == Role.Part)
        {
            begin -= units;
        }

        return begin;
    }

    /// <summary>The likeliest words.</summary>
    /// <param name="session">Stands after the line.</param>
    /// <param name="line">What is typed.</param>
    /// <param name="begun">The word at its end, which may be empty.</param>
    /// <param name="count">How many are wanted.</param>
    public IReadOnlyList<Completion> Complete(NextTokenSession session, string line, string begun, int count)
    {
        int width = Math.Max(NarrowestBeam, 2 * count);
        bool mayBeginWithSpace = line.Length > 0 && begun.Length == 0 && !char.IsWhiteSpace(line[^1]);
        var probabilities = new double[_vocabulary.Count];
        var finished = new List<(string Ending, double LogProbability)>();
        List<Spelling> living = [new("", begun.Length > 0, 0, session)];
        for (int length = 0; length < LongestRest && living.Count > 0 && !IsDecided(finished, living, count); length++)
        {
            var longer = new List<(Spelling From, int Token, double LogProbability)>();
            foreach (Spelling spelling in living)
            {
                NextToken.Probabilities(spelling.Session.Logits, 1, probabilities);
                double end = 0;
                for (int token = 0; token < probabilities.Length; token++)
                {
                    Role role = _roles[token];
                    end += role is Role.Gap or Role.Single ? probabilities[token] : 0;
                    bool goesOn = role == Role.Part || (!spelling.Begun && role == Role.Single) || (role == Role.Gap && spelling.Rest.Length == 0 && mayBeginWithSpace && _vocabulary[token] == " ");
                    if (goesOn && probabilities[token] > 0)
                    {
                        longer.Add((spelling, token, spelling.LogProbability + Math.Log(probabilities[token])));
                    }
                }

                if (spelling.Begun && end > 0)
                {
                    finished.Add((spelling.Rest, spelling.LogProbability + Math.Log(end)));
                }
            }

            living = Survivors(longer, width, finished);
        }

        return [.. finished.Where(word => begun.Length + word.Ending.Length > 0)
            .OrderByDescending(word => word.LogProbability).ThenBy(word => word.Ending, StringComparer.Ordinal)
            .Take(count)
            .Select(word => new Completion(begun + word.Ending.TrimStart(' '), word.Ending, Math.Exp(word.LogProbability)))];
    }

    private List<Spelling> Survivors(List<(Spelling From, int Token, double LogProbability)> longer, int width, List<(string Ending, double LogProbability)> finished)
    {
        var living = new List<Spelling>(width);
        foreach ((Spelling from, int token, double logProbability) in longer.OrderByDescending(one => one.LogProbability).Take(width))
        {
            string rest = from.Rest + _vocabulary[token];
            if (_roles[token] == Role.Single)
            {
                finished.Add((rest, logProbability));
                continue;
            }

            NextTokenSession session = from.Session.Fork();
            session.Feed(token);
            living.Add(new Spelling(rest, _roles[token] == Role.Part, logProbability, session));
        }

        return living;
    }

    /// <summary>Whether nothing that lives can still come among the likeliest.</summary>
    private static bool IsDecided(List<(string Ending, double LogProbability)> finished, List<Spelling> living, int count) =>
        finished.Count >= count && finished.Select(word => word.LogProbability).OrderDescending().ElementAt(count - 1) >= living.Max(spelling => spelling.LogProbability);

    private static Role RoleOf(Rune rune) => RuneClasses.Of(rune) switch
    {
        RuneClass.Letter or RuneClass.Digit or RuneClass.Extend => Role.Part,
        RuneClass.Space or RuneClass.NewLine => Role.Gap,
        _ => rune.Value is '\'' or 0x2019 ? Role.Part : Role.Single,
    };

    /// <summary>The beginning of a word, or of the space before it.</summary>
    private sealed record Spelling(string Rest, bool Begun, double LogProbability, NextTokenSession Session);
}
