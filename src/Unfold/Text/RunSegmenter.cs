namespace Unfold.Text;

/// <summary>Cuts a run of ideographs and kana into words: by the user's list, and where that covers nothing by ICU.</summary>
internal sealed class RunSegmenter(WordList? dictionary)
{
    private readonly IcuBreaker _breaker = IcuBreaker.OfWords(IcuLibrary.Shared);
    private readonly WordListPath? _path = dictionary is null ? null : new WordListPath(dictionary);

    public void Split(ReadOnlySpan<char> run, TokenSink sink)
    {
        if (_path is null)
        {
            _breaker.Split(run, sink);
            return;
        }

        int covered = 0;
        foreach ((int start, int end) in _path.Words(run))
        {
            SplitUncovered(run[covered..start], sink);
            sink(run[start..end]);
            covered = end;
        }

        SplitUncovered(run[covered..], sink);
    }

    private void SplitUncovered(ReadOnlySpan<char> run, TokenSink sink)
    {
        if (!run.IsEmpty)
        {
            _breaker.Split(run, sink);
        }
    }
}
