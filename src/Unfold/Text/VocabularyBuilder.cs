using System.Runtime.InteropServices;

namespace Unfold.Text;

/// <summary>Counts tokens and makes a vocabulary of the frequent ones.</summary>
public sealed class VocabularyBuilder
{
    /// <summary>
    /// Above this many different tokens of more than one code unit the rarest are forgotten, so that memory stays bounded
    /// (under about 500 MB) on a text of endless new words. The result still depends on the text alone.
    /// </summary>
    public const int MaximumDistinct = 4_000_000;

    private readonly Tokenization _tokenization;
    private readonly long[] _unitCounts = new long[char.MaxValue + 1];
    private readonly Dictionary<string, long> _counts;
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly int _maximumDistinct;
    private long _forgetBelow = 1;

    /// <summary>Creates a builder with nothing counted.</summary>
    public VocabularyBuilder(Tokenization tokenization)
        : this(tokenization, MaximumDistinct)
    {
    }

    internal VocabularyBuilder(Tokenization tokenization, int maximumDistinct)
    {
        ArgumentNullException.ThrowIfNull(tokenization);
        _tokenization = tokenization;
        _maximumDistinct = maximumDistinct;
        _counts = new Dictionary<string, long>(StringComparer.Ordinal);
        _lookup = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>How many tokens were counted, repeats included.</summary>
    public long TokenCount { get; private set; }

    /// <summary>Counts one token.</summary>
    public void Add(ReadOnlySpan<char> token)
    {
        TokenCount++;
        if (token.Length == 1)
        {
            _unitCounts[token[0]]++;
            return;
        }

        CollectionsMarshal.GetValueRefOrAddDefault(_lookup, token, out bool known)++;
        if (!known && _counts.Count > _maximumDistinct)
        {
            Forget();
        }
    }

    /// <summary>
    /// Makes the vocabulary: tokens seen at least <paramref name="minimumCount"/> times, the most frequent first and equal
    /// ones in ordinal order, at most <paramref name="maximumSymbols"/> of them (special symbols not counted, whose names in the text
    /// are not ordinary tokens).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A limit is not above zero.</exception>
    public Vocabulary Build(int maximumSymbols = int.MaxValue, long minimumCount = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumSymbols);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minimumCount);
        List<KeyValuePair<string, long>> kept = [.. _counts.Where(entry => entry.Value >= minimumCount && !Vocabulary.Specials.Contains(entry.Key))];
        for (int unit = 0; unit < _unitCounts.Length; unit++)
        {
            bool endsSentence = unit == '\n' && _tokenization.Mode == TextMode.Sentences;
            if (_unitCounts[unit] >= minimumCount && !endsSentence)
            {
                kept.Add(new(((char)unit).ToString(), _unitCounts[unit]));
            }
        }

        kept.Sort(static (a, b) => a.Value != b.Value ? b.Value.CompareTo(a.Value) : string.CompareOrdinal(a.Key, b.Key));
        return new Vocabulary(_tokenization, kept.Take(maximumSymbols).Select(entry => entry.Key));
    }

    private void Forget()
    {
        while (_counts.Count > _maximumDistinct / 2)
        {
            foreach ((string token, long count) in _counts)
            {
                if (count <= _forgetBelow)
                {
                    _counts.Remove(token);
                }
            }

            _forgetBelow++;
        }
    }
}
