using Unfold.Text;

namespace Unfold.Models;

/// <summary>A sentence with a gap, written as two or more underscores.</summary>
/// <param name="Before">The tokens before the gap.</param>
/// <param name="After">The tokens after it.</param>
public sealed record GapText(IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    /// <summary>Finds the gap, and encodes what stands on its two sides; words that the vocabulary does not hold become <see cref="Vocabulary.UnknownId"/>.</summary>
    /// <exception cref="UnfoldException">There is no gap or more than one, the text has several lines, or the tokens are subwords.</exception>
    public static GapText Parse(string text, Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(vocabulary);
        ClozeModel.RequireWhole(vocabulary);
        List<(int Start, int End)> gaps = Gaps(text);
        if (gaps.Count != 1)
        {
            throw new UnfoldException($"A sentence to be filled has one gap, written as two or more underscores, as in: I ____ a new phone; found {(gaps.Count == 0 ? "none" : $"{gaps.Count}: write a word for all but one")}.");
        }

        string trimmed = text.TrimEnd('\r', '\n');
        if (trimmed.AsSpan().IndexOfAny('\r', '\n') >= 0)
        {
            throw new UnfoldException("A sentence to be filled stands on one line; found several.");
        }

        return new GapText(vocabulary.EncodePrefix(text.AsSpan(0, gaps[0].Start)), [.. vocabulary.SplitWithin(trimmed.AsSpan(gaps[0].End)).Select(token => vocabulary.IdOf(token))]);
    }

    /// <summary>The token that a word is in a gap, cut as the sentence is.</summary>
    /// <exception cref="UnfoldException">It is not in the vocabulary, or is no single token.</exception>
    public static int Filling(string word, Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(vocabulary);
        int[] tokens = Tokens(word, vocabulary);
        if (tokens is [int only] && !Vocabulary.IsSpecial(only))
        {
            return only;
        }

        string noun = vocabulary.Kind.Noun, fault = tokens.Length == 1 ? "it is not in the model's vocabulary" : $"it is {tokens.Length} {noun}s";
        throw new UnfoldException($"The {noun} '{word}' cannot stand in the gap: {fault}, and a gap holds one of the {vocabulary.SymbolCount} {noun}s that the model knows.");
    }

    private static int[] Tokens(string word, Vocabulary vocabulary)
    {
        try
        {
            return [.. vocabulary.SplitWithin(word).Select(token => vocabulary.IdOf(token))];
        }
        catch (ReservedTokenException)
        {
            // The beginning of a sentence and its end are no words.
            return [Vocabulary.UnknownId];
        }
    }

    private static List<(int Start, int End)> Gaps(string text)
    {
        var gaps = new List<(int Start, int End)>();
        for (int start = 0; start < text.Length; start++)
        {
            int end = start;
            while (end < text.Length && text[end] is '_' or '\uFF3F')
            {
                end++;
            }

            if (end - start >= 2)
            {
                gaps.Add((start, end));
            }

            start = Math.Max(start, end);
        }

        return gaps;
    }
}
