using Unfold.Text;

namespace Unfold.Scoring;

/// <summary>
/// What a line is to a model, as a sentence of its own. Where the model's lines are sentences, its start stands before the line and
/// the end symbol after it. Where the model reads running text, a line feed stands before and after; one that never saw a line feed
/// starts from nothing and expects no end.
/// </summary>
public sealed class SentenceEncoder
{
    private const int LongestShown = 80;

    private readonly Vocabulary _vocabulary;
    private readonly int _lineFeed;

    /// <summary>Prepares the encoding by a vocabulary.</summary>
    public SentenceEncoder(Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        _vocabulary = vocabulary;
        _lineFeed = vocabulary.LineFeedId;
    }

    /// <summary>Whether a line ends in a token whose probability counts.</summary>
    public bool HasEnd => _lineFeed != Vocabulary.UnknownId;

    /// <summary>The tokens of a line, and its end.</summary>
    /// <param name="line">Without a line feed.</param>
    /// <exception cref="ArgumentException">The line holds a line feed.</exception>
    /// <exception cref="UnfoldException">The line holds a mark that is no word.</exception>
    public int[] Encode(string line)
    {
        int[] tokens = EncodeBeginning(line);
        return HasEnd ? [.. tokens, _lineFeed] : tokens;
    }

    /// <summary>The tokens of a line that goes on.</summary>
    /// <param name="line">Without a line feed.</param>
    /// <exception cref="ArgumentException">The line holds a line feed.</exception>
    /// <exception cref="UnfoldException">The line holds a mark that is no word.</exception>
    public int[] EncodeBeginning(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (line.AsSpan().ContainsAny('\n', '\r'))
        {
            throw new ArgumentException("A line has no line feed inside: score each line for itself.", nameof(line));
        }

        try
        {
            return _vocabulary.EncodePrefix(line);
        }
        catch (ReservedTokenException failure)
        {
            throw failure.At(line.Length > LongestShown ? $"The line \"{line.AsSpan(0, LongestShown)}...\"" : $"The line \"{line}\"");
        }
    }
}
