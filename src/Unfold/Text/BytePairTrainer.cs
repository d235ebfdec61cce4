using System.Runtime.InteropServices;
using System.Text;

namespace Unfold.Text;

/// <summary>
/// Learns subwords from a text: the two neighbours that stand together most often become one symbol, again and again (Sennrich, Haddow
/// and Birch, 2016). Neighbours are counted within pieces, each different piece once with its number.
/// </summary>
internal sealed class BytePairTrainer
{
    /// <summary>
    /// How many different pieces are counted: those that come first in the text. Later ones are not, so that memory stays bounded
    /// (about 600 MB where all are clauses of Chinese); what is counted goes on being counted to the end.
    /// </summary>
    public const int MaximumPieces = 500_000;

    private readonly Tokenization _tokenization;
    private readonly int _maximumPieces;
    private readonly long[] _characters = new long[0x110000];
    private readonly Dictionary<string, long> _pieces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public BytePairTrainer(Tokenization tokenization, int maximumPieces = MaximumPieces)
    {
        _tokenization = tokenization;
        _maximumPieces = maximumPieces;
        _lookup = _pieces.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Counts one piece.</summary>
    public void Add(ReadOnlySpan<char> piece)
    {
        if (piece is "\n" && _tokenization.Mode == TextMode.Sentences)
        {
            return;
        }

        foreach (Rune rune in piece.EnumerateRunes())
        {
            _characters[rune.Value]++;
        }

        if (_pieces.Count < _maximumPieces || _lookup.ContainsKey(piece))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_lookup, piece, out _)++;
        }
    }

    /// <summary>
    /// Makes the table. Half of the places beside the bytes are for characters, the most frequent ones first; the rest is for merges,
    /// until none is left that was seen often enough.
    /// </summary>
    /// <param name="maximumSymbols">The most symbols, those of bytes included: more than <see cref="BytePairEncoding.ByteCount"/>.</param>
    /// <param name="minimumCount">How often a character must be seen, and two symbols together, which must be seen twice in any case.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops the learning.</param>
    public BytePairEncoding Build(int maximumSymbols, long minimumCount, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maximumSymbols, BytePairEncoding.ByteCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minimumCount);
        int places = maximumSymbols - BytePairEncoding.ByteCount;
        string[] characters = [.. Enumerable.Range(0, _characters.Length)
            .Where(value => _characters[value] >= minimumCount)
            .OrderByDescending(value => _characters[value])
            .Take(places - (places / 2))
            .Select(char.ConvertFromUtf32)];
        var merger = new PairMerger(characters, _pieces);
        return new BytePairEncoding(characters, merger.Learn(places - characters.Length, Math.Max(2, minimumCount), progress, cancellation));
    }
}
