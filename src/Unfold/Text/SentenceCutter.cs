using System.Collections.Frozen;
using System.Text;

namespace Unfold.Text;

/// <summary>
/// Cuts running text into sentences by the rules of Unicode (UAX #29) as the ICU library of the system has them, in any language, but not after an initial, nor after an English abbreviation
/// that seldom ends one: Mr., Dr., St., e.g. and the like.
/// </summary>
/// <remarks>One thread at a time. Other versions of ICU may cut some texts in another way.</remarks>
public sealed class SentenceCutter
{
    private static readonly FrozenSet<string> Abbreviations = FrozenSet.Create(
        StringComparer.Ordinal,
        "Mr.", "Mrs.", "Ms.", "Messrs.", "Mme.", "Dr.", "Prof.", "St.", "Mt.", "Rev.", "Fr.", "Hon.", "Gen.", "Col.", "Maj.", "Capt.", "Lt.", "Sgt.", "Gov.", "Sen.", "Rep.", "Pres.", "Fig.",
        "e.g.", "i.e.", "cf.", "vs.", "viz.");

    private readonly IcuBreaker _breaker;

    /// <summary>Opens the rules of the system's library.</summary>
    /// <exception cref="UnfoldException">There is none.</exception>
    public SentenceCutter() => _breaker = IcuBreaker.OfSentences(IcuLibrary.ForSentences);

    /// <summary>The sentences of a text, without white space around them; none of a blank one.</summary>
    public IReadOnlyList<string> Cut(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> sentences = [];
        int start = 0, end = 0;
        _breaker.Split(text, piece =>
        {
            end += piece.Length;
            if (end == text.Length || !GoesOn(text.AsSpan(start, end - start).TrimEnd()))
            {
                ReadOnlySpan<char> sentence = text.AsSpan(start, end - start).Trim();
                sentences.AddRange(sentence.IsEmpty ? [] : [sentence.ToString()]);
                start = end;
            }
        });
        return sentences;
    }

    /// <summary>Whether the last word is an abbreviation after which a sentence goes on. I with a full stop is no initial.</summary>
    private static bool GoesOn(ReadOnlySpan<char> text)
    {
        int start = text.Length;
        while (start > 0 && (char.IsAsciiLetter(text[start - 1]) || text[start - 1] == '.'))
        {
            start--;
        }

        ReadOnlySpan<char> word = text[start..];
        return word is [>= 'A' and <= 'Z' and not 'I', '.'] || Abbreviations.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);
    }

    /// <summary>The paragraphs of a text whose lines are wrapped: lines up to a blank one, with a space between two, but none beside ideographs, kana and their punctuation.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="name">What messages call the text.</param>
    /// <exception cref="UnfoldException">A paragraph is longer than a line may be.</exception>
    public static IEnumerable<string> Paragraphs(IEnumerable<string> lines, string name)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var paragraph = new StringBuilder();
        long number = 0;
        foreach (string line in lines)
        {
            number++;
            ReadOnlySpan<char> text = line.AsSpan().Trim();
            if (!text.IsEmpty)
            {
                bool spaced = paragraph.Length > 0 && !IsEastAsian(Rune.DecodeLastFromUtf16([paragraph.Length > 1 ? paragraph[^2] : ' ', paragraph[^1]], out Rune last, out _), last)
                    && !IsEastAsian(Rune.DecodeFromUtf16(text, out Rune first, out _), first);
                paragraph.Append(spaced ? " " : "").Append(text);
                if (paragraph.Length > TextLines.LongestLine)
                {
                    throw new UnfoldException(FormattableString.Invariant($"The text {name} has a paragraph that is too long: the one that goes on in line {number} has more than {TextLines.LongestLine:N0} characters; blank lines divide paragraphs, so where there are none, take each line for itself."));
                }
            }
            else if (paragraph.Length > 0)
            {
                yield return paragraph.ToString();
                paragraph.Clear();
            }
        }

        if (paragraph.Length > 0)
        {
            yield return paragraph.ToString();
        }

        static bool IsEastAsian(System.Buffers.OperationStatus status, Rune rune) => status == System.Buffers.OperationStatus.Done && RuneClasses.IsEastAsian(rune);
    }
}
