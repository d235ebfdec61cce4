using System.Text;

namespace Unfold.Text;

/// <summary>
/// Cuts a run of ideographs and kana into words: by the user's list, and where that covers nothing by ICU. A run of letters and digits
/// that some word of the list has beside its ideographs, as 14 of 小米14, belongs to the run and is never cut itself.
/// </summary>
/// <remarks>A run of more than <see cref="Tokenizer.MaximumTokenLength"/> UTF-16 code units is cut there first.</remarks>
internal sealed class RunSegmenter(WordList? list)
{
    private readonly IcuBreaker _breaker = IcuBreaker.OfWords(IcuLibrary.Shared);
    private readonly WordListPath? _path = list is null ? null : new WordListPath(list);
    private readonly char[] _run = new char[Tokenizer.MaximumTokenLength];

    /// <summary>Where a word may begin or end; the run's own end is the last that is set.</summary>
    private readonly bool[] _borders = new bool[Tokenizer.MaximumTokenLength + 1];
    private int _length;

    /// <summary>Takes an ideograph, or what clings to one.</summary>
    public void Take(Rune ideograph, TokenSink sink)
    {
        Span<char> units = stackalloc char[2];
        Append(units[..ideograph.EncodeToUtf16(units)], sink);
        if (RuneClasses.Of(ideograph) == RuneClass.Extend)
        {
            // No word begins or ends between a sign and its mark.
            int start = _length - ideograph.Utf16SequenceLength;
            _borders[start] = start == 0;
        }
    }

    /// <summary>Takes a word that was cut by rules and stands directly beside what was taken before.</summary>
    public void Take(ReadOnlySpan<char> word, TokenSink sink)
    {
        if (list is not null && list.HasPart(word))
        {
            Append(word, sink);
            return;
        }

        End(sink);
        sink(word);
    }

    /// <summary>Cuts what was taken.</summary>
    public void End(TokenSink sink)
    {
        ReadOnlySpan<char> run = _run.AsSpan(0, _length);
        if (run.IsEmpty)
        {
            return;
        }

        _length = 0;
        if (_path is null)
        {
            Break(run, sink);
            return;
        }

        int covered = 0;
        foreach ((int start, int end) in _path.Words(run, _borders))
        {
            SplitUncovered(run, covered, start, sink);
            sink(run[start..end]);
            covered = end;
        }

        SplitUncovered(run, covered, run.Length, sink);
    }

    private void Append(ReadOnlySpan<char> whole, TokenSink sink)
    {
        if (_length + whole.Length > _run.Length)
        {
            End(sink);
        }

        whole.CopyTo(_run.AsSpan(_length));
        _borders.AsSpan(_length, whole.Length).Clear();
        _borders[_length] = true;
        _length += whole.Length;
        _borders[_length] = true;
    }

    private void SplitUncovered(ReadOnlySpan<char> run, int start, int end, TokenSink sink)
    {
        int broken = start;
        for (int at = start; at < end;)
        {
            int next = at + 1 + _borders.AsSpan(at + 1).IndexOf(true);
            if (RuneClasses.IsLetterOrDigit(RuneAt(run, at)))
            {
                Break(run[broken..at], sink);
                sink(run[at..next]);
                broken = next;
            }

            at = next;
        }

        Break(run[broken..end], sink);
    }

    private static Rune RuneAt(ReadOnlySpan<char> run, int start)
    {
        Rune.DecodeFromUtf16(run[start..], out Rune rune, out _);
        return rune;
    }

    private void Break(ReadOnlySpan<char> ideographs, TokenSink sink)
    {
        if (!ideographs.IsEmpty)
        {
            _breaker.Split(ideographs, sink);
        }
    }
}
