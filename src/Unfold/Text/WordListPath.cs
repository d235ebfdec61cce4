namespace Unfold.Text;

/// <summary>
/// Finds the likeliest way to lay the words of a list over a run, each word w with p(w) = count(w) / N, N the sum of all counts: the
/// cheapest path by dynamic programming, a word costing -ln p(w). A character that no word covers costs as a word seen half a time.
/// </summary>
internal sealed class WordListPath(WordList list)
{
    private readonly double _uncovered = Math.Log(list.TotalCount) - Math.Log(0.5);
    private readonly double[] _costs = new double[Tokenizer.MaximumTokenLength + 1];
    private readonly int[] _starts = new int[Tokenizer.MaximumTokenLength + 1];
    private readonly bool[] _isWord = new bool[Tokenizer.MaximumTokenLength + 1];

    /// <summary>Where the words begin and end, in order; what lies between them is covered by none. Of equally likely ways that with the longer last words is taken.</summary>
    /// <param name="run">The run.</param>
    /// <param name="borders">Before which of its code units a word may begin or end, and its end. What lies between two borders next to each other is the character of the costs.</param>
    public IReadOnlyList<(int Start, int End)> Words(ReadOnlySpan<char> run, ReadOnlySpan<bool> borders)
    {
        Array.Fill(_costs, double.PositiveInfinity, 1, run.Length);
        for (int start = 0; start < run.Length; start++)
        {
            if (!borders[start])
            {
                continue;
            }

            Offer(start, start + 1 + borders[(start + 1)..].IndexOf(true), _uncovered, isWord: false);
            int longest = Math.Min(list.LongestFrom(run[start]), run.Length - start);
            for (int length = 1; length <= longest; length++)
            {
                if (borders[start + length] && list.CountOf(run.Slice(start, length)) is > 0 and long count)
                {
                    Offer(start, start + length, Math.Log(list.TotalCount) - Math.Log(count), isWord: true);
                }
            }
        }

        List<(int Start, int End)> words = [];
        for (int end = run.Length; end > 0; end = _starts[end])
        {
            if (_isWord[end])
            {
                words.Add((_starts[end], end));
            }
        }

        words.Reverse();
        return words;
    }

    private void Offer(int start, int end, double cost, bool isWord)
    {
        if (_costs[start] + cost < _costs[end])
        {
            (_costs[end], _starts[end], _isWord[end]) = (_costs[start] + cost, start, isWord);
        }
    }
}
