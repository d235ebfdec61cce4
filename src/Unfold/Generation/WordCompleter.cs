using Unfold.Scoring;
using Unfold.Text;

namespace Unfold.Generation;

/// <summary>
/// The next word, or the rest of the word, while a line is typed. One completer serves one line at a time, from one letter to the next:
/// what stands unchanged since the last call is not computed again.
/// </summary>
/// <remarks>
/// A completer is not for several threads at once: it would complete one's line by another's. Any number of completers share a model.
/// A model of characters or subwords searches the likeliest words token by token, the likeliest beginning first, until no likelier word can come or its steps are over; a word ends before the first character that is no letter,
/// digit or apostrophe, and an ideograph, or a subword of ideographs, is a word of its own. Other models choose among the words of their vocabulary that begin as typed; where no space
/// is needed after what is typed, a punctuation mark or a word of ideographs, the words that may follow it come in its place, p(typed) p(next | typed).
/// </remarks>
public sealed class WordCompleter
{
    private readonly SentenceEncoder _encoder;
    private readonly TypedLine _line;
    private readonly VocabularyCompletion? _words;
    private readonly SpellingCompletion? _spelling;

    /// <summary>Prepares the completion by a model.</summary>
    public WordCompleter(NextTokenModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _encoder = new SentenceEncoder(model.Vocabulary);
        _line = new TypedLine(model);
        if (model.Vocabulary.Kind is TokenKind.Character or TokenKind.BytePair)
        {
            _spelling = new SpellingCompletion(model.Vocabulary, _encoder);
        }
        else
        {
            _words = new VocabularyCompletion(model.Vocabulary);
        }
    }

    /// <summary>The likeliest words at the end of what is typed, likeliest first.</summary>
    /// <param name="line">The line up to the cursor, without a line feed.</param>
    /// <param name="count">How many are wanted; fewer come back where no more words begin so. Words that the model spells are looked for as far as 1,000 of them need.</param>
    /// <exception cref="ArgumentException">A line feed stands in the line, or the count is below 1.</exception>
    public IReadOnlyList<Completion> Complete(string line, int count)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (_spelling is not null)
        {
            return _spelling.Complete(_line, line, count);
        }

        (string context, string prefix) = Divide(line);
        ReadOnlySpan<float> logits = _line.After(_encoder.EncodeBeginning(context)).Logits;
        return _words!.MayBeFollowed(prefix) ? Followed(line, _words.Complete(logits, prefix, int.MaxValue), count) : _words.Complete(logits, prefix, count);
    }

    /// <summary>
    /// The words that begin as typed, and in place of the one that is typed those that may follow it. Two that go on with the same letters are one, the
    /// longer word.
    /// </summary>
    private Completion[] Followed(string line, IReadOnlyList<Completion> words, int count)
    {
        // No follower that is left out could come among the first, but as a part of a longer word, to which it would add less than any of these.
        double typed = words.Count == 0 ? 1 : words.Where(word => word.Rest.Length == 0).Sum(word => word.Probability);
        IEnumerable<Completion> next = typed == 0 ? [] : _words!.Followers(_line.After(_encoder.EncodeBeginning(line)).Logits, line, typed, (int)Math.Min((long)count + words.Count, int.MaxValue));
        return
        [
            .. words.Where(word => word.Rest.Length > 0).Concat(next)
                .GroupBy(word => word.Rest, StringComparer.Ordinal)
                .Select(alike => alike.First() with { Probability = alike.Sum(word => word.Probability) })
                .OrderByDescending(word => word.Probability)
                .Take(count),
        ];
    }

    /// <summary>The line before the word that is being typed, and that word: what stands after the last white space, or its last token where no word begins so.</summary>
    private (string Context, string Prefix) Divide(string line)
    {
        int start = line.Length;
        while (start > 0 && !char.IsWhiteSpace(line[start - 1]))
        {
            start--;
        }

        string run = line[start..];
        if (run.Length == 0 || _words!.Any(run))
        {
            return (line[..start], run);
        }

        IReadOnlyList<string> tokens = _words.Split(run);
        int last = tokens.Count == 0 ? 0 : tokens[^1].Length;
        return last < run.Length ? (line[..^last], run[^last..]) : (line[..start], run);
    }
}
