using System.Buffers;
using System.Text;
using Unfold.Text;

namespace Unfold.Generation;

/// <summary>Chooses among the words of a vocabulary that begin as typed, and, where no space is needed after what is typed, among all that may follow it.</summary>
internal sealed class VocabularyCompletion : WordCompletion
{
    private readonly Vocabulary _vocabulary;
    private readonly string[] _symbols;
    private readonly int[] _ids;

    public VocabularyCompletion(NextTokenModel model)
        : base(model)
    {
        _vocabulary = model.Vocabulary;
        _ids = [.. Enumerable.Range(Vocabulary.SpecialCount, _vocabulary.SymbolCount).Where(id => !string.IsNullOrWhiteSpace(_vocabulary[id]))];
        _symbols = [.. _ids.Select(id => _vocabulary[id])];
        Array.Sort(_symbols, _ids, StringComparer.Ordinal);
    }

    public override IReadOnlyList<Completion> Complete(string line, int count)
    {
        (string context, string prefix) = Divide(line);
        ReadOnlySpan<float> logits = After(context).Logits;
        return MayBeFollowed(prefix) ? Followed(line, Likeliest(logits, prefix, int.MaxValue), count) : Likeliest(logits, prefix, count);
    }

    /// <summary>
    /// The words that begin as typed, and in place of the one that is typed those that may follow it. Two that go on with the same letters are one, the
    /// longer word.
    /// </summary>
    private Completion[] Followed(string line, List<Completion> words, int count)
    {
        // No follower that is left out could come among the first, but as a part of a longer word, to which it would add less than any of these.
        double typed = words.Count == 0 ? 1 : words.Where(word => word.Rest.Length == 0).Sum(word => word.Probability);
        IEnumerable<Completion> next = typed == 0 ? [] : Followers(After(line).Logits, line, typed, (int)Math.Min((long)count + words.Count, int.MaxValue));
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
        if (run.Length == 0 || Any(run))
        {
            return (line[..start], run);
        }

        IReadOnlyList<string> tokens = _vocabulary.SplitPrefix(run);
        int last = tokens.Count == 0 ? 0 : tokens[^1].Length;
        return last < run.Length ? (line[..^last], run[^last..]) : (line[..start], run);
    }

    /// <summary>Whether a word begins so.</summary>
    private bool Any(string prefix) => Range(Looked(prefix)) is var (first, end) && first < end;

    /// <summary>Whether another word may follow what is typed without a space: a punctuation mark or an ideograph stands at its end.</summary>
    private bool MayBeFollowed(string prefix) =>
        _vocabulary.Kind != TokenKind.Space
        && Rune.DecodeLastFromUtf16(prefix, out Rune rune, out _) == OperationStatus.Done
        && RuneClasses.Of(rune) is not (RuneClass.Letter or RuneClass.Digit or RuneClass.Extend);

    /// <summary>The likeliest words that may follow a line, each with the space that belongs between, and with its share of a probability.</summary>
    private IEnumerable<Completion> Followers(ReadOnlySpan<float> logits, string line, double probability, int count)
    {
        IReadOnlyList<string> before = _vocabulary.SplitPrefix(line);
        return Likeliest(logits, "", count).Select(word =>
        {
            TokenJoiner joiner = _vocabulary.Tokenization.CreateJoiner();
            joiner.Join(before);
            return new Completion(word.Word, joiner.Next(word.Word), probability * word.Probability);
        });
    }

    /// <summary>The likeliest words that begin so: p = exp(logit) over the sum of all that do.</summary>
    private List<Completion> Likeliest(ReadOnlySpan<float> logits, string prefix, int count)
    {
        (int first, int end) = Range(Looked(prefix));
        if (first == end)
        {
            return [];
        }

        ReadOnlySpan<int> ids = _ids.AsSpan(first, end - first);
        var own = new float[ids.Length];
        for (int i = 0; i < own.Length; i++)
        {
            own[i] = logits[ids[i]];
        }

        if (!NextToken.Exists(own))
        {
            return [];
        }

        var completions = new List<Completion>();
        foreach ((int place, double probability) in NextToken.Likeliest(own, Math.Min(count, own.Length)))
        {
            string rest = _symbols[first + place][prefix.Length..];
            completions.Add(new Completion(prefix + rest, rest, probability));
        }

        return completions;
    }

    private string Looked(string prefix) => _vocabulary.LetterCase == LetterCase.Lowered ? prefix.ToLowerInvariant() : prefix;

    private (int First, int End) Range(string prefix)
    {
        int first = Array.BinarySearch(_symbols, prefix, StringComparer.Ordinal);
        first = first < 0 ? ~first : first;
        int end = first;

        // Twice as far each time, then back by halves: words that begin alike stand together.
        int step = 1;
        while (end < _symbols.Length && _symbols[Math.Min(end + step, _symbols.Length) - 1].StartsWith(prefix, StringComparison.Ordinal))
        {
            end = Math.Min(end + step, _symbols.Length);
            step *= 2;
        }

        for (; step > 0; step /= 2)
        {
            if (end + step <= _symbols.Length && _symbols[end + step - 1].StartsWith(prefix, StringComparison.Ordinal))
            {
                end += step;
            }
        }

        return (first, end);
    }
}
