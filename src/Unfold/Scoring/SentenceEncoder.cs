using Unfold.Text;

namespace Unfold.Scoring;

/// <summary>
/// What a line is to a model, as a sentence of its own. Where the model's lines are sentences, its start stands before the line and
/// the end symbol after it. Where the model reads running text, a line feed stands before and after; one that never saw a line feed
/// starts from nothing and expects no end. Threads may share an encoder.
/// </summary>
public sealed class SentenceEncoder
{
    private const int LongestShown = 80;

    private readonly Vocabulary _vocabulary;
    private readonly int _lineFeed;

    /// <summary>Kept from line to line, as the one of Chinese words takes long to make and the one of subwords remembers pieces; null while a thread cuts a line by it.</summary>
    private Tokenizer? _tokenizer;

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
            // Threads that come meanwhile make one of their own. One that fails holds a half line and does not come back.
            Tokenizer tokenizer = Interlocked.Exchange(ref _tokenizer, null) ?? _vocabulary.CreateTokenizer();
            int[] tokens = _vocabulary.EncodePrefix(line, tokenizer);
            Volatile.Write(ref _tokenizer, tokenizer);
            return tokens;
        }
        catch (ReservedTokenException failure)
        {
            throw failure.At(line.Length > LongestShown ? $"The line \"{line.AsSpan(0, LongestShown)}...\"" : $"The line \"{line}\"");
        }
    }
}
