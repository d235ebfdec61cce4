namespace Unfold.NGrams;

/// <summary>Tells how far a walk over counted n-grams has come.</summary>
internal static class NGramProgress
{
    private const long Between = 1 << 14;

    /// <summary>Hands on the n-grams as they come.</summary>
    /// <param name="ngrams">The n-grams.</param>
    /// <param name="weight">What each of them counts for.</param>
    /// <param name="total">What all of them count for together.</param>
    /// <param name="progress">Called now and then with the share that has been handed on, in [0, 1]; at the end with 1.</param>
    /// <param name="cancellation">Stops the walk.</param>
    public static IEnumerable<CountedNGram> Watched(
        this IEnumerable<CountedNGram> ngrams, Func<CountedNGram, long> weight, long total, Action<double> progress, CancellationToken cancellation)
    {
        long done = 0, shown = 0;
        foreach (CountedNGram ngram in ngrams)
        {
            done += weight(ngram);
            if (done - shown >= Between)
            {
                cancellation.ThrowIfCancellationRequested();
                progress((double)done / total);
                shown = done;
            }

            yield return ngram;
        }

        progress(1);
    }
}
