using System.Buffers;
using System.Text;
using Unfold.Text;

namespace Unfold.Generation;

/// <summary>Chooses among the words of a vocabulary that begin as typed.</summary>
internal sealed class VocabularyCompletion
{
    private readonly Vocabulary _vocabulary;
    private readonly string[] _symbols;
    private readonly int[] _ids;

    public VocabularyCompletion(Vocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _ids = [.. Enumerable.Range(Vocabulary.SpecialCount, vocabulary.SymbolCount).Where(id => !string.IsNullOrWhiteSpace(vocabulary[id]))];
        _symbols = [.. _ids.Select(id => vocabulary[id])];
        Array.Sort(_symbols, _ids, StringComparer.Ordinal);
    }

    /// <summary>Whether a word begins so.</summary>
    public bool Any(string prefix) => Range(Looked(prefix)) is var (first, end) && first < end;

    /// <summary>Whether another word may follow what is typed without a space: a punctuation mark or an ideograph stands at its end.</summary>
    public bool MayBeFollowed(string prefix) =>
        _vocabulary.Kind != TokenKind.Space
        && Rune.DecodeLastFromUtf16(prefix, out Rune rune, out _) == OperationStatus.Done
        && RuneClasses.Of(rune) is not (RuneClass.Letter or RuneClass.Digit or RuneClass.Extend);

    /// <summary>The likeliest words that may follow a line, each with the space that belongs between, and with its share of a probability.</summary>
    public IEnumerable<Completion> Followers(ReadOnlySpan<float> logits, string line, double probability, int count)
    {
        IReadOnlyList<string> before = Split(line);
        return Complete(logits, "", count).Select(word =>
        {
            TokenJoiner joiner = _vocabulary.Tokenization.CreateJoiner();
            joiner.Join(before);
            return new Completion(word.Word, joiner.Next(word.Word), probability * word.Probability);
        });
    }

    /// <summary>The tokens of a line that goes on: no end of a sentence comes after them.</summary>
    public IReadOnlyList<string> Split(string text) => _vocabulary.SplitPrefix(text);

    /// <summary>The likeliest words that begin so: p = exp(logit) over the sum of all that do.</summary>
    public IReadOnlyList<Completion> Complete(ReadOnlySpan<float> logits, string prefix, int count)
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
