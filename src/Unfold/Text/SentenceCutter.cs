using System.Text;

namespace Unfold.Text;

/// <summary>
/// Cuts running text into sentences by the rules of Unicode (UAX #29) as the ICU library of the system has them: in any language, and not after a usual abbreviation of English such as Mr.
/// </summary>
/// <remarks>One thread at a time. Other versions of ICU may cut some texts in another way.</remarks>
public sealed class SentenceCutter
{
    private readonly IcuBreaker _breaker;

    /// <summary>Opens the rules of the system's library.</summary>
    /// <exception cref="UnfoldException">There is none.</exception>
    public SentenceCutter() => _breaker = IcuBreaker.OfSentences(IcuLibrary.ForSentences);

    /// <summary>The sentences of a text, without white space around them; none of a blank one.</summary>
    public IReadOnlyList<string> Cut(ReadOnlySpan<char> text)
    {
        List<string> sentences = [];
        _breaker.Split(text, sentence =>
        {
            if (!sentence.IsWhiteSpace())
            {
                sentences.Add(sentence.Trim().ToString());
            }
        });
        return sentences;
    }

    /// <summary>The paragraphs of a text whose lines are wrapped: lines up to a blank one, with a space between two, but none beside an ideograph.</summary>
    /// <exception cref="UnfoldException">A paragraph is longer than a line may be.</exception>
    public static IEnumerable<string> Paragraphs(IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var paragraph = new StringBuilder();
        foreach (string line in lines)
        {
            ReadOnlySpan<char> text = line.AsSpan().Trim();
            if (!text.IsEmpty)
            {
                bool spaced = paragraph.Length > 0 && !IsEastAsian(Rune.DecodeLastFromUtf16([paragraph.Length > 1 ? paragraph[^2] : ' ', paragraph[^1]], out Rune last, out _), last)
                    && !IsEastAsian(Rune.DecodeFromUtf16(text, out Rune first, out _), first);
                paragraph.Append(spaced ? " " : "").Append(text);
                if (paragraph.Length > TextLines.LongestLine)
                {
                    throw new UnfoldException(FormattableString.Invariant($"A paragraph has more than {TextLines.LongestLine:N0} characters: blank lines divide paragraphs, so leave lines as they are where there are none."));
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
