using System.Text;

namespace Unfold.Text;

/// <summary>
/// Cuts a stream of text into tokens. Text is pushed in pieces of any size, and the tokens do not depend on where
/// the pieces were cut: a word, a surrogate pair or a CRLF may lie across the edge.
/// </summary>
/// <remarks>
/// Every tokenizer drops a byte order mark at the start, turns CRLF and a lone CR into LF, and replaces a lone
/// surrogate by U+FFFD. An instance holds the unfinished token of one stream and is not thread-safe.
/// </remarks>
public abstract class Tokenizer
{
    // One code unit becomes at most two scalar values.
    private const int PieceLength = 128;

    /// <summary>A longer token is cut here, in UTF-16 code units, so that hostile text cannot grow one without bound.</summary>
    public const int MaximumTokenLength = 256;

    private TextNormalizer _normalizer;
    private SentenceLines _lines;

    private protected Tokenizer(LetterCase letterCase, TextMode mode)
    {
        _normalizer = new TextNormalizer(letterCase);
        Mode = mode;
    }

    /// <summary>What the lines are. In sentence mode the token "\n" comes after each sentence, also after a last line that has no line feed.</summary>
    public TextMode Mode { get; }

    /// <summary>How many characters were cut, of all texts so far: Unicode scalar values, a line end as one; in sentence mode those of the sentences and an end for each.</summary>
    internal long Characters { get; private set; }

    /// <summary>How many of them are white space, but for line ends, that stands before all others.</summary>
    internal long LeadingSpaces { get; private set; }

    /// <summary>The number of the line that is being cut, counted from 1.</summary>
    internal long Line { get; private set; } = 1;

    /// <summary>Takes the next piece of the text and hands every token that is now complete to <paramref name="sink"/>.</summary>
    /// <exception cref="UnfoldException">A token is a mark that no text may hold, as &lt;s&gt; among words between spaces, or the ICU library cannot cut; the tokenizer is then of no more use.</exception>
    public void Push(ReadOnlySpan<char> text, TokenSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        Span<Rune> runes = stackalloc Rune[2 * PieceLength];
        while (!text.IsEmpty)
        {
            // At most to the end of a line, so that the number of the line is right for all of a piece.
            ReadOnlySpan<char> piece = text[..Math.Min(text.Length, PieceLength)];
            piece = piece[..(piece.IndexOfAny('\n', '\r') is >= 0 and var end ? end + 1 : piece.Length)];
            int count = _normalizer.Take(piece, runes);
            bool ends = count > 0 && runes[count - 1].Value == '\n';
            TakeKept(runes[..count], sink);
            Line += ends ? 1 : 0;
            text = text[piece.Length..];
        }
    }

    /// <summary>Ends the text: hands over what was held back, and is ready for another text.</summary>
    /// <exception cref="UnfoldException">A token is a mark that no text may hold, as &lt;s&gt; among words between spaces, or the ICU library cannot cut; the tokenizer is then of no more use.</exception>
    public void Flush(TokenSink sink)
    {
        TakeLast(sink);
        if (_lines.InSentence)
        {
            TakeKept([new Rune('\n')], sink);
        }

        Reset(sink);
    }

    /// <summary>Ends the beginning of a text that goes on: as <see cref="Flush"/>, but a sentence that is not complete gets no end.</summary>
    /// <exception cref="UnfoldException">A token is a mark that no text may hold, as &lt;s&gt; among words between spaces, or the ICU library cannot cut; the tokenizer is then of no more use.</exception>
    public void FlushPrefix(TokenSink sink)
    {
        TakeLast(sink);
        Reset(sink);
    }

    /// <summary>Cuts a whole text into tokens.</summary>
    /// <exception cref="UnfoldException">A token is a mark that no text may hold, as &lt;s&gt; among words between spaces, or the ICU library cannot cut; the tokenizer is then of no more use.</exception>
    public IReadOnlyList<string> Split(ReadOnlySpan<char> text)
    {
        List<string> tokens = [];
        TokenSink sink = token => tokens.Add(token.ToString());
        Push(text, sink);
        Flush(sink);
        return tokens;
    }

    /// <summary>Takes the next scalar values of the text.</summary>
    private protected abstract void Take(ReadOnlySpan<Rune> runes, TokenSink sink);

    /// <summary>Hands over the unfinished token, if there is one.</summary>
    private protected virtual void End(TokenSink sink)
    {
    }

    private void TakeLast(TokenSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (_normalizer.Finish(out Rune last))
        {
            TakeKept([last], sink);
        }
    }

    private void Reset(TokenSink sink)
    {
        _lines = default;
        End(sink);
        Line = 1;
    }

    private void TakeKept(Span<Rune> runes, TokenSink sink)
    {
        Span<Rune> kept = Mode == TextMode.Sentences ? runes[.._lines.Keep(runes)] : runes;
        LeadingSpaces += LeadingSpaces == Characters ? SpacesBefore(kept) : 0;
        Characters += kept.Length;
        Take(kept, sink);
    }

    private static int SpacesBefore(ReadOnlySpan<Rune> runes)
    {
        int spaces = 0;
        while (spaces < runes.Length && RuneClasses.Of(runes[spaces]) == RuneClass.Space)
        {
            spaces++;
        }

        return spaces;
    }
}
